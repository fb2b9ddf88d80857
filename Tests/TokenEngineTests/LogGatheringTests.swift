import Foundation
import Glibc
import TestSupport
import Testing

@testable import TokenEngine

/// What a log that is gathered says to whoever reads it, and that it is written at once.
@Suite struct LogGatheringTests {
    /// Runs `body` with the path of a database in a folder of its own.
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "gathered.db").path)
    }

    /// A table of rows of which three fill a page.
    private static func database(_ path: String) throws -> Database {
        let database = try Database(path: path)
        try database.run("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA wal_autocheckpoint = 0")
        try database.run("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, value INTEGER, rest BLOB)")
        return database
    }

    private static let replace = "INSERT OR REPLACE INTO row VALUES (?, ?, zeroblob(1300))"

    private static func set(_ number: Int64, to value: Int64, in database: borrowing Database) throws {
        try database.run(replace, number, value)
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

    @Test(
        "a transaction is written by a call for each 124 KiB, where SQLite makes two for each page",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/thread-self/io"), "the kernel does not count calls"))
    func calls() throws {
        try Self.inFolder { path in
            let database = try Self.database(path)
            for (rows, expected) in [(10, 1...1), (90, 1...2), (200, 2...4)] as [(Int64, ClosedRange<Int>)] {
                try database.run("BEGIN IMMEDIATE")
                for number in 0..<rows { try Self.set(number, to: number, in: database) }
                let before = try writingCalls()
                try database.run("COMMIT")
                let calls = try writingCalls() - before
                #expect(expected.contains(calls), "\(calls) calls for \(rows) rows")
            }
        }
    }

    @Test(
        "others find every commit, and nothing else, whatever is rolled back or too large for memory",
        arguments: 1...12 as ClosedRange<UInt64>)
    func everyCommit(_ seed: UInt64) throws {
        try Self.inFolder { path in
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
    }

    @Test("where something is written before the commit after all, the transaction fails, and harms nobody")
    func unexpected() throws {
        try Self.inFolder { path in
            let database = try Self.database(path)
            let other = try Self.database(path)
            for number in 0..<50 as Range<Int64> { try Self.set(number, to: 1, in: database) }
            try database.run("PRAGMA cache_spill = ON")
            try database.run("PRAGMA cache_size = 4")
            #expect(throws: StoreError.self) {
                try database.run("BEGIN IMMEDIATE")
                for number in 0..<90 as Range<Int64> { try Self.set(number, to: 2, in: database) }
                for number in 0..<90 as Range<Int64> { try Self.set(number, to: 3, in: database) }
                try database.run("COMMIT")
            }
            if database.isInTransaction { try database.run("ROLLBACK") }
            try Self.set(7, to: 4, in: other)
            // It finds what was left, and lets go of it.
            try? Self.set(8, to: 0, in: database)
            try Self.set(8, to: 5, in: database)
            for reader in 0..<2 {
                let rows = try reader == 0 ? Self.rows(in: database) : Self.rows(in: other)
                #expect(rows.count == 50 && rows[7] == 4 && rows[8] == 5 && rows[9] == 1)
            }
            #expect(try Self.isIntact(other))
        }
    }

    @Test("a path is a path, also where it looks like a URI")
    func uri() throws {
        let name = "file:watchword-\(UUID().uuidString).db?psow=0"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: "./" + name + end) } }
        let database = try Self.database(name)
        try Self.set(1, to: 1, in: database)
        #expect(database.logPath.hasSuffix("/" + name + "-wal"))
    }

    @Test(
        "a transaction that cannot be written is undone, and what others commit then stays", arguments: [false, true])
    func noRoom(beforeOthers: Bool) async throws {
        // In a process of its own, which then may write no more.
        await #expect(processExitsWith: .success) { [beforeOthers] in
            signal(SIGXFSZ, SIG_IGN)
            try LogGatheringTests.inFolder { path in
                let database = try LogGatheringTests.database(path)
                var kept: [Int64: Int64] = [:]
                for round in 0..<8 as Range<Int64> {
                    try LogGatheringTests.allowFiles(of: "\((round + 1) * 40_000)")
                    var failures = 0
                    for size in [3, 60, 3, 150] as [Int64] {
                        let current = kept.merging((0..<size).map { ($0, round * 1000 + size) }) { $1 }
                        do throws(StoreError) {
                            try database.run("BEGIN IMMEDIATE")
                            for number in 0..<size {
                                try database.run(LogGatheringTests.replace, number, round * 1000 + size)
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
                    try LogGatheringTests.allowFiles(of: "")
                    let other = try LogGatheringTests.database(path)
                    if beforeOthers {
                        try LogGatheringTests.set(round, to: -round, in: database)
                        kept[round] = -round
                    }
                    for number in 20..<40 as Range<Int64> {
                        try LogGatheringTests.set(number, to: -number, in: other)
                        kept[number] = -number
                    }
                    try LogGatheringTests.set(round + 50, to: round, in: database)
                    kept[round + 50] = round
                    if round % 2 == 1 { try database.run("PRAGMA wal_checkpoint(PASSIVE)") }
                    try #require(try LogGatheringTests.rows(in: other) == kept)
                    try #require(try LogGatheringTests.isIntact(other))
                }
            }
        }
    }

    /// How large this process may make files from now on, in octets; empty for no limit.
    private static func allowFiles(of size: String) throws {
        let limit = size.isEmpty ? "unlimited" : size
        let result = try Command.run("/usr/bin/env", ["prlimit", "--pid", "\(getpid())", "--fsize=\(limit):"])
        try #require(result.status == 0, "\(result.errors)")
    }
}
