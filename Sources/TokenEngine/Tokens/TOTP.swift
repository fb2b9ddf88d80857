/// Time-based one-time passwords (RFC 6238). ``TokenCounters/counter`` is the last accepted step, 0 before the first;
/// ``TokenCounters/drift`` is how many steps the token's clock is ahead of ours, as far as we have seen.
enum TOTP {
    /// Where a token is looked for: steps from the expected one, the nearest first.
    struct Window {
        /// The time step that it is now, by our clock (RFC 6238 §4.2).
        let now: Int64
        /// Offsets -width … width-1 are accepted.
        let width: Int64

        init(at time: UnixTime, periodInSeconds: Int64, windowInSeconds: Int64) {
            let period = max(periodInSeconds, 1)
            now = max(time.seconds, 0) / period
            width = max(windowInSeconds / period, 1)
        }
    }

    /// Searches the window for a step that was not used, and not before one that was (RFC 6238 §5.2).
    ///
    /// The drift follows the token's clock by half of what was observed, so that a login a step late does not move it.
    /// It stays below the window's width, unless a resynchronisation put it farther out: so a token whose clock is right
    /// is always within the window.
    static func possession(
        of number: UInt32, _ passwords: OneTimePasswords, _ counters: TokenCounters, _ window: Window
    ) -> Possession {
        let expected = window.now &+ counters.drift
        // 0, -1, 1, -2, … : a token whose clock is right costs one or two codes.
        for distance in 0..<(2 * window.width) {
            let offset = distance.isMultiple(of: 2) ? distance / 2 : -(distance + 1) / 2
            let step = expected &+ offset
            guard step > counters.counter, passwords.password(for: step) == number else { continue }
            var next = counters
            next.counter = step
            let limit = max(window.width - 1, abs(counters.drift))
            next.drift = min(max(counters.drift + offset / 2, -limit), limit)
            return .proved(counters: next, ahead: offset)
        }
        let isLast = counters.counter > 0 && passwords.password(for: counters.counter) == number
        return isLast ? .usedBefore : .refuted
    }

    /// Finds two passwords of consecutive steps within `syncWindow` steps of our clock, later than the last accepted.
    ///
    /// - Returns: the counters after both were used, with the drift as it was observed; nil when they are not to be
    ///   found.
    static func resynchronised(
        _ first: UInt32, _ second: UInt32, _ passwords: OneTimePasswords, _ counters: TokenCounters,
        _ window: Window, syncWindow: Int64
    ) -> TokenCounters? {
        let from = max(window.now - syncWindow, counters.counter &+ 1)
        let through = window.now + syncWindow
        guard from <= through else { return nil }
        for step in from...through {
            guard passwords.password(for: step) == first, passwords.password(for: step + 1) == second else { continue }
            var next = counters
            next.counter = step + 1
            // The second of the two is the one that is on show now.
            next.drift = step + 1 - window.now
            return next
        }
        return nil
    }
}
