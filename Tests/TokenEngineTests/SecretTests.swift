import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TokenEngine

/// PINs and passwords: what is remembered, what is renewed, what is sealed.
@Suite struct SecretTests {
    private let cheap = PasswordHashCost(logarithmOfN: 1, r: 1)
    private let dear = PasswordHashCost(logarithmOfN: 3, r: 1)

    /// The slow checks that deciding `attempt` now would need.
    private func needed(_ laboratory: Laboratory, _ password: String) throws -> Int {
        let attempt = laboratory.attempt("cornelius", password)
        guard case .needs(let checks)? = try laboratory.decider.decide([attempt], at: laboratory.now).first else {
            return 0
        }
        return checks.count
    }

    private func laboratory() throws -> Laboratory {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"), pin: "1234")
        return laboratory
    }

    @Test func theSecondLoginCostsNoHash() throws {
        let laboratory = try laboratory()
        #expect(try needed(laboratory, "1234755224") == 1)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234755224")).reason == .accepted)
        #expect(try needed(laboratory, "1234287082") == 0)
    }

    @Test func norDoesAWrongPINOnceTheRightOneIsKnown() throws {
        let laboratory = try laboratory()
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234755224")).reason == .accepted)
        #expect(try needed(laboratory, "5678287082") == 0)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "5678287082")).reason == .wrongPIN)
    }

    @Test func aNewPINIsNotTheRememberedOne() throws {
        let laboratory = try laboratory()
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234755224")).reason == .accepted)
        try laboratory.store.setPIN(SecretOctets(utf8: "5678"), serial: "H1", cost: cheap)
        #expect(try needed(laboratory, "1234287082") == 1)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234287082")).reason == .wrongPIN)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "5678287082")).reason == .accepted)
    }

    @Test func aChangedCostIsAppliedAtTheNextLogin() throws {
        let laboratory = try laboratory()
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234755224")).reason == .accepted)
        laboratory.configuration.settings.pinHashCost = dear
        #expect(try needed(laboratory, "1234287082") == 1)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234287082")).reason == .accepted)
        guard case .hash(let hash)? = try laboratory.store.token(serial: "H1")?.pin else {
            Issue.record("no hash")
            return
        }
        #expect(hash.cost == dear)
        #expect(try needed(laboratory, "1234359152") == 0)
    }

    @Test func aWrongPINRenewsNothing() throws {
        let laboratory = try laboratory()
        laboratory.configuration.settings.pinHashCost = dear
        #expect(try laboratory.login(laboratory.attempt("cornelius", "5678755224")).reason == .wrongPIN)
        guard case .hash(let hash)? = try laboratory.store.token(serial: "H1")?.pin else {
            Issue.record("no hash")
            return
        }
        #expect(hash.cost == cheap)
    }

    @Test func theUsersPasswordIsRenewedToo() throws {
        let policy = Policy(name: "p", actions: [.pinSource(.userstore)])
        let laboratory = try Laboratory(.small.with(policy))
        let user = try laboratory.addUser("cornelius", password: "secret")
        try laboratory.addToken("H1", .hotp, of: user)
        laboratory.configuration.settings.passwordHashCost = dear
        #expect(try laboratory.login(laboratory.attempt("cornelius", "secret755224")).reason == .accepted)
        #expect(try laboratory.store.user(user.id)?.password?.cost == dear)
    }

    @Test func anImportedPINIsSealedUntilItsFirstUse() throws {
        let laboratory = try Laboratory()
        try laboratory.addUser("cornelius")
        var new = NewToken(kind: .hotp)
        new.serial = "H1"
        new.secret = .rfc
        new.pin = SecretOctets(utf8: "1234")
        _ = try laboratory.store.importTokens([ImportedToken(new, userName: "cornelius")], resolver: "local")
        guard case .sealed(let sealed)? = try laboratory.store.token(serial: "H1")?.pin else {
            Issue.record("not sealed")
            return
        }
        #expect(!String(decoding: sealed, as: UTF8.self).contains("1234"))
        #expect(try laboratory.login(laboratory.attempt("cornelius", "5678755224")).reason == .wrongPIN)
        #expect(try laboratory.store.token(serial: "H1")?.pin == .sealed(sealed))
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234755224")).reason == .accepted)
        guard case .hash? = try laboratory.store.token(serial: "H1")?.pin else {
            Issue.record("not hashed")
            return
        }
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234287082")).reason == .accepted)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "5678359152")).reason == .wrongPIN)
    }

    @Test func memoryIsBounded() throws {
        let secrets = try VerifiedSecrets(capacity: 3)
        let checks = (0..<4).map {
            SlowCheck(
                stored: .hash(PasswordHash(stored: "$scrypt$" + String(repeating: "\($0)", count: 64))),
                candidate: SecretOctets(utf8: "1234"), cost: cheap)
        }
        for check in checks { secrets.remember(check, .matches) }
        #expect(
            checks.map { secrets.isMatch($0.candidate.whole, against: $0.stored, $0.cost) } == [nil, true, true, true])
    }

    @Test func whatIsKeptWithAHashIsOfOneProcessAndOneCost() throws {
        let hash = PasswordHash(stored: "$scrypt$" + String(repeating: "a", count: 64))
        let (right, wrong) = (SecretOctets(utf8: "1234"), SecretOctets(utf8: "1235"))
        let (secrets, others) = (try VerifiedSecrets(), try VerifiedSecrets())
        var memory: VerifiedSecrets.Memory?
        func isMatch(_ candidate: SecretOctets, by secrets: VerifiedSecrets, _ cost: PasswordHashCost) -> Bool? {
            secrets.isMatch(candidate.whole, against: hash, cost, &memory)
        }
        #expect(isMatch(right, by: secrets, cheap) == nil)
        secrets.remember(SlowCheck(stored: .hash(hash), candidate: right, cost: cheap), .matches)
        for _ in 0..<2 {
            #expect(isMatch(right, by: secrets, cheap) == true)
            #expect(isMatch(wrong, by: secrets, cheap) == false)
        }
        // Another key's code says nothing; nor does a hash that should cost something else today.
        #expect(isMatch(right, by: others, cheap) == nil)
        others.remember(SlowCheck(stored: .hash(hash), candidate: right, cost: cheap), .matches)
        #expect(isMatch(right, by: others, cheap) == true)
        #expect(isMatch(wrong, by: others, cheap) == false)
        #expect(isMatch(right, by: secrets, PasswordHashCost(logarithmOfN: 9, r: 1)) == nil)
    }

    @Test func failuresAreNotRemembered() throws {
        let secrets = try VerifiedSecrets()
        let check = SlowCheck(
            stored: .hash(PasswordHash(stored: "hash")), candidate: SecretOctets(utf8: "1234"), cost: cheap)
        secrets.remember(check, .differs)
        #expect(secrets.isMatch(check.candidate.whole, against: check.stored, check.cost) == nil)
    }

    @Test func aDamagedHashIsAnOutcomeOfItsOwn() throws {
        let keys = try KeyFile(master: SecretOctets([UInt8](repeating: 7, count: 32)))
        let candidate = SecretOctets(utf8: "1234")
        for stored in [
            SlowCheck.Stored.hash(PasswordHash(stored: "")), .hash(PasswordHash(stored: "$scrypt$ln=30,r=8,p=1$00$00")),
            .sealed([], context: "pin H1"), .sealed([UInt8](repeating: 0, count: 40), context: "pin H1"),
        ] {
            let check = SlowCheck(stored: stored, candidate: candidate, cost: cheap)
            #expect(try check.run(keys: keys) == .damaged)
        }
    }

    /// Whatever was damaged, and whatever is typed: the audit says so, and nothing counts against anybody.
    @Test(arguments: [
        ("UPDATE token SET pin = 'text'", PINSource.tokenpin), ("UPDATE token SET pin = x'00'", .tokenpin),
        ("UPDATE token SET pin = substr(pin, 1, 40)", .tokenpin), ("UPDATE user SET password = 'text'", .userstore),
    ])
    func aDamagedHashIsRejectedAndCountsAgainstNobody(_ sql: String, _ source: PINSource) throws {
        let policy = Policy(name: "p", actions: [.pinSource(source), .challengeKinds([.hotp])])
        let laboratory = try Laboratory(.small.with(policy))
        let user = try laboratory.addUser("cornelius", password: "1234")
        try laboratory.addToken("H1", .hotp, of: user, pin: "1234")
        try laboratory.store.database.run(sql)
        for password in ["1234755224", "5678755224", "1234000000", "1234", "x"] {
            let verdict = try laboratory.login(laboratory.attempt("cornelius", password))
            #expect(verdict.reason == .tokenUnreadable, "\(password)")
            #expect(verdict.decision.name == "reject")
        }
        #expect(try laboratory.counters("H1") == TokenCounters())
        #expect(try laboratory.store.audit().map(\.record.reason) == Array(repeating: "token-unreadable", count: 5))
    }

    @Test func aDamagedStaticPasswordIsRejectedAndCountsAgainstNobody() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("P1", .password, of: try laboratory.addUser("cornelius"), pin: "1234") {
            $0.secret = SecretOctets(utf8: "static")
        }
        try laboratory.store.database.run("UPDATE token SET secret = 'text'")
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234static")).reason == .tokenUnreadable)
        #expect(try laboratory.counters("P1") == TokenCounters())
    }

    @Test func aDamagedTokenDoesNotHoldUpAnother() throws {
        let laboratory = try Laboratory()
        let user = try laboratory.addUser("cornelius")
        try laboratory.addToken("H1", .hotp, of: user, pin: "1234")
        try laboratory.addToken("H2", .hotp, of: user, pin: "1234")
        try laboratory.store.database.run("UPDATE token SET pin = 'text' WHERE serial = 'H1'")
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234000000")).reason == .wrongOTP)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "1234755224")).reason == .accepted)
        #expect(try laboratory.counters("H1") == TokenCounters())
        #expect(try laboratory.counters("H2").successes == 1)
    }

    @Test func nothingThatIsSecretPrints() throws {
        let laboratory = try laboratory()
        let attempt = laboratory.attempt(
            "cornelius", "1234755224", answering: TransactionID(octets: Array("0a1b2c3d".utf8)))
        var text = ""
        dump(attempt, to: &text)
        dump(try laboratory.store.token(serial: "H1"), to: &text)
        text += "\(attempt) \(String(reflecting: attempt))"
        for secret in ["1234755224", "12345678901234567890", "0a1b2c3d"] { #expect(!text.contains(secret)) }
    }
}
