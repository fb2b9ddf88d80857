import Cryptography
import Foundation
import Testing

@testable import TokenEngine

/// Pages of the database's file that no longer are what was written.
@Suite struct CorruptionTests {
    /// Users `user000` to `user199` with an HOTP token each: more than one page of the table has room for.
    private func laboratory(_ configuration: EngineConfiguration = .small) throws -> Laboratory {
        let laboratory = try Laboratory(configuration)
        for number in 0..<200 {
            let name = String(format: "user%03d", number)
            try laboratory.addToken("T\(number)", .hotp, of: try laboratory.addUser(name, password: "secret"))
        }
        return laboratory
    }

    /// Overwrites the kind of each page that `isMeant` picks, and opens the file as a process does that starts now.
    private func decider(
        of laboratory: Laboratory, damaging isMeant: (_ number: Int, _ page: Data) -> Bool
    ) throws -> Decider {
        try laboratory.store.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        var octets = try Data(contentsOf: URL(filePath: laboratory.path))
        var count = 0
        for start in stride(from: 4096, to: octets.count, by: 4096)
        where isMeant(start / 4096 + 1, Data(octets[start..<start + 4096])) {
            octets[start] = 0
            count += 1
        }
        try #require(count == 1)
        try octets.write(to: URL(filePath: laboratory.path))
        return Decider(
            store: try laboratory.anotherStore(), engine: Engine(laboratory.configuration),
            remembered: try VerifiedSecrets(random: laboratory.random), random: laboratory.random)
    }

    private func rootPage(of name: String, _ laboratory: Laboratory) throws -> Int {
        var root = 0
        try laboratory.store.database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").forEach(name) {
            root = Int($0.integer(0))
        }
        return root
    }

    @Test func aBadPageFailsThoseWhoStandOnItAndNobodyElse() throws {
        let laboratory = try laboratory()
        // A leaf of a table begins with 13. Names also stand in the index, whose pages begin with 10.
        let decider = try decider(of: laboratory) { _, page in
            page.first == 13 && page.range(of: Data("user100".utf8)) != nil
        }
        let names = ["user000", "user100", "user199", "user100", "user001"]
        let evaluations = try decider.decide(
            names.map { laboratory.attempt($0, "755224") }, at: laboratory.now)
        #expect(evaluations.map(\.verdict?.reason) == [.accepted, nil, .accepted, nil, .accepted])
        #expect(evaluations.map { $0.failure?.isOfCorruption } == [nil, true, nil, true, nil])
        #expect(try decider.store.audit().count == 3)
        #expect(try decider.store.verifyAudit() == .intact(count: 3))
    }

    /// The counter has moved, then the challenge cannot be closed, since a page of an index is bad.
    @Test func anAttemptThatMeetsABadPageHalfwayLeavesNothing() throws {
        let laboratory = try laboratory(.small.with(Policy(name: "p", actions: [.challengeKinds([.hotp])])))
        let transaction = try #require(try laboratory.login(laboratory.attempt("user005", "")).transaction)
        let before = try laboratory.counters("T5")
        let root = try rootPage(of: "challenge_expiry", laboratory)
        let decider = try decider(of: laboratory) { number, _ in number == root }
        let attempts = [
            laboratory.attempt("user001", "755224"), laboratory.attempt("user005", "755224", answering: transaction),
            laboratory.attempt("user002", "755224"),
        ]
        let evaluations = try decider.decide(attempts, at: laboratory.now)
        #expect(evaluations.map(\.verdict?.reason) == [.accepted, nil, .accepted])
        #expect(evaluations.map { $0.failure?.isOfCorruption } == [nil, true, nil])
        #expect(try decider.store.token(serial: "T5")?.counters == before)
        #expect(try decider.store.audit().map(\.record.user) == ["user005", "user001", "user002"])
        #expect(try decider.store.verifyAudit() == .intact(count: 3))
    }

    /// Without the audit nobody is answered, so this is no matter of one attempt.
    @Test func aBadPageOfTheAuditFailsEverybody() throws {
        let laboratory = try laboratory()
        let root = try rootPage(of: "audit", laboratory)
        let decider = try decider(of: laboratory) { number, _ in number == root }
        let attempts = ["user000", "user001"].map { laboratory.attempt($0, "755224") }
        #expect(throws: StoreError.self) { try decider.decide(attempts, at: laboratory.now) }
        #expect(try decider.store.token(serial: "T0")?.counters == TokenCounters())
    }

    @Test func whoStandsAloneOnABadPageIsAFailureAndNoError() throws {
        let laboratory = try laboratory()
        let decider = try decider(of: laboratory) { _, page in
            page.first == 13 && page.range(of: Data("user100".utf8)) != nil
        }
        let evaluations = try decider.decide([laboratory.attempt("user100", "755224")], at: laboratory.now)
        #expect(evaluations.map { $0.failure?.isOfCorruption } == [true])
        #expect(try decider.store.audit().isEmpty)
    }

    /// SQLite's codes: a bad page, one of a certain kind, no database; a full disk, one that fails, no file, others.
    @Test(
        arguments: [
            (11, true), (11 | 3 << 8, true), (26, true), (13, false), (10, false), (10 | 33 << 8, false), (14, false),
            (5, false),
        ] as [(Int32, Bool)])
    func whichErrorsConcernOneAttempt(_ code: Int32, _ concernsOne: Bool) {
        let error = StoreError.database(DatabaseError(code: code, message: "", sql: ""))
        #expect(error.concernsOneAttempt == concernsOne)
    }

    @Test func anErrorIsOneLine() {
        let error = DatabaseError(code: 11, message: "malformed", sql: "SELECT a\n    FROM b\r\n\tWHERE c = ?")
        #expect("\(error)" == "malformed (11) in: SELECT a FROM b WHERE c = ?")
    }
}
