package import Cryptography
import Synchronization

/// The number of a token's row. Serials are for people.
package struct TokenID: Sendable, Hashable {
    let row: Int64

    init(row: Int64) { self.row = row }
}

/// What somebody holds: its nature, its state, and what it has been used for. A copy shares all but the counters, until one of
/// them is changed.
package struct Token: Sendable {
    /// What next to no login changes.
    private var lasting: Lasting
    package var counters: TokenCounters

    init(
        id: TokenID, serial: String, owner: UserID?, secret: TokenSecret, pin: StoredPIN, rules: SharedRules,
        counters: TokenCounters, description: String, attributes: [Attribute]
    ) {
        lasting = Lasting(
            TokenProperties(
                id: id, rules: rules, pin: pin, serial: serial, secret: secret, owner: owner, description: description,
                attributes: attributes))
        self.counters = counters
    }

    private final class Lasting: Sendable {
        /// What OTPs are computed with, once one was asked for.
        let key = Mutex<MessageAuthenticationKey?>(nil)
        /// Of the PIN, once it was asked for.
        let memory = Mutex<VerifiedSecrets.Memory?>(nil)
        let properties: TokenProperties

        init(_ properties: TokenProperties) { self.properties = properties }
    }
}

extension Token {
    package internal(set) var id: TokenID {
        get { lasting.properties.id }
        set { change { $0.id = newValue } }
    }
    package var serial: String { lasting.properties.serial }
    package var kind: TokenKind { rules.kind }
    package var owner: UserID? { lasting.properties.owner }
    package var secret: TokenSecret {
        get { lasting.properties.secret }
        set { change { $0.secret = newValue } }
    }
    package internal(set) var pin: StoredPIN {
        get { lasting.properties.pin }
        set { change { $0.pin = newValue } }
    }
    /// How many digits an OTP has; of a static password, how many octets it has.
    package var digits: Int {
        get { rules.digits }
        set { rules.digits = newValue }
    }
    package var algorithm: DigestAlgorithm {
        get { rules.algorithm }
        set { rules.algorithm = newValue }
    }
    /// TOTP's time step.
    package var periodInSeconds: Int64 {
        get { rules.periodInSeconds }
        set { rules.periodInSeconds = newValue }
    }
    package var limits: TokenLimits {
        get { rules.limits }
        set { rules.limits = newValue }
    }
    package var state: TokenState {
        get { rules.state }
        set { rules.state = newValue }
    }
    package var description: String { lasting.properties.description }
    package var attributes: [Attribute] {
        get { lasting.properties.attributes }
        set { change { $0.attributes = newValue } }
    }

    private var rules: TokenRules {
        get { lasting.properties.rules.rules }
        set { change { $0.rules = SharedRules(newValue) } }
    }

    /// Whether it takes no memory for rules that `other` has, too.
    func sharesRules(with other: Token) -> Bool { lasting.properties.rules === other.lasting.properties.rules }

    private mutating func change(_ body: (inout TokenProperties) -> Void) {
        var properties = lasting.properties
        body(&properties)
        lasting = Lasting(properties)
    }

    /// Whether `candidate` is the PIN, as far as that is remembered.
    ///
    /// - Returns: nil when it is not remembered, and for a PIN that is not hashed yet, or is not there.
    func isPIN(_ candidate: SecretPart, _ cost: PasswordHashCost, rememberedBy remembered: VerifiedSecrets) -> Bool? {
        lasting.memory.withLock { memory in remembered.isMatch(candidate, against: pin.hash, cost, &memory) }
    }

    /// The one-time passwords of the token; the key is made once, and the seed is let lie from then on.
    ///
    /// - Returns: nil for a token without a seed.
    /// - Throws: when OpenSSL does not offer the algorithm.
    func passwords() throws(CryptographyError) -> OneTimePasswords? {
        let key = try lasting.key.withLock {
            (known) throws(CryptographyError) -> MessageAuthenticationKey? in
            if known == nil, case .seed(let seed) = secret {
                known = try MessageAuthenticationKey(algorithm, key: seed)
            }
            return known
        }
        guard let key else { return nil }
        return OneTimePasswords(key: key, digits: digits)
    }
}

/// All of a token but its counters. What every login asks for comes first: of thousands of tokens, none is in a processor's
/// cache when its login comes, and each line that need not be fetched is time.
private struct TokenProperties: Sendable {
    var id: TokenID
    var rules: SharedRules
    var pin: StoredPIN
    let serial: String
    var secret: TokenSecret
    let owner: UserID?
    let description: String
    var attributes: [Attribute]
}

/// What a token has in common with many others.
struct TokenRules: Sendable, Hashable {
    let kind: TokenKind
    var digits: Int
    var algorithm: DigestAlgorithm
    var periodInSeconds: Int64
    var limits = TokenLimits()
    var state = TokenState()
}

/// The rules of one token or of many: thousands of known tokens have the same, and 150 octets each would have their price.
final class SharedRules: Sendable {
    let rules: TokenRules

    init(_ rules: TokenRules) { self.rules = rules }
}

/// The rules of tokens that were read lately, to be shared by the next ones.
struct RulesInUse {
    /// Token rules differ by delivery, not by token. Where they do not, nothing is lost but the sharing.
    private static let capacity = 64

    private var known: [TokenRules: SharedRules] = [:]

    mutating func shared(_ rules: TokenRules) -> SharedRules {
        if let shared = known[rules] { return shared }
        if known.count >= Self.capacity { known.removeAll() }
        let shared = SharedRules(rules)
        known[rules] = shared
        return shared
    }
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

    fileprivate var hash: PasswordHash? {
        guard case .hash(let hash) = self else { return nil }
        return hash
    }
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
