/// What keeps a token from being used at all, whatever was offered.
enum Unfitness: Hashable {
    case authenticationCounterExceeded
    case disabled
    case locked
    case outsideValidity
    case notEnrolled
    case unreadable

    var reason: Reason {
        switch self {
        case .authenticationCounterExceeded: .authenticationCounterExceeded
        case .disabled: .tokenDisabled
        case .locked: .tokenLocked
        case .outsideValidity: .outsideValidity
        case .notEnrolled: .notEnrolled
        case .unreadable: .tokenUnreadable
        }
    }

    /// privacyIDEA's text for it, where it has one.
    var message: String {
        switch self {
        case .authenticationCounterExceeded: "Authentication counter exceeded"
        case .disabled: "Token is disabled"
        case .locked: "Failcounter exceeded"
        case .outsideValidity: "Outside validity period"
        case .notEnrolled: "Token is not yet enrolled"
        case .unreadable: "Token cannot be read"
        }
    }
}

extension Token {
    /// Whether nothing keeps the token from being used at `now`.
    package func isUsable(at now: UnixTime) -> Bool { unfitness(at: now) == nil }

    /// The first thing that keeps the token from being used at `now`; nil when nothing does.
    func unfitness(at now: UnixTime) -> Unfitness? {
        if let maximum = limits.authenticationsMaximum, counters.authentications >= maximum {
            return .authenticationCounterExceeded
        }
        if let maximum = limits.successesMaximum, counters.successes >= maximum {
            return .authenticationCounterExceeded
        }
        if !state.isEnabled { return .disabled }
        if state.isLocked || counters.failCount >= limits.failCountMaximum { return .locked }
        if let from = limits.validFrom, now < from { return .outsideValidity }
        if let until = limits.validUntil, until < now { return .outsideValidity }
        if state.isAwaitingEnrolment { return .notEnrolled }
        if case .unreadable = secret { return .unreadable }
        return nil
    }

    /// Whether the numbers are such as we write ourselves. A row that somebody else has written must not make a search
    /// endless or a sum overflow.
    var isWithinBounds: Bool {
        let digitBounds = kind == .password ? 1...Token.passwordSizeMaximum : 6...8
        return (kind == .spass || digitBounds.contains(digits))
            && (1...Token.periodMaximumInSeconds).contains(periodInSeconds)
            && (1...Token.windowMaximum).contains(limits.countWindow)
            && (1...Token.windowMaximum).contains(limits.syncWindow)
            && (0...Token.windowMaximum * periodInSeconds).contains(limits.timeWindowInSeconds)
            && (0...Token.counterMaximum).contains(counters.counter)
            && (-Token.counterMaximum...Token.counterMaximum).contains(counters.drift)
            && (0...Token.counterMaximum).contains(counters.failCount)
            && (0...Token.counterMaximum).contains(counters.authentications)
            && (0...Token.counterMaximum).contains(counters.successes)
    }

    static let passwordSizeMaximum = 128
    package static let periodMaximumInSeconds: Int64 = 86_400
    /// Of counters, time steps or, for a time window, periods.
    package static let windowMaximum: Int64 = 10_000
    package static let counterMaximum: Int64 = 1 << 53
}
