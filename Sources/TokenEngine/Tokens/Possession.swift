import Cryptography

/// What a token says to a value that was offered as its own.
enum Possession {
    /// - Parameters:
    ///   - counters: what the token's counters become when the value is accepted.
    ///   - ahead: how far the value was from the expected one.
    case proved(counters: TokenCounters, ahead: Int64)
    /// It is the one-time password that was accepted last.
    case usedBefore
    case refuted
    /// Only a slow hash can tell.
    case asks(PasswordHash)
}

extension Token {
    /// How many octets at one end of a typed password are the token's own; the rest is the PIN.
    var valueSize: Int {
        switch kind {
        case .hotp, .totp, .password: digits
        case .spass: 0
        }
    }

    /// Whether `value`, ``valueSize`` octets long or not, is the token's own, at `now`.
    ///
    /// - Throws: when memory runs out.
    func possession(
        of value: SecretPart, at now: UnixTime
    ) throws(CryptographyError) -> Possession {
        switch kind {
        case .hotp:
            guard let number = OneTimePasswords.number(value.octets, digits: digits) else { return .refuted }
            guard let passwords = try passwords() else { return .refuted }
            return HOTP.possession(of: number, passwords, counters, window: limits.countWindow)
        case .totp:
            guard let number = OneTimePasswords.number(value.octets, digits: digits) else { return .refuted }
            guard let passwords = try passwords() else { return .refuted }
            return TOTP.possession(of: number, passwords, counters, window(at: now))
        case .spass:
            return SimplePass.possession(of: value, counters)
        case .password:
            // A row without one is not fit, and nobody asks it; so is one of the above without a seed.
            guard case .password(let hash) = secret, value.count == digits else { return .refuted }
            return .asks(hash)
        }
    }

    func window(at now: UnixTime) -> TOTP.Window {
        TOTP.Window(at: now, periodInSeconds: periodInSeconds, windowInSeconds: limits.timeWindowInSeconds)
    }
}
