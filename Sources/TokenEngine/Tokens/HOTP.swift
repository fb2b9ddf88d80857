/// Counter-based one-time passwords (RFC 4226). ``TokenCounters/counter`` is the next one expected.
enum HOTP {
    /// Looks ahead from the first unused counter (RFC 4226 §7.4). Never finds a counter below it: used stays used.
    ///
    /// - Parameter window: how many counters are tried.
    static func possession(
        of number: UInt32, _ passwords: OneTimePasswords, _ counters: TokenCounters, window: Int64
    ) -> Possession {
        for ahead in 0..<max(window, 0) {
            let (counter, overflow) = counters.counter.addingReportingOverflow(ahead)
            guard !overflow, counter < .max else { break }
            if passwords.password(for: counter) == number {
                var next = counters
                next.counter = counter + 1
                return .proved(counters: next, ahead: ahead)
            }
        }
        let isPrevious = counters.counter > 0 && passwords.password(for: counters.counter - 1) == number
        return isPrevious ? .usedBefore : .refuted
    }

    /// Finds two passwords in a row (RFC 4226 §7.4, "resynchronization").
    ///
    /// - Returns: the counters after both were used; nil when they are not to be found.
    static func resynchronised(
        _ first: UInt32, _ second: UInt32, _ passwords: OneTimePasswords, _ counters: TokenCounters,
        window: Int64
    ) -> TokenCounters? {
        for ahead in 0..<max(window, 0) {
            let (counter, overflow) = counters.counter.addingReportingOverflow(ahead)
            guard !overflow, counter < .max - 1 else { return nil }
            guard passwords.password(for: counter) == first, passwords.password(for: counter + 1) == second else {
                continue
            }
            var next = counters
            next.counter = counter + 2
            return next
        }
        return nil
    }
}
