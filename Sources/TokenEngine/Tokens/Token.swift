package import Cryptography
import Synchronization

/// The number of a token's row. Serials are for people.
package struct TokenID: Sendable, Hashable {
    let row: Int64

    init(row: Int64) { self.row = row }
}

/// What somebody holds: its nature, its state, and what it has been used for. A copy shares all but the counters.
package struct Token: Sendable {
    /// What no login changes.
    private var lasting: Lasting
    package var counters: TokenCounters

    package init(
        id: TokenID, serial: String, kind: TokenKind, owner: UserID?, secret: TokenSecret, pin: StoredPIN, digits: Int,
        algorithm: DigestAlgorithm, periodInSeconds: Int64, limits: TokenLimits, state: TokenState,
        counters: TokenCounters, description: String, attributes: [Attribute]
    ) {
        lasting = Lasting(
            TokenProperties(
                id: id, serial: serial, kind: kind, owner: owner, secret: secret, pin: pin, digits: digits,
                algorithm: algorithm, periodInSeconds: periodInSeconds, limits: limits, state: state,
                description: description, attributes: attributes))
        self.counters = counters
    }

    private final class Lasting: Sendable {
        let properties: TokenProperties
        /// What OTPs are computed with, once one was asked for.
        let key = Mutex<MessageAuthenticationKey?>(nil)

        init(_ properties: TokenProperties) { self.properties = properties }
    }
}

extension Token {
    package internal(set) var id: TokenID {
        get { lasting.properties.id }
        set { change { $0.id = newValue } }
    }
    package var serial: String { lasting.properties.serial }
    package var kind: TokenKind { lasting.properties.kind }
    package var owner: UserID? { lasting.properties.owner }
    package var secret: TokenSecret {
        get { lasting.properties.secret }
        set { change { $0.secret = newValue } }
    }
    package var pin: StoredPIN { lasting.properties.pin }
    /// How many digits an OTP has; of a static password, how many octets it has.
    package var digits: Int {
        get { lasting.properties.digits }
        set { change { $0.digits = newValue } }
    }
    package var algorithm: DigestAlgorithm {
        get { lasting.properties.algorithm }
        set { change { $0.algorithm = newValue } }
    }
    /// TOTP's time step.
    package var periodInSeconds: Int64 {
        get { lasting.properties.periodInSeconds }
        set { change { $0.periodInSeconds = newValue } }
    }
    package var limits: TokenLimits {
        get { lasting.properties.limits }
        set { change { $0.limits = newValue } }
    }
    package var state: TokenState {
        get { lasting.properties.state }
        set { change { $0.state = newValue } }
    }
    package var description: String { lasting.properties.description }
    package var attributes: [Attribute] {
        get { lasting.properties.attributes }
        set { change { $0.attributes = newValue } }
    }

    private mutating func change(_ body: (inout TokenProperties) -> Void) {
        var properties = lasting.properties
        body(&properties)
        lasting = Lasting(properties)
    }

    /// The one-time passwords of a token that has `seed`; the key is made once.
    ///
    /// - Throws: when OpenSSL does not offer the algorithm.
    func passwords(of seed: SecretOctets) throws(CryptographyError) -> OneTimePasswords {
        let key = try lasting.key.withLock { known throws(CryptographyError) in
            if let known { return known }
            let key = try MessageAuthenticationKey(algorithm, key: seed)
            known = key
            return key
        }
        return OneTimePasswords(key: key, digits: digits)
    }
}

/// All of a token but its counters.
private struct TokenProperties: Sendable {
    var id: TokenID
    let serial: String
    let kind: TokenKind
    let owner: UserID?
    var secret: TokenSecret
    let pin: StoredPIN
    var digits: Int
    var algorithm: DigestAlgorithm
    var periodInSeconds: Int64
    var limits: TokenLimits
    var state: TokenState
    let description: String
    var attributes: [Attribute]
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
