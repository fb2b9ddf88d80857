import Foundation
import TestSupport
import Testing

@testable import TokenEngine

/// What is committed reaches the database file while the connection that writes stays open.
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
}
