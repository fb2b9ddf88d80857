package import Cryptography

/// The number of a token's row. Serials are for people.
package struct TokenID: Sendable, Hashable {
    let row: Int64

    init(row: Int64) { self.row = row }
}

/// What somebody holds: its nature, its state, and what it has been used for.
package struct Token: Sendable {
    package internal(set) var id: TokenID
    package let serial: String
    package let kind: TokenKind
    package var owner: UserID?
    package var secret: TokenSecret
    package var pin: StoredPIN
    /// How many digits an OTP has; of a static password, how many octets it has.
    package var digits: Int
    package var algorithm: DigestAlgorithm
    /// TOTP's time step.
    package var periodInSeconds: Int64
    package var limits: TokenLimits
    package var state: TokenState
    package var counters: TokenCounters
    package var description: String
    package var attributes: [Attribute]
}

/// What proves possession.
package enum TokenSecret: Sendable {
    /// The HMAC key of HOTP and TOTP.
    case seed(SecretOctets)
    case password(PasswordHash)
    /// A token that is nothing but its PIN.
    case none
    /// The row does not open under this key file, or makes no sense.
    case unreadable
}

/// A PIN as it is stored.
package enum StoredPIN: Sendable, Hashable {
    case none
    case hash(PasswordHash)
    /// Imported and not used yet.
    case sealed([UInt8])
}

/// What an administrator allows a token.
package struct TokenLimits: Sendable, Hashable {
    /// How many failures in a row lock the token.
    package var failCountMaximum: Int64 = 10
    /// HOTP: how many counters from the next expected one are tried at a login.
    package var countWindow: Int64 = 10
    /// How many counters or steps are searched at a resynchronisation.
    package var syncWindow: Int64 = 1000
    /// TOTP: how far from the expected time step a login may be, to either side.
    package var timeWindowInSeconds: Int64 = 180
    /// nil: as many as you like.
    package var authenticationsMaximum: Int64?
    /// nil: as many as you like.
    package var successesMaximum: Int64?
    package var validFrom: UnixTime?
    package var validUntil: UnixTime?

    package init() {}
}

/// What an administrator has done to a token.
package struct TokenState: Sendable, Hashable {
    package var isEnabled = true
    package var isRevoked = false
    package var isLocked = false
    /// Enrolment has not been finished.
    package var isAwaitingEnrolment = false

    package init() {}
}

/// What moves with every login: a narrow row of its own in the store.
package struct TokenCounters: Sendable, Hashable {
    /// HOTP: the next expected counter. TOTP: the last accepted time step, 0 before the first.
    package var counter: Int64 = 0
    /// TOTP: how many steps the token's clock is ahead of ours.
    package var drift: Int64 = 0
    package var failCount: Int64 = 0
    package var authentications: Int64 = 0
    package var successes: Int64 = 0

    package init() {}
}
