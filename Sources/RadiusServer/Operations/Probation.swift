/// A configuration that holds until somebody keeps it: when the time is up, or when far fewer people get in than
/// before, the former one takes its place again.
struct Probation: Sendable {
    /// What was in force before, and comes back.
    let former: ActiveConfiguration
    /// In milliseconds of the clock that never goes back, as all times here.
    let deadline: Int64
    /// How logins ended before it began.
    private let usual: LoginPeriod
    private let beganAt: Int64
    private let tallyAtBeginning: LoginTally

    init(
        former: ActiveConfiguration, lastingSeconds seconds: Int64, after history: LoginHistory, tally: LoginTally,
        at now: Int64
    ) {
        self.former = former
        deadline = now + seconds * 1000
        usual = history.period(upTo: tally, at: now)
        beganAt = now
        tallyAtBeginning = tally
    }

    /// Why the former configuration must come back now; nil when it need not.
    ///
    /// - Parameter tally: all logins so far.
    func failure(tally: LoginTally, at now: Int64) -> String? {
        let since = LoginPeriod(tally: tally - tallyAtBeginning, milliseconds: now - beganAt)
        if let collapse = since.collapse(since: usual) { return "accepts collapsed: \(collapse)" }
        return now >= deadline ? "nobody kept it in time" : nil
    }

    /// Rounded up, so that 0 means that it is over.
    func secondsLeft(at now: Int64) -> Int64 { max(0, (deadline - now + 999) / 1000) }
}
