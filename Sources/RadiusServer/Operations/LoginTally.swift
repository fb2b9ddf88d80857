/// How many logins ended how. A challenge is no end.
struct LoginTally: Sendable, Equatable {
    var accepts = 0
    var rejects = 0

    var decided: Int { accepts + rejects }

    static func - (later: LoginTally, earlier: LoginTally) -> LoginTally {
        LoginTally(accepts: later.accepts - earlier.accepts, rejects: later.rejects - earlier.rejects)
    }
}

/// The logins of some stretch of time.
struct LoginPeriod: Sendable, Equatable {
    var tally = LoginTally()
    var milliseconds: Int64 = 0

    /// Where fewer accepts were to be expected, nothing is said: a few people who mistype are no collapse.
    private static let expectedOfDecidedMinimum = 10
    /// The same for how often people come, which differs more from one minute to the next.
    private static let expectedInTimeMinimum = 20
    /// The shortest period that tells how often people come.
    private static let usualPeriodMinimum: Int64 = 60_000

    /// Whether far fewer people get in than in the period before: less than a third of those who should, either of
    /// those who were decided (they are rejected now) or of those who came in the same time (nobody hears them now).
    ///
    /// - Returns: what was seen, in words; nil when nothing speaks for it, or there is too little to tell.
    func collapse(since before: LoginPeriod) -> String? {
        guard before.tally.accepts > 0, tally.accepts >= 0 else { return nil }
        let ofDecided = tally.decided * before.tally.accepts / before.tally.decided
        if ofDecided >= Self.expectedOfDecidedMinimum, tally.accepts < ofDecided / 3 {
            return "\(tally.accepts) of \(tally.decided) logins were accepted; before, "
                + "\(before.tally.accepts) of \(before.tally.decided)"
        }
        guard before.milliseconds >= Self.usualPeriodMinimum else { return nil }
        let ofTime = Int(Int64(before.tally.accepts) * milliseconds / before.milliseconds)
        if ofTime >= Self.expectedInTimeMinimum, tally.accepts < ofTime / 3 {
            return "\(tally.accepts) logins were accepted in \(milliseconds / 1000) s; before, "
                + "\(before.tally.accepts) in \(before.milliseconds / 1000) s"
        }
        return nil
    }
}

/// What was decided in the last five minutes, by samples of the counters: how logins end here as a rule.
struct LoginHistory: Sendable {
    static let length: Int64 = 300_000

    private var samples: [(time: Int64, tally: LoginTally)] = []

    /// - Parameters:
    ///   - tally: all logins so far.
    ///   - now: milliseconds of a clock that never goes back.
    mutating func note(_ tally: LoginTally, at now: Int64) {
        samples.removeAll { $0.time < now - Self.length }
        samples.append((now, tally))
    }

    /// From the oldest sample to `now`.
    func period(upTo tally: LoginTally, at now: Int64) -> LoginPeriod {
        guard let first = samples.first else { return LoginPeriod() }
        return LoginPeriod(tally: tally - first.tally, milliseconds: now - first.time)
    }
}
