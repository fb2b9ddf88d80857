package import Cryptography

/// One login, as the server hands it over: who says to be whom, what they offered, which challenge they answer. Goes from
/// thread to thread and from array to array: copies share what they hold.
package struct Attempt: Sendable {
    private var content: Content

    package init(
        userName: String, userNameReadings: [TextReading] = [], realm: String? = nil, resolver: String? = nil,
        credential: Credential, characterSet: CharacterSet? = nil, transaction: TransactionID? = nil, client: String,
        clientAddress: IPAddress, splitting: UserNameSplitting = UserNameSplitting(),
        verified: [SlowCheck: SlowCheck.Outcome] = [:], objection: (@Sendable (Verdict) -> String?)? = nil
    ) {
        content = Content(
            AttemptProperties(
                userName: userName, userNameReadings: userNameReadings, realm: realm, resolver: resolver,
                credential: credential, characterSet: characterSet, transaction: transaction, client: client,
                clientAddress: clientAddress, splitting: splitting, verified: verified, objection: objection))
    }

    private final class Content: Sendable {
        let properties: AttemptProperties

        init(_ properties: AttemptProperties) { self.properties = properties }
    }
}

extension Attempt {
    /// The name as it was typed, in canonical form. The engine splits the realm off (``UserNameSplitting``).
    package var userName: String {
        get { content.properties.userName }
        set { change { $0.userName = newValue } }
    }
    /// What else than ``userName``'s text its octets may be, that text first; empty for a name in ASCII.
    package var userNameReadings: [TextReading] {
        get { content.properties.userNameReadings }
        set { change { $0.userNameReadings = newValue } }
    }
    /// The client's fixed realm; it overrides one in the name.
    package var realm: String? { content.properties.realm }
    /// The only resolver that is asked; nil for all of the realm.
    package var resolver: String? { content.properties.resolver }
    package var credential: Credential {
        get { content.properties.credential }
        set { change { $0.credential = newValue } }
    }
    /// What the password's octets are; nil where nobody knows (``TextReading``).
    package var characterSet: CharacterSet? { content.properties.characterSet }
    /// The open challenge that this answers: the State of the request.
    package var transaction: TransactionID? { content.properties.transaction }
    /// The client's name in the configuration. A challenge can only be answered through the client that it was sent to.
    package var client: String { content.properties.client }
    package var clientAddress: IPAddress { content.properties.clientAddress }
    package var splitting: UserNameSplitting { content.properties.splitting }
    /// What slow checks beside the line have found out so far.
    package var verified: [SlowCheck: SlowCheck.Outcome] {
        get { content.properties.verified }
        set { change { $0.verified = newValue } }
    }
    /// Asked of each accept and challenge before it is committed: why it cannot be told, and is a reject instead. nil
    /// where nothing can stand in the way. What it returns stands in the audit.
    package var objection: (@Sendable (Verdict) -> String?)? {
        get { content.properties.objection }
        set { change { $0.objection = newValue } }
    }

    /// Whether the verdict is to say by which steps it came about (``Verdict/steps``).
    package var isExplained: Bool {
        get { content.properties.isExplained }
        set { change { $0.isExplained = newValue } }
    }

    private mutating func change(_ body: (inout AttemptProperties) -> Void) {
        var properties = content.properties
        body(&properties)
        content = Content(properties)
    }
}

private struct AttemptProperties: Sendable {
    var userName: String
    var userNameReadings: [TextReading]
    let realm: String?
    let resolver: String?
    var credential: Credential
    let characterSet: CharacterSet?
    let transaction: TransactionID?
    let client: String
    let clientAddress: IPAddress
    let splitting: UserNameSplitting
    var verified: [SlowCheck: SlowCheck.Outcome]
    var objection: (@Sendable (Verdict) -> String?)?
    var isExplained = false
}

/// What was offered to prove the identity. CHAP, MS-CHAPv2 and EAP will be cases of their own.
package enum Credential: Sendable {
    /// PIN, one-time password, both, or the answer to a challenge, in the octets that came. Absent and empty are the same.
    case password(SecretOctets)
    /// Something that proves nothing, and why: it is rejected, and the audit says so.
    case unusable(Reason)
}

/// How a typed name is taken apart.
package struct UserNameSplitting: Sendable, Hashable {
    /// `user@realm`, at the last `@`, and only if what follows is a realm that exists.
    package var atSign: Bool
    /// `REALM\user`, at the last backslash, and only in names without `@`.
    package var backslash: Bool

    package init(atSign: Bool = true, backslash: Bool = true) {
        self.atSign = atSign
        self.backslash = backslash
    }
}
