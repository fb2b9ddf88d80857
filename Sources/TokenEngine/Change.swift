package import Cryptography

/// Something that must be on disk before the verdict is told. A conditional change names the value that it was decided
/// on; the store refuses it when the row has moved, and the attempt is evaluated again.
package enum Change: Sendable, Equatable {
    /// The hot row of a token: counter, drift, fail count, authentication counts.
    case moveCounters(token: TokenID, from: TokenCounters, to: TokenCounters)
    case openChallenge(Challenge)
    /// The challenge is answered, rightly or wrongly: refused when somebody else has answered it meanwhile.
    case closeChallenge(transactionDigest: [UInt8])
    /// The PIN was right, and is now stored as the settings want it.
    case renewPIN(token: TokenID, from: SlowCheck.Stored, to: PasswordHash)
    /// The static password of a token was right, and is now stored as the settings want it.
    case renewTokenPassword(token: TokenID, from: PasswordHash, to: PasswordHash)
    /// The user's password was right, and is now stored as the settings want it.
    case renewUserPassword(user: UserID, from: PasswordHash, to: PasswordHash)
}

/// What a line of the audit says.
package struct AuditRecord: Sendable, Equatable {
    package var time: UnixTime
    package var client: String
    package var clientAddress: String
    /// As typed when the user is unknown, else the login without the realm.
    package var user: String
    package var realm: String
    package var resolver: String
    /// Serials joined by commas.
    package var serial: String
    package var kind: String
    package var decision: String
    package var reason: String
    package var message: String
    /// Names joined by commas.
    package var policies: String
}
