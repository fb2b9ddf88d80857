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
        switch (kind, secret) {
        case (.hotp, .seed(let seed)):
            guard let number = OneTimePasswords.number(value.octets, digits: digits) else { return .refuted }
            let passwords = try passwords(of: seed)
            return HOTP.possession(of: number, passwords, counters, window: limits.countWindow)
        case (.totp, .seed(let seed)):
            guard let number = OneTimePasswords.number(value.octets, digits: digits) else { return .refuted }
            let passwords = try passwords(of: seed)
            return TOTP.possession(of: number, passwords, counters, window(at: now))
        case (.spass, _):
            return SimplePass.possession(of: value, counters)
        case (.password, .password(let hash)):
            guard value.count == digits else { return .refuted }
            return .asks(hash)
        case (.hotp, _), (.totp, _), (.password, _):
            // Such a row is not fit, and nobody asks it.
            return .refuted
        }
    }

    func window(at now: UnixTime) -> TOTP.Window {
        TOTP.Window(at: now, periodInSeconds: periodInSeconds, windowInSeconds: limits.timeWindowInSeconds)
    }
}
