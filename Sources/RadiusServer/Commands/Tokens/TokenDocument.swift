import Cryptography
import TokenEngine

/// A token as `--json` shows it, under privacyIDEA's names where it has them. Neither seed nor PIN is part of it.
struct TokenDocument: Encodable {
    let serial: String
    let type: String
    let user: String?
    let resolver: String?
    let description: String
    let active: Bool
    let revoked: Bool
    let locked: Bool
    let failcount: Int64
    let maxfail: Int64
    let hasPIN: Bool
    let attributes: AttributesDocument
    let digits: Int?
    let algorithm: String?
    let period: Int64?
    let counter: Int64?
    /// How often it was tried, and how often with success.
    let authentications: Int64
    let successes: Int64
    /// nil: without end.
    let authenticationsMaximum: Int64?
    let successesMaximum: Int64?
    let failCountMaximum: Int64
    /// Counters that are tried at a login.
    let countWindow: Int64?
    /// Counters or steps that are searched at a resynchronisation.
    let syncWindow: Int64?
    /// Seconds to either side.
    let timeWindow: Int64?
    /// Time steps that its clock is ahead of ours.
    let drift: Int64?
    let validFrom: String?
    let validUntil: String?

    enum CodingKeys: String, CodingKey {
        case serial, type, user, resolver, description, active, revoked, locked, failcount, maxfail, attributes, digits
        case algorithm, period, counter, drift
        case hasPIN = "has_pin"
        case authentications = "count_auth"
        case successes = "count_auth_success"
        case authenticationsMaximum = "count_auth_max"
        case successesMaximum = "count_auth_success_max"
        case failCountMaximum = "max_fail"
        case countWindow = "count_window"
        case syncWindow = "sync_window"
        case timeWindow = "time_window"
        case validFrom = "valid_from"
        case validUntil = "valid_until"
    }

    init(_ token: Token, userName: String?) {
        serial = token.serial
        type = token.kind.rawValue
        user = userName
        resolver = token.owner?.resolver
        description = token.description
        active = token.state.isEnabled
        revoked = token.state.isRevoked
        locked = token.state.isLocked
        failcount = token.counters.failCount
        maxfail = token.limits.failCountMaximum
        hasPIN = token.pin != .none
        attributes = AttributesDocument(token.attributes)
        let hasOTP = token.kind.hasSeed
        digits = hasOTP ? token.digits : nil
        algorithm = hasOTP ? token.algorithm.rawValue : nil
        period = token.kind == .totp ? token.periodInSeconds : nil
        counter = token.kind == .hotp ? token.counters.counter : nil
        authentications = token.counters.authentications
        successes = token.counters.successes
        let limits = token.limits
        authenticationsMaximum = limits.authenticationsMaximum
        successesMaximum = limits.successesMaximum
        failCountMaximum = limits.failCountMaximum
        countWindow = token.kind == .hotp ? limits.countWindow : nil
        syncWindow = hasOTP ? limits.syncWindow : nil
        timeWindow = token.kind == .totp ? limits.timeWindowInSeconds : nil
        drift = token.kind == .totp ? token.counters.drift : nil
        validFrom = limits.validFrom?.description
        validUntil = limits.validUntil?.description
    }

    /// One word for what is the matter with it.
    var condition: String {
        if revoked { return "revoked" }
        if locked { return "locked" }
        if !active { return "disabled" }
        return failcount >= maxfail ? "locked by failures" : "active"
    }
}

extension TokenKind {
    /// Whether a seed makes one-time passwords.
    var hasSeed: Bool {
        switch self {
        case .hotp, .totp: true
        case .spass, .password: false
        }
    }
}
