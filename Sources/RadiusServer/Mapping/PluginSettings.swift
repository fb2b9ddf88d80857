/// What `[Default]` and the sections named after an Auth-Type say beside the mapping, as far as it means something in a
/// server that has its token engine within.
package struct PluginSettings: Sendable, Equatable {
    /// A value, and the line that it stands in, for the message when it refers to nothing.
    struct Setting: Sendable, Equatable {
        let value: String
        let line: Int
    }

    /// Where users are looked for.
    struct Identity: Sendable, Equatable {
        /// `REALM`: the realm of every user, whatever the user typed.
        var realm: Setting?
        /// `RESCONF`: the only resolver whose users may log in.
        var resolver: Setting?
    }

    /// A section such as `[Perl]`.
    struct AuthenticationType: Sendable, Equatable {
        let line: Int
        let identity: Identity
    }

    var defaults = Identity()
    /// By their names, letter by letter.
    var authenticationTypes: [String: AuthenticationType] = [:]
    /// `CLIENTATTRIBUTE`: the attribute of the request that says on whose behalf the client asks.
    var clientAttribute: Setting?
    /// `SPLIT_NULL_BYTE`: a password ends before its first NUL octet.
    package internal(set) var splitsPasswordAtNUL = false
    /// `ADD_EMPTY_PASS`: a request without a password is taken as one with an empty password.
    package internal(set) var addsEmptyPassword = false
    /// `DEBUG`: every packet is logged, without its secrets.
    package internal(set) var isTracing = false

    init() {}

    /// What holds for clients of an Auth-Type: what its section says, and `[Default]` where it says nothing.
    func identity(ofType name: String) -> Identity {
        let own = authenticationTypes[name]?.identity
        return Identity(realm: own?.realm ?? defaults.realm, resolver: own?.resolver ?? defaults.resolver)
    }
}
