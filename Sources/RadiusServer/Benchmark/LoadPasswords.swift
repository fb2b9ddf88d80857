import TokenEngine

/// The one-time passwords of an account, as its owner's token would make them.
extension LoadAccount {
    /// A password, and the counter or step that it is of.
    typealias Offer = (octets: [UInt8], position: Int64)

    /// How many steps to either side of now a TOTP is sent from. Servers accept six before and five after; one is left
    /// for the time that the request travels.
    private static let stepsAside: Int64 = 4

    /// The next password, which was never offered before; nil when a TOTP account has to wait for its next step. So each
    /// of them logs in nine times at once, and from then on once a period.
    mutating func nextPassword(at now: UnixTime) -> Offer? {
        switch factor {
        case .fixed(let password):
            return (password, 0)
        case .hotp:
            defer { position += 1 }
            return (password(at: position), position)
        case .totp(_, _, let period):
            let current = now.seconds / period
            let step = max(position + 1, current - Self.stepsAside)
            guard step <= current + Self.stepsAside else { return nil }
            position = step
            return (password(at: step), step)
        }
    }

    /// The password of a counter or step.
    func password(at position: Int64) -> [UInt8] {
        switch factor {
        case .fixed(let password): password
        case .hotp(let key, let digits), .totp(let key, let digits, _):
            OneTimePasswords.text(for: position, key: key, digits: digits)
        }
    }

    /// Another password of the same length.
    func wrongPassword(at position: Int64) -> [UInt8] {
        var password = password(at: position)
        if let last = password.popLast() { password.append(last ^ 1) }
        return password
    }

    /// The counter or step whose password `guess` is, near the one that was to be offered: of a hundred thousand wrong
    /// passwords, one is right by chance, since a server looks at ten counters at a time. nil when it is none.
    func position(of guess: [UInt8], near position: Int64) -> Int64? {
        if case .fixed = factor { return nil }
        return (max(0, position - 20)...position + 1000).first { $0 != position && password(at: $0) == guess }
    }
}
