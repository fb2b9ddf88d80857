import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct AuditTests {
    /// A store with five lines of audit.
    private func laboratory() throws -> Laboratory {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        for password in ["755224", "755224", "287082", "000000", "359152"] {
            _ = try laboratory.login(laboratory.attempt("cornelius", password))
            laboratory.now = laboratory.now.advanced(bySeconds: 60)
        }
        return laboratory
    }

    @Test func aChainThatNobodyTouchedIsIntact() throws {
        #expect(try Laboratory().store.verifyAudit() == .intact(count: 0))
        let laboratory = try laboratory()
        #expect(try laboratory.store.verifyAudit() == .intact(count: 5))
        let another = try laboratory.anotherStore()
        #expect(try another.verifyAudit() == .intact(count: 5))
    }

    @Test func aLineSaysWhatHappened() throws {
        let entry = try #require(try laboratory().store.audit().first)
        #expect(
            entry.record
                == AuditRecord(
                    time: UnixTime(seconds: 1_767_225_600), client: "vpn", clientAddress: "192.0.2.1",
                    user: "cornelius", realm: "realm1", resolver: "local", serial: "H1", kind: "hotp",
                    decision: "accept", reason: "accepted", message: "matching 1 tokens", policies: ""))
    }

    @Test func aCodeIsOverTheOneBeforeAndEachTextBehindItsLength() throws {
        let laboratory = try laboratory()
        let eight = { (number: Int64) in (0..<8).map { UInt8(truncatingIfNeeded: number >> Int64(56 - 8 * $0)) } }
        var codes: [[UInt8]] = []
        try laboratory.store.database.prepare("SELECT code FROM audit ORDER BY number").forEach {
            codes.append($0.octets(0))
        }
        var before = [UInt8](repeating: 0, count: 32)
        for (entry, code) in zip(try laboratory.store.audit(), codes) {
            let record = entry.record
            var octets = before + eight(entry.number) + eight(record.time.milliseconds)
            for text in [
                record.client, record.clientAddress, record.user, record.realm, record.resolver, record.serial,
                record.kind, record.decision, record.reason, record.message, record.policies,
            ] { octets += eight(Int64(text.utf8.count)) + Array(text.utf8) }
            let expected: InlineArray<32, UInt8> = laboratory.keys.auditKey.code(of: octets)
            #expect(code == expected.indices.map { expected[$0] })
            before = code
        }
        #expect(codes.count == 5)
    }

    @Test func aLineMayBeLong() throws {
        let laboratory = try laboratory()
        let why = String(repeating: "no place for you ", count: 500)
        var attempt = laboratory.attempt("cornelius", "969429")
        attempt.objection = { _ in why }
        #expect(try laboratory.login(attempt).reason == .attributeMisfit)
        _ = try laboratory.login(laboratory.attempt("cornelius", "000000"))
        let lines = try laboratory.store.audit().suffix(2).map(\.record)
        #expect(lines.map(\.message) == [why, "wrong otp value"])
        #expect(try laboratory.store.verifyAudit() == .intact(count: 7))
    }

    @Test func linesAreFilteredAndTheNewestAreKept() throws {
        let store = try laboratory().store
        #expect(try store.audit(AuditFilter(limit: 2)).map(\.number) == [4, 5])
        #expect(try store.audit(AuditFilter(limit: 0)).isEmpty)
        #expect(try store.audit(AuditFilter(user: "somebody")).isEmpty)
        #expect(try store.audit(AuditFilter(user: "cornelius")).count == 5)
        #expect(try store.audit(AuditFilter(since: UnixTime(seconds: 1_767_225_720))).map(\.number) == [3, 4, 5])
    }

    @Test(arguments: [
        "time = time + 1", "client = 'x'", "client_address = 'x'", "user = 'x'", "realm = 'x'", "resolver = 'x'",
        "serial = 'x'", "kind = 'x'", "decision = 'x'", "reason = 'x'", "message = 'x'", "policies = 'x'",
        "code = zeroblob(32)", "code = x''", "client = client || client_address, client_address = ''",
        "user = '', realm = user || realm",
    ])
    func aChangedLineIsFound(_ change: String) throws {
        let store = try laboratory().store
        try store.database.run("UPDATE audit SET \(change) WHERE number = 3")
        #expect(try store.verifyAudit() == .broken(at: 3))
    }

    @Test(arguments: [
        ("DELETE FROM audit WHERE number = 1", AuditVerification.broken(at: 1)),
        ("DELETE FROM audit WHERE number = 3", .broken(at: 3)),
        ("DELETE FROM audit WHERE number < 3", .broken(at: 1)),
        ("UPDATE audit SET number = 9 WHERE number = 3", .broken(at: 3)),
        ("UPDATE audit SET number = -3 WHERE number = 3", .broken(at: 1)),
        (
            "INSERT INTO audit SELECT 6, time, client, client_address, user, realm, resolver, serial, kind, decision, "
                + "reason, message, policies, code FROM audit WHERE number = 5", .broken(at: 6)
        ),
        ("DELETE FROM audit WHERE number = 5", .truncated(after: 4)),
        ("DELETE FROM audit WHERE number > 2", .truncated(after: 2)),
        ("DELETE FROM audit", .truncated(after: 0)),
        ("DELETE FROM meta WHERE name = 'audit'", .truncated(after: 5)),
        ("UPDATE meta SET value = zeroblob(72) WHERE name = 'audit'", .truncated(after: 5)),
        ("UPDATE meta SET value = x'' WHERE name = 'audit'", .truncated(after: 5)),
    ])
    func aLineTakenAwayOrMovedIsFound(_ sql: String, _ verification: AuditVerification) throws {
        let store = try laboratory().store
        try store.database.run(sql)
        #expect(try store.verifyAudit() == verification)
    }

    @Test func swappedLinesAreFound() throws {
        let store = try laboratory().store
        try store.database.run("UPDATE audit SET number = -2 WHERE number = 2")
        try store.database.run("UPDATE audit SET number = 2 WHERE number = 3")
        try store.database.run("UPDATE audit SET number = 3 WHERE number = -2")
        #expect(try store.verifyAudit() == .broken(at: 2))
    }

    @Test func theAuditOfAnEmptyStoreCannotBeBegunAnew() throws {
        let store = try laboratory().store
        try store.database.run("DELETE FROM audit")
        try store.database.run("DELETE FROM meta WHERE name = 'audit'")
        #expect(try store.verifyAudit() == .truncated(after: 0))
    }

    /// Whoever breaks the audit does not stop the logins; nor do the next logins mend it.
    @Test(arguments: [
        "DELETE FROM audit WHERE number > 3", "DELETE FROM audit", "DELETE FROM meta WHERE name = 'audit'",
        "UPDATE meta SET value = zeroblob(72) WHERE name = 'audit'",
        "UPDATE audit SET number = 77 WHERE number = 5",
    ])
    func aBrokenAuditGoesOnAndStaysBroken(_ sql: String) throws {
        let laboratory = try laboratory()
        try laboratory.store.database.run(sql)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "969429")).reason == .accepted)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "338314")).reason == .accepted)
        switch try laboratory.store.verifyAudit() {
        case .intact: Issue.record("mended by a login")
        case .broken, .truncated: break
        }
    }

    @Test func twoConnectionsMakeOneChain() throws {
        let laboratory = try laboratory()
        let other = Decider(
            store: try laboratory.anotherStore(), engine: Engine(.small), remembered: try VerifiedSecrets())
        for counter in 3..<9 {
            let attempt = laboratory.attempt(
                "cornelius", try OneTimePasswordGenerator.rfc4226.value(at: UInt64(counter)))
            let decider = counter.isMultiple(of: 2) ? other : laboratory.decider
            #expect(try decider.decide([attempt], at: laboratory.now).first?.verdict?.reason == .accepted)
        }
        #expect(try laboratory.store.verifyAudit() == .intact(count: 11))
    }
}
