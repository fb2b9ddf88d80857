import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct DeciderTests {
    private func laboratory(_ configuration: EngineConfiguration = .small) throws -> Laboratory {
        let laboratory = try Laboratory(configuration)
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        return laboratory
    }

    @Test func oneOTPThirtyTwoTimesInOneBatchIsAcceptedOnce() throws {
        let laboratory = try laboratory()
        let attempts = [Attempt](repeating: laboratory.attempt("cornelius", "755224"), count: 32)
        let verdicts = try laboratory.decider.decide(attempts, at: laboratory.now).map(\.verdict)
        #expect(verdicts.count { $0?.reason == .accepted } == 1)
        #expect(verdicts.first??.reason == .accepted)
        #expect(verdicts.dropFirst().prefix(10).allSatisfy { $0?.reason == .otpAlreadyUsed })
        #expect(verdicts.dropFirst(11).allSatisfy { $0?.reason == .tokenLocked })
        #expect(try laboratory.counters("H1").successes == 1)
        #expect(try laboratory.store.audit().count == 32)
    }

    @Test func stepsAreToldToWhomeverAsksForThem() throws {
        let laboratory = try laboratory()
        let attempt = laboratory.attempt("cornelius", "755224")
        #expect(try !laboratory.decider.explain(attempt, at: laboratory.now).steps.isEmpty)
        #expect(try laboratory.login(attempt).steps.isEmpty)
    }

    @Test("what may not be told is committed as a reject, with the OTP used up and no challenge open")
    func objection() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try laboratory(.small.with(policy))
        for (password, counter) in [("", 0), ("755224", 1)] {
            var attempt = laboratory.attempt("cornelius", password)
            attempt.objection = { verdict in "no place for \(verdict.user?.name ?? "")" }
            let verdict = try laboratory.login(attempt)
            #expect(verdict.reason == .attributeMisfit && verdict.decision.name == "reject")
            #expect(verdict.transaction == nil)
            let record = try #require(try laboratory.store.audit().first?.record)
            #expect(record.decision == "reject" && record.reason == "attribute-misfit")
            #expect(record.message == "no place for cornelius")
            #expect(try laboratory.counters("H1").counter == Int64(counter))
        }
        #expect(try laboratory.store.challenges().isEmpty)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "755224")).reason == .otpAlreadyUsed)
    }

    @Test("nobody is asked for an objection to a reject, and none changes nothing")
    func noObjection() throws {
        let laboratory = try laboratory()
        for (password, reason) in [("000000", Reason.wrongOTP), ("755224", .accepted)] {
            var attempt = laboratory.attempt("cornelius", password)
            attempt.objection = { verdict in verdict.reason == .accepted ? nil : "never asked" }
            #expect(try laboratory.login(attempt).reason == reason)
        }
    }

    @Test func oneOTPOverTwoConnectionsIsAcceptedOnce() async throws {
        let laboratory = try laboratory()
        let (path, now) = (laboratory.path, laboratory.now)
        let attempts = [Attempt](repeating: laboratory.attempt("cornelius", "755224"), count: 4)
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        let keys = try KeyFile(master: SecretOctets([UInt8](repeating: 7, count: 32)))
                        let decider = Decider(
                            store: try Store(path: path, keys: keys), engine: Engine(.small),
                            remembered: try VerifiedSecrets())
                        var accepted = 0
                        for _ in 0..<8 {
                            let evaluations = try decider.decide(attempts, at: now)
                            accepted += evaluations.count { $0.verdict?.reason == .accepted }
                        }
                        return accepted
                    } catch {
                        Issue.record(error)
                        return 0
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 1)
        #expect(try laboratory.store.verifyAudit() == .intact(count: 64))
    }

    @Test func oneChallengeAnsweredTwiceInOneBatchIsAcceptedOnce() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try laboratory(.small.with(policy))
        let transaction = try #require(try laboratory.login(laboratory.attempt("cornelius", "")).transaction)
        let answer = laboratory.attempt("cornelius", "755224", answering: transaction)
        let next = laboratory.attempt("cornelius", "287082", answering: transaction)
        let verdicts = try laboratory.decider.decide([answer, answer, next], at: laboratory.now).map(\.verdict)
        #expect(verdicts.map(\.?.reason) == [.accepted, .unknownChallenge, .unknownChallenge])
    }

    @Test func manyGuessesAtOnceCannotOutrunTheFailCounter() throws {
        let laboratory = try laboratory()
        let guesses = (0..<100).map { laboratory.attempt("cornelius", "\(100_000 + $0)") }
        let right = laboratory.attempt("cornelius", "755224")
        let verdicts = try laboratory.decider.decide(guesses + [right], at: laboratory.now).map(\.verdict)
        #expect(verdicts.count { $0?.reason == .wrongOTP } == 10)
        #expect(verdicts.last??.reason == .tokenLocked)
        #expect(try laboratory.counters("H1").failCount == 10)
    }

    @Test func anAttemptThatNeedsASlowCheckLeavesNoTrace() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"), pin: "1234")
        let evaluations = try laboratory.decider.decide(
            [laboratory.attempt("cornelius", "1234755224")], at: laboratory.now)
        guard case .needs(let checks)? = evaluations.first else {
            Issue.record("decided without the slow check")
            return
        }
        #expect(checks.count == 1)
        #expect(try laboratory.store.audit().isEmpty)
        #expect(try laboratory.counters("H1") == TokenCounters())
    }

    @Test func aSlowAttemptIsDecidedOnWhatHoldsWhenItComesBack() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"), pin: "1234")
        var attempt = laboratory.attempt("cornelius", "1234755224")
        guard case .needs(let checks)? = try laboratory.decider.decide([attempt], at: laboratory.now).first else {
            Issue.record("decided without the slow check")
            return
        }
        for check in checks { attempt.verified[check] = try check.run(keys: laboratory.keys) }
        try laboratory.store.setEnabled(false, serial: "H1")
        let verdict = try laboratory.decider.decide([attempt], at: laboratory.now).first?.verdict
        #expect(verdict?.reason == .tokenDisabled)
    }

    @Test func anOutcomeForAPINThatWasChangedMeanwhileIsWorthNothing() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"), pin: "1234")
        var attempt = laboratory.attempt("cornelius", "1234755224")
        guard case .needs(let checks)? = try laboratory.decider.decide([attempt], at: laboratory.now).first else {
            Issue.record("decided without the slow check")
            return
        }
        for check in checks { attempt.verified[check] = try check.run(keys: laboratory.keys) }
        try laboratory.store.setPIN(
            SecretOctets(utf8: "5678"), serial: "H1", cost: laboratory.configuration.settings.pinHashCost)
        #expect(try laboratory.login(attempt).reason == .wrongPIN)
    }

    // MARK: When the disk fails

    /// What SQLite cannot write, nobody is told; and what it wrote before in the same batch is undone.
    @Test(arguments: ["token_counter", "audit", "meta"])
    func aBatchThatCannotBeWrittenLeavesNothing(_ table: String) throws {
        let laboratory = try laboratory()
        try laboratory.addToken("H2", .hotp, of: try laboratory.addUser("second"))
        let event = table == "token_counter" ? "UPDATE" : "INSERT"
        try laboratory.store.database.run(
            "CREATE TRIGGER full BEFORE \(event) ON \(table) BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        let attempts = ["cornelius", "second"].map { laboratory.attempt($0, "755224") }
        #expect(throws: StoreError.self) { try laboratory.decider.decide(attempts, at: laboratory.now) }
        #expect(try laboratory.counters("H1") == TokenCounters())
        #expect(try laboratory.counters("H2") == TokenCounters())
        #expect(try laboratory.store.audit().isEmpty)
        try laboratory.store.database.run("DROP TRIGGER full")
        let verdicts = try laboratory.decider.decide(attempts, at: laboratory.now).map(\.verdict)
        #expect(verdicts.allSatisfy { $0?.reason == .accepted })
        #expect(try laboratory.store.verifyAudit() == .intact(count: 2))
    }

    @Test func aDatabaseThatSomebodyElseKeepsIsAnErrorNotAnAnswer() throws {
        let laboratory = try laboratory()
        let impatient = Decider(
            store: try laboratory.anotherStore(busyTimeoutInMilliseconds: 1), engine: Engine(.small),
            remembered: try VerifiedSecrets())
        try laboratory.store.database.run("BEGIN IMMEDIATE")
        #expect(throws: StoreError.self) {
            try impatient.decide([laboratory.attempt("cornelius", "755224")], at: laboratory.now)
        }
        try laboratory.store.database.run("ROLLBACK")
        #expect(try laboratory.counters("H1") == TokenCounters())
    }

    @Test func aTransactionThatIsNotCommittedIsGone() throws {
        let laboratory = try laboratory()
        do {
            let dying = try laboratory.anotherStore()
            try dying.database.run("BEGIN IMMEDIATE")
            let token = try #require(try dying.token(serial: "H1"))
            var counters = token.counters
            counters.counter = 5
            #expect(try dying.apply([.moveCounters(token: token.id, from: token.counters, to: counters)]))
            // The process ends here, between the decision and its commit.
        }
        #expect(try laboratory.counters("H1") == TokenCounters())
        #expect(try laboratory.login(laboratory.attempt("cornelius", "755224")).reason == .accepted)
    }

    @Test func noRandomOctetsNoChallenge() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try laboratory(.small.with(policy))
        let decider = Decider(
            store: laboratory.store, engine: Engine(laboratory.configuration), remembered: try VerifiedSecrets(),
            random: NoRandom())
        let evaluations = try decider.decide([laboratory.attempt("cornelius", "")], at: laboratory.now)
        #expect(evaluations.map(\.failure) == [.cryptography(NoRandom.error)])
        #expect(try laboratory.store.challenges().isEmpty)
        #expect(try laboratory.store.audit().isEmpty)
    }

    // MARK: Conditional changes

    @Test func aChangeIsRefusedWhenTheRowHasMoved() throws {
        let laboratory = try laboratory()
        let token = try #require(try laboratory.store.token(serial: "H1"))
        for adjust in [
            { $0.counter = 1 }, { $0.drift = 1 }, { $0.failCount = 1 }, { $0.authentications = 1 },
            { $0.successes = 1 },
        ] as [(inout TokenCounters) -> Void] {
            var stale = token.counters
            adjust(&stale)
            var next = stale
            next.counter += 1
            let isDone = try laboratory.store.transaction { () throws(StoreError) in
                try laboratory.store.apply([.moveCounters(token: token.id, from: stale, to: next)])
            }
            #expect(!isDone)
        }
        #expect(try laboratory.counters("H1") == TokenCounters())
    }

    /// A row that never is what it was read as: it is tried anew a few times, then its user is not answered.
    @Test func anAttemptWhoseChangesAreAlwaysRefusedIsGivenUp() throws {
        let laboratory = try laboratory()
        try laboratory.store.database.run(
            "CREATE TRIGGER moved BEFORE UPDATE ON token_counter BEGIN SELECT RAISE(IGNORE); END")
        let evaluations = try laboratory.decider.decide(
            [laboratory.attempt("cornelius", "755224")], at: laboratory.now)
        #expect(evaluations.map(\.failure) == [.contended])
        #expect(try laboratory.store.audit().isEmpty)
        try laboratory.store.database.run("DROP TRIGGER moved")
        #expect(try laboratory.login(laboratory.attempt("cornelius", "755224")).reason == .accepted)
    }

    /// The counter of one row reads as 0 and never is 0: no change of it is ever made.
    @Test func oneBadRowFailsItsOwnUserAndNobodyElse() throws {
        let laboratory = try laboratory()
        try laboratory.addToken("BAD", .hotp, of: try laboratory.addUser("poisoned"))
        try laboratory.addToken("H2", .hotp, of: try laboratory.addUser("second"))
        try laboratory.store.database.run(
            "UPDATE token_counter SET counter = 0.5 WHERE token = (SELECT id FROM token WHERE serial = 'BAD')")
        let attempts = [
            ("poisoned", "755224"), ("cornelius", "755224"), ("poisoned", "755224"), ("cornelius", "755224"),
            ("second", "755224"), ("poisoned", "000000"),
        ].map { laboratory.attempt($0, $1) }
        let evaluations = try laboratory.decider.decide(attempts, at: laboratory.now)
        #expect(
            evaluations.map(\.verdict?.reason) == [nil, .accepted, nil, .otpAlreadyUsed, .accepted, nil])
        #expect(evaluations.map(\.failure) == [.contended, nil, .contended, nil, nil, .contended])
        #expect(try laboratory.counters("H1").successes == 1)
        #expect(try laboratory.store.verifyAudit() == .intact(count: 3))
    }

    @Test("those who join are decided behind the others, and fail as they do", arguments: [false, true])
    func joined(fails: Bool) throws {
        let laboratory = try laboratory()
        try laboratory.addToken("BAD", .hotp, of: try laboratory.addUser("poisoned"))
        try laboratory.addToken("H2", .hotp, of: try laboratory.addUser("second"))
        if fails {
            try laboratory.store.database.run(
                "UPDATE token_counter SET counter = 0.5 WHERE token = (SELECT id FROM token WHERE serial = 'BAD')")
        }
        let attempts = ["cornelius", "cornelius", "poisoned", "second", "second"].map {
            laboratory.attempt($0, "755224")
        }
        var groups = [attempts[1...1], attempts[2...], [], attempts[...]]
        let evaluations = try laboratory.decider.decide([attempts[0]], at: laboratory.now) {
            Array(groups.removeFirst())
        }
        #expect(
            evaluations.map(\.verdict?.reason) == [
                .accepted, .otpAlreadyUsed, fails ? nil : .accepted, .accepted, .otpAlreadyUsed,
            ])
        #expect(try laboratory.store.verifyAudit() == .intact(count: fails ? 4 : 5))
    }

    /// Here the first of two tokens has moved before the second is refused.
    @Test func anAttemptThatFailsHalfwayLeavesNothing() throws {
        let laboratory = try laboratory()
        let user = try laboratory.addUser("poisoned")
        try laboratory.addToken("P1", .hotp, of: user)
        try laboratory.addToken("P2", .hotp, of: user)
        try laboratory.store.database.run(
            """
            CREATE TRIGGER moved BEFORE UPDATE ON token_counter
            WHEN new.token = (SELECT id FROM token WHERE serial = 'P2') BEGIN SELECT RAISE(IGNORE); END
            """)
        let names = ["cornelius", "poisoned", "cornelius"]
        let evaluations = try laboratory.decider.decide(
            names.map { laboratory.attempt($0, "755224") }, at: laboratory.now)
        #expect(evaluations.map(\.verdict?.reason) == [.accepted, nil, .otpAlreadyUsed])
        #expect(try laboratory.counters("P1") == TokenCounters())
        #expect(try laboratory.store.audit().map(\.record.user) == ["cornelius", "cornelius"])
        #expect(try laboratory.store.verifyAudit() == .intact(count: 2))
    }

    @Test func aChallengeIsClosedOnce() throws {
        let laboratory = try laboratory()
        let isDone = try laboratory.store.transaction { () throws(StoreError) in
            try laboratory.store.apply([.closeChallenge(transactionDigest: [1, 2, 3])])
        }
        #expect(!isDone)
    }

    @Test func aHashIsNotRenewedOverANewOne() throws {
        let laboratory = try Laboratory()
        let user = try laboratory.addUser("cornelius", password: "secret")
        let token = try laboratory.addToken("P1", .password, of: user, pin: "1234") {
            $0.secret = SecretOctets(utf8: "static")
        }
        let (old, new) = (PasswordHash(stored: "old"), PasswordHash(stored: "new"))
        for change in [
            Change.renewPIN(token: token.id, from: .hash(old), to: new),
            .renewPIN(token: token.id, from: .sealed([1], context: ""), to: new),
            .renewTokenPassword(token: token.id, from: old, to: new),
            .renewUserPassword(user: user.id, from: old, to: new),
        ] {
            let isDone = try laboratory.store.transaction { () throws(StoreError) in
                try laboratory.store.apply([change])
            }
            #expect(!isDone)
        }
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234static")).reason == .accepted)
    }
}

private struct NoRandom: RandomOctets {
    static let error = CryptographyError(function: "RAND_bytes", reason: "no random octets are to be had")

    func octets(_ count: Int) throws(CryptographyError) -> [UInt8] { throw Self.error }
}

extension Evaluation {
    var verdict: Verdict? {
        guard case .decided(let verdict) = self else { return nil }
        return verdict
    }

    var failure: StoreError? {
        guard case .failed(let error) = self else { return nil }
        return error
    }
}
