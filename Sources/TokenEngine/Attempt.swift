package import Cryptography

/// One login, as the server hands it over: who says to be whom, what they offered, which challenge they answer.
package struct Attempt: Sendable {
    /// The name as it was typed, in canonical form. The engine splits the realm off (``UserNameSplitting``).
    package var userName: String
    /// What else than ``userName``'s text its octets may be, that text first; empty for a name in ASCII.
    package var userNameReadings: [TextReading]
    /// The client's fixed realm; it overrides one in the name.
    package var realm: String?
    /// The only resolver that is asked; nil for all of the realm.
    package var resolver: String?
    package var credential: Credential
    /// What the password's octets are; nil where nobody knows (``TextReading``).
    package var characterSet: CharacterSet?
    /// The open challenge that this answers: the State of the request.
    package var transaction: TransactionID?
    /// The client's name in the configuration. A challenge can only be answered through the client that it was sent to.
    package var client: String
    package var clientAddress: IPAddress
    package var splitting: UserNameSplitting
    /// What slow checks beside the line have found out so far.
    package var verified: [SlowCheck: SlowCheck.Outcome]
    /// Asked of each accept and challenge before it is committed: why it cannot be told, and is a reject instead. nil
    /// where nothing can stand in the way. What it returns stands in the audit.
    package var objection: (@Sendable (Verdict) -> String?)?

    package init(
        userName: String, userNameReadings: [TextReading] = [], realm: String? = nil, resolver: String? = nil,
        credential: Credential, characterSet: CharacterSet? = nil, transaction: TransactionID? = nil, client: String,
        clientAddress: IPAddress, splitting: UserNameSplitting = UserNameSplitting(),
        verified: [SlowCheck: SlowCheck.Outcome] = [:], objection: (@Sendable (Verdict) -> String?)? = nil
    ) {
        self.userName = userName
        self.userNameReadings = userNameReadings
        self.realm = realm
        self.resolver = resolver
        self.credential = credential
        self.characterSet = characterSet
        self.transaction = transaction
        self.client = client
        self.clientAddress = clientAddress
        self.splitting = splitting
        self.verified = verified
        self.objection = objection
    }
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
