import Foundation
import TestSupport
import Testing

@testable import TokenEngine

/// What is committed reaches the database file while the connection that writes stays open, and a log that has room for it.
@Suite struct CheckpointerTests {
    /// How many lines the audit has in the database file alone, as it is without its write-ahead log.
    private func linesInTheFileAlone(_ path: String) throws -> Int {
        let copy = path + ".alone"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + end) } }
        var count = 0
        try Database(path: copy).prepare("SELECT count(*) FROM audit").forEach { count = Int($0.integer(0)) }
        return count
    }

    @Test("beside an open transaction that it need not wait for")
    func copied() throws {
        let laboratory = try Laboratory(.small)
        let user = try laboratory.addUser("cornelius")
        try laboratory.addToken("H1", .hotp, of: user, pin: "1234")
        let checkpointer = try Checkpointer(path: laboratory.path)
        _ = try checkpointer.checkpoint()
        let generator = OneTimePasswordGenerator.rfc4226
        for counter in 0..<5 as Range<UInt64> {
            let attempt = try laboratory.attempt("cornelius", "1234" + generator.value(at: counter))
            #expect(try laboratory.login(attempt).reason == .accepted)
        }
        #expect(try linesInTheFileAlone(laboratory.path) == 0)
        let store = laboratory.store
        try store.transaction { () throws(StoreError) in _ = try checkpointer.checkpoint() }
        #expect(try linesInTheFileAlone(laboratory.path) == 5)
        let next = try laboratory.attempt("cornelius", "1234" + generator.value(at: 5))
        #expect(try laboratory.login(next).reason == .accepted)
        #expect(try store.verifyAudit() == .intact(count: 6))
    }

    private func size(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }

    /// The database as somebody finds it after a crash.
    private func crashed(_ laboratory: Laboratory) throws -> Store {
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: laboratory.path + end, toPath: laboratory.path + ".crashed" + end)
        }
        return try Store(path: laboratory.path + ".crashed", keys: laboratory.store.keys)
    }

    @Test("the log's room is taken once, is used, and means nothing to who reads the log", arguments: [300, 1000])
    func reserved(pages: Int) throws {
        let laboratory = try Laboratory(.small)
        let log = laboratory.path + "-wal"
        try laboratory.addToken("H1", .hotp, of: laboratory.addUser("cornelius"), pin: "1234")
        let checkpointer = try Checkpointer(path: laboratory.path)
        while try checkpointer.reserveLog(pages: pages) {}
        #expect(try size(of: log) == pages * 4120)
        #expect(try !checkpointer.reserveLog(pages: 10))
        for counter in 0..<9 as Range<UInt64> {
            let value = try OneTimePasswordGenerator.rfc4226.value(at: counter)
            let attempt = laboratory.attempt("cornelius", "1234" + value)
            #expect(try laboratory.login(attempt).reason == .accepted)
            if counter == 4 { _ = try checkpointer.checkpoint() }
        }
        #expect(try size(of: log) == pages * 4120)
        #expect(try crashed(laboratory).verifyAudit() == .intact(count: 9))
    }

    @Test("a log that nothing has been written to yet is one without a beginning")
    func reservedFirst() throws {
        let laboratory = try Laboratory(.small)
        try laboratory.addToken("H1", .hotp, of: laboratory.addUser("cornelius"), pin: "1234")
        let checkpointer = try Checkpointer(path: laboratory.path)
        try Database(path: laboratory.path).run("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(try size(of: laboratory.path + "-wal") == 0)
        #expect(try checkpointer.reserveLog(pages: 300))
        #expect(try crashed(laboratory).verifyAudit() == .intact(count: 0))
        let attempt = try laboratory.attempt("cornelius", "1234" + OneTimePasswordGenerator.rfc4226.value(at: 0))
        #expect(try laboratory.login(attempt).reason == .accepted)
    }
}
