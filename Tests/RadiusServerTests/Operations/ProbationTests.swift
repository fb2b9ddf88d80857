import Testing

@testable import RadiusServer

@Suite("Whether accepts have collapsed")
struct LoginPeriodTests {
    static func period(_ accepts: Int, _ rejects: Int, seconds: Int64) -> LoginPeriod {
        LoginPeriod(tally: LoginTally(accepts: accepts, rejects: rejects), milliseconds: seconds * 1000)
    }

    @Test(
        "they have",
        arguments: [
            // Everybody is rejected.
            (before: period(90, 10, seconds: 300), since: period(0, 12, seconds: 5)),
            (before: period(90, 10, seconds: 300), since: period(2, 10, seconds: 5)),
            // Where many are rejected as a rule, it takes longer to see.
            (before: period(10, 90, seconds: 300), since: period(2, 98, seconds: 300)),
            // Nobody is heard.
            (before: period(90, 10, seconds: 300), since: period(0, 0, seconds: 67)),
            (before: period(90, 10, seconds: 60), since: period(5, 0, seconds: 14)),
        ])
    func collapsed(_ periods: (before: LoginPeriod, since: LoginPeriod)) {
        #expect(periods.since.collapse(since: periods.before) != nil)
    }

    @Test(
        "they have not, or nobody can tell",
        arguments: [
            // As always, or nearly.
            (before: period(90, 10, seconds: 300), since: period(90, 10, seconds: 300)),
            (before: period(90, 10, seconds: 300), since: period(5, 7, seconds: 5)),
            // Too few since.
            (before: period(90, 10, seconds: 300), since: period(0, 11, seconds: 5)),
            (before: period(90, 10, seconds: 300), since: period(0, 0, seconds: 66)),
            // Nothing before: no traffic, or nobody got in then either.
            (before: period(0, 0, seconds: 300), since: period(0, 1000, seconds: 300)),
            (before: period(0, 50, seconds: 300), since: period(0, 1000, seconds: 300)),
            // Ten seconds do not tell how often people come.
            (before: period(90, 10, seconds: 10), since: period(0, 0, seconds: 600)),
            (before: period(0, 0, seconds: 0), since: period(0, 0, seconds: 0)),
        ])
    func fine(_ periods: (before: LoginPeriod, since: LoginPeriod)) {
        #expect(periods.since.collapse(since: periods.before) == nil)
    }

    @Test("it is said in numbers")
    func words() {
        let collapse = Self.period(1, 19, seconds: 3).collapse(since: Self.period(90, 10, seconds: 300))
        #expect(collapse == "1 of 20 logins were accepted; before, 90 of 100")
    }
}

@Suite("What logins came before")
struct LoginHistoryTests {
    @Test("a history remembers five minutes")
    func length() {
        var history = LoginHistory()
        #expect(history.period(upTo: LoginTally(accepts: 9), at: 9) == LoginPeriod())
        for second in 0...600 { history.note(LoginTally(accepts: second, rejects: 1), at: Int64(second) * 1000) }
        let period = history.period(upTo: LoginTally(accepts: 602, rejects: 3), at: 602_000)
        #expect(period.tally == LoginTally(accepts: 302, rejects: 2))
        #expect(period.milliseconds == 302_000)
    }
}

@Suite("A configuration on probation")
struct ProbationTests {
    private let usual = LoginTally(accepts: 90, rejects: 10)
    private var probation: Probation

    init() throws {
        let server = try TestServerFolder()
        let configuration = try #require(Configuration.load(path: server.configuration).configuration)
        var history = LoginHistory()
        history.note(LoginTally(), at: 0)
        probation = Probation(
            former: ActiveConfiguration(configuration), lastingSeconds: 600, after: history, tally: usual, at: 300_000)
    }

    @Test("it ends when its time is up, and not before")
    func deadline() {
        let fine = LoginTally(accepts: 270, rejects: 30)
        #expect(probation.failure(tally: fine, at: 899_999) == nil)
        #expect(probation.secondsLeft(at: 899_999) == 1)
        #expect(probation.failure(tally: fine, at: 900_000) == "nobody kept it in time")
        #expect(probation.secondsLeft(at: 900_000) == 0)
    }

    @Test("it ends at once when accepts collapse, whatever came before it")
    func collapse() {
        let rejected = LoginTally(accepts: usual.accepts, rejects: usual.rejects + 12)
        #expect(probation.failure(tally: rejected, at: 301_000)?.hasPrefix("accepts collapsed: 0 of 12") == true)
        let unheard = usual
        #expect(probation.failure(tally: unheard, at: 360_000) == nil)
        #expect(probation.failure(tally: unheard, at: 367_000)?.hasPrefix("accepts collapsed: 0 logins") == true)
    }
}
