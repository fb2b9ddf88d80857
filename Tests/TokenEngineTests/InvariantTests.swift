import Cryptography
import TestSupport
import Testing

@testable import TokenEngine

/// What must hold whatever happens, tried with long random histories that a seed repeats.
@Suite struct InvariantTests {
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) << 32 | state >> 32
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func noOTPIsAcceptedTwiceAndNoCounterGoesBack(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp, .totp])])
        let laboratory = try Laboratory(.small.with(policy))
        let user = try laboratory.addUser("cornelius")
        try laboratory.addToken("H1", .hotp, of: user, pin: "1234")
        try laboratory.addToken("T1", .totp, of: user, pin: "1234")
        let generator = OneTimePasswordGenerator.rfc4226
        var transactions: [TransactionID] = []
        var accepted: Set<String> = []
        var before = ["H1": TokenCounters(), "T1": TokenCounters()]

        for step in 0..<150 {
            laboratory.now = laboratory.now.advanced(bySeconds: Int64.random(in: 0...90, using: &dice))
            let counter = try laboratory.counters("H1").counter + Int64.random(in: -3...12, using: &dice)
            let timeStep = laboratory.now.seconds / 30 + Int64.random(in: -8...8, using: &dice)
            let value = Bool.random(using: &dice) ? max(counter, 0) : timeStep
            let otp = try generator.value(at: UInt64(value))
            let pin = ["", "1234", "1234", "1234", "5678"].randomElement(using: &dice) ?? ""
            let transaction = Bool.random(using: &dice) ? transactions.randomElement(using: &dice) : nil
            let password = Int.random(in: 0..<5, using: &dice) == 0 ? pin : transaction == nil ? pin + otp : otp
            let attempt = laboratory.attempt("cornelius", password, answering: transaction)
            let verdict = try laboratory.login(attempt)
            if let opened = verdict.transaction { transactions.append(opened) }

            if verdict.reason == .accepted {
                for token in verdict.tokens {
                    let counter = try laboratory.counters(token.serial).counter
                    #expect(accepted.insert("\(token.serial) \(counter)").inserted, "step \(step)")
                }
                let again = try laboratory.login(attempt)
                #expect(again.reason != .accepted, "step \(step)")
            }
            for serial in ["H1", "T1"] {
                let after = try laboratory.counters(serial)
                let token = try #require(try laboratory.store.token(serial: serial))
                #expect(after.counter >= (before[serial]?.counter ?? 0))
                #expect(after.authentications >= (before[serial]?.authentications ?? 0))
                #expect((0...token.limits.failCountMaximum).contains(after.failCount))
                #expect(after.successes <= after.authentications)
                before[serial] = after
            }
            if Int.random(in: 0..<12, using: &dice) == 0 { try laboratory.store.unlock(serial: "H1") }
            if Int.random(in: 0..<12, using: &dice) == 0 { try laboratory.store.resetFailCount(serial: "T1") }
        }
        let lines = try laboratory.store.audit().count
        #expect(lines >= 150)
        #expect(try laboratory.store.verifyAudit() == .intact(count: Int64(lines)))
        #expect(!accepted.isEmpty)
    }

    @Test(
        arguments: [
            Reason.nameMissing, .attributeMalformed, .credentialMissing, .credentialsMixed, .credentialUnsupported,
            .passwordMalformed,
        ])
    func whatCannotBeCheckedCountsAgainstNobodyAndIsAudited(_ reason: Reason) throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        var attempt = laboratory.attempt("cornelius", "755224")
        attempt.credential = .unusable(reason)
        let verdict = try laboratory.login(attempt)
        #expect(verdict.decision.name == "reject")
        #expect(verdict.reason == reason)
        #expect(try laboratory.counters("H1") == TokenCounters())
        #expect(try laboratory.store.audit().map(\.record.reason) == [reason.rawValue])
    }
}
