import Foundation
import Glibc
import TestSupport
import Testing

@testable import TokenEngine

/// What a log that is gathered says to whoever reads it, and that it is written at once.
@Suite struct LogGatheringTests {
    private let folder: URL
    private var path: String { folder.appending(path: "gathered.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// A table of rows of which three fill a page.
    private static func database(_ path: String) throws -> Database {
        let database = try Database(path: path)
        try database.run("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA wal_autocheckpoint = 0")
        try database.run("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, value INTEGER, rest BLOB)")
        return database
    }

    private static func set(_ number: Int64, to value: Int64, in database: borrowing Database) throws {
        try database.run("INSERT OR REPLACE INTO row VALUES (?, ?, zeroblob(1300))", number, value)
    }

    private static func rows(in database: borrowing Database) throws -> [Int64: Int64] {
        var rows: [Int64: Int64] = [:]
        try database.prepare("SELECT number, value FROM row").forEach { rows[$0.integer(0)] = $0.integer(1) }
        return rows
    }

    private static func isIntact(_ database: borrowing Database) throws -> Bool {
        var answer = ""
        try database.prepare("PRAGMA integrity_check").forEach { answer = $0.text(0) }
        return answer == "ok"
    }

    /// How many system calls that write this thread has made (proc(5), `io`).
    private func writingCalls() throws -> Int {
        let text = try String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("syscw: ") })
        return try #require(Int(line.dropFirst(7)))
    }

    @Test("a transaction is written by a call for each 64 KiB, where SQLite makes two for each page")
    func calls() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try Self.database(path)
        for count in [10, 90] as [Int64] {
            try database.run("BEGIN IMMEDIATE")
            for number in 0..<count { try Self.set(number, to: number, in: database) }
            let before = try writingCalls()
            try database.run("COMMIT")
            let calls = try writingCalls() - before
            // One more for a log's head, where it begins.
            #expect((1...Int(count) * 4200 / 3 / 65536 + 2).contains(calls), "\(calls) calls for \(count) rows")
        }
    }

    @Test(
        "others find every commit, and nothing else, whatever is rolled back or too large for memory",
        arguments: 1...12 as ClosedRange<UInt64>)
    func everyCommit(_ seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var chance = SeededGenerator(seed: seed)
        let database = try Self.database(path)
        let other = try Self.database(path)
        // A few pages: were it allowed, larger transactions would write some of them before their end.
        try database.run("PRAGMA cache_size = \(Int.random(in: 4...40, using: &chance))")
        var kept: [Int64: Int64] = [:]
        for _ in 0..<30 {
            var current = kept
            try database.run("BEGIN IMMEDIATE")
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                let before = current
                try database.run("SAVEPOINT part")
                for _ in 0..<Int.random(in: 1...150, using: &chance) {
                    let (number, value) = (Int64.random(in: 0..<200, using: &chance), Int64(chance.next() >> 1))
                    try Self.set(number, to: value, in: database)
                    current[number] = value
                }
                #expect(try Self.rows(in: database) == current)
                #expect(try Self.rows(in: other) == kept)
                if Int.random(in: 0..<3, using: &chance) == 0 {
                    try database.run("ROLLBACK TO part")
                    current = before
                }
                try database.run("RELEASE part")
            }
            if Int.random(in: 0..<4, using: &chance) == 0 {
                try database.run("ROLLBACK")
            } else {
                try database.run("COMMIT")
                kept = current
            }
            #expect(try Self.rows(in: other) == kept)
            if Int.random(in: 0..<5, using: &chance) == 0 { try other.run("PRAGMA wal_checkpoint(PASSIVE)") }
        }
        #expect(try Self.isIntact(database))
        // As it is after a crash.
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + end, toPath: path + ".crashed" + end)
        }
        let crashed = try Self.database(path + ".crashed")
        #expect(try Self.rows(in: crashed) == kept)
        #expect(try Self.isIntact(crashed))
    }

    @Test("a transaction that cannot be written is undone, and the next ones are as whole as those before")
    func noRoom() async throws {
        // In a process of its own, which then may write no more.
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let path = folder.appending(path: "gathered.db").path
            signal(SIGXFSZ, SIG_IGN)
            func allow(_ size: String) throws {
                let options = ["prlimit", "--pid", "\(getpid())", "--fsize=\(size):unlimited"]
                try #require(try Command.run("/usr/bin/env", options).status == 0)
            }
            let database = try LogGatheringTests.database(path)
            try database.run("PRAGMA cache_size = 10")
            var kept: [Int64: Int64] = [:]
            for round in 0..<8 as Range<Int64> {
                try allow("\((round + 1) * 40_000)")
                var failures = 0
                for size in [3, 60, 150, 3] as [Int64] {
                    var current = kept
                    do throws(StoreError) {
                        try database.run("BEGIN IMMEDIATE")
                        for number in 0..<size {
                            try database.run(
                                "INSERT OR REPLACE INTO row VALUES (?, ?, zeroblob(1300))", number, round * 1000 + size)
                            current[number] = round * 1000 + size
                        }
                        try database.run("COMMIT")
                        kept = current
                    } catch {
                        failures += 1
                        if database.isInTransaction { try? database.run("ROLLBACK") }
                    }
                    try #require(try LogGatheringTests.rows(in: database) == kept)
                }
                try #require(failures > 0)
                try allow("unlimited")
                try LogGatheringTests.set(round, to: -round, in: database)
                kept[round] = -round
                if round % 2 == 1 { try database.run("PRAGMA wal_checkpoint(PASSIVE)") }
                let other = try LogGatheringTests.database(path)
                try #require(try LogGatheringTests.rows(in: other) == kept)
                try #require(try LogGatheringTests.isIntact(other))
            }
        }
    }
}
