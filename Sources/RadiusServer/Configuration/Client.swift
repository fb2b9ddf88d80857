package import RadiusCodec
package import TokenEngine

/// What a client's section says that a mapping refers to.
struct ClientOrigin: Sendable {
    /// Goes before the mapping's `REALM`.
    var realm: String?
    /// Which of the mapping's sections has its `REALM` and `RESCONF`.
    var authenticationType = "Perl"
}

/// Who may ask: a network access server, or a network of them, with the secret that it shares with us (RFC 2865 §3).
/// Immutable, and shared by all of its requests.
package final class Client: Sendable {
    package let name: String
    /// No two clients have the same one; of several that contain an address, the longest counts.
    package let prefixes: [IPAddressPrefix]
    package let secret: SharedSecret
    package let requireMessageAuthenticator: AutomaticChoice
    package let limitProxyState: AutomaticChoice
    /// The realm of everybody who comes through this client, whatever they type; nil when they choose.
    package let realm: String?
    package let splitting: UserNameSplitting
    /// What its names and passwords are sent in; nil where nobody knows.
    package let characterSet: CharacterSet?
    package let mapping: AttributeMapping
    /// What it belongs to, for the conditions of a mapping.
    package let groups: [String]
    /// The only resolver whose users may come through this client (`RESCONF` in the mapping); nil for all of the realm.
    package let resolver: String?
    /// The most octets that a reply to it may have.
    package let replyLimit: Int

    package init(
        name: String, prefixes: [IPAddressPrefix], secret: SharedSecret, requireMessageAuthenticator: AutomaticChoice,
        limitProxyState: AutomaticChoice, realm: String?, splitting: UserNameSplitting, characterSet: CharacterSet?,
        mapping: AttributeMapping, groups: [String] = [], resolver: String? = nil, replyLimit: Int = Packet.sizeMaximum
    ) {
        self.name = name
        self.prefixes = prefixes
        self.secret = secret
        self.requireMessageAuthenticator = requireMessageAuthenticator
        self.limitProxyState = limitProxyState
        self.realm = realm
        self.splitting = splitting
        self.characterSet = characterSet
        self.mapping = mapping
        self.groups = groups
        self.resolver = resolver
        self.replyLimit = replyLimit
    }
}
