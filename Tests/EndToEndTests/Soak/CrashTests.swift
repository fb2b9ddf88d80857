import Foundation
import TestSupport
import Testing

/// The server is killed under load again and again, and what the load generator was told is held against the database.
@Suite("Killed under load, the server forgets nothing that it has told", .serialized)
struct CrashTests {
    private static let logins = 400

    static func installation() throws -> Installation {
        let installation = try Installation()
        // After each start everybody's PIN is hashed anew; that is not what is tried here.
        try installation.configure("[Server]", "log_level = warning\npin_hash_cost = 8")
        return installation
    }

    @Test("nothing is accepted twice, nothing told is lost, the audit is intact", arguments: ["pap", "challenge"])
    func killed(mode: String) throws {
        var random = Soak.generator(for: "killed, \(mode)")
        for series in Soak.series(of: Soak.rounds(few: 3)) {
            let accounts = try LoadAccounts(64, of: Self.installation())
            var server = try ServerProcess(accounts.installation)
            for round in series {
                let load = try accounts.load([
                    "--mode", mode, "--wrong", "20", "--logins", "\(Self.logins)", "--timeout", "200",
                    "--retries", "100",
                ])
                try waitForMoment(in: load, of: server, &random)
                server.crash()
                // Whoever opens the database first after a crash recovers it: a command, or the next server.
                if Bool.random(using: &random) {
                    #expect(try accounts.contradictions() == [], "round \(round), after the crash")
                }
                server = try ServerProcess(accounts.installation)
                let counts = try load.report().counts
                #expect(counts.falseAccepts == 0 && counts.wrongAuthenticators == 0, "round \(round): \(counts)")
                // Whoever asks again is answered by the server that came after the crash.
                #expect(counts.lost == 0 && counts.accepts > Self.logins / 2, "round \(round): \(counts)")
                #expect(try accounts.contradictions() == [], "round \(round), after the load")
                try accounts.expectRefused(by: server, lastOf: 8, "round \(round)")
            }
            server.stop()
        }
    }

    @Test("the same when the power is cut, and nothing is left but what was flushed")
    func powerCut() throws {
        var random = Soak.generator(for: "power cut")
        for series in Soak.series(of: Soak.rounds(few: 2)) {
            let accounts = try LoadAccounts(64, of: Self.installation())
            let machine = try FaultyMachine(accounts.installation)
            for round in series {
                let load = try loadAndCutPower(of: machine, accounts, &random)
                #expect(try accounts.contradictions() == [], "round \(round), after the power cut")
                let server = try machine.start()
                let counts = try load.report().counts
                #expect(counts.lost == 0 && counts.falseAccepts == 0, "round \(round): \(counts)")
                #expect(try accounts.contradictions() == [], "round \(round), after the load")
                server.stop()
            }
        }
    }

    @Test("a server that told what is not durable would be noticed")
    func lie() throws {
        var random = Soak.generator(for: "lie")
        let accounts = try LoadAccounts(64, of: Self.installation())
        let machine = try FaultyMachine(accounts.installation)
        try machine.startLying()
        _ = try loadAndCutPower(of: machine, accounts, &random)
        #expect(try accounts.contradictions() != [])
    }

    /// - Returns: the load, which goes on.
    private func loadAndCutPower(
        of machine: FaultyMachine, _ accounts: LoadAccounts, _ random: inout SeededGenerator
    ) throws -> Load {
        let server = try machine.start()
        let load = try accounts.load(
            ["--wrong", "20", "--logins", "\(Self.logins)", "--timeout", "200", "--retries", "100"])
        try waitForMoment(in: load, of: server, &random)
        try machine.cutPower(of: server)
        return load
    }

    /// Waits until so and so many more accepts have come, and a little longer.
    private func waitForMoment(
        in load: Load, of server: ServerProcess, _ random: inout SeededGenerator
    ) throws {
        // Not all are accepted, and of those that are the last may be on their way.
        let more = Int.random(in: 1...Self.logins / 2, using: &random)
        let isThere = try load.waitForAccepts(more)
        try #require(isThere, "\(server.story)")
        // Somewhere between this batch and the one after the next.
        usleep(.random(in: 0...3000, using: &random))
    }

    @Test("a database that forgot a commit would be noticed")
    func forgetful() throws {
        let accounts = try LoadAccounts(64, of: Self.installation())
        let first = try ServerProcess(accounts.installation)
        _ = try accounts.load(["--logins", "64"]).report()
        first.stop()
        let folder = accounts.installation.folder
        let (database, copy) = (folder.appending(path: "watchword.db"), folder.appending(path: "copy.db"))
        try FileManager.default.copyItem(at: database, to: copy)
        let second = try ServerProcess(accounts.installation)
        _ = try accounts.load(["--logins", "64"]).report()
        second.stop()
        try FileManager.default.removeItem(at: database)
        try FileManager.default.moveItem(at: copy, to: database)
        #expect(try accounts.contradictions() != [])
    }
}

@Suite("The record of accepts")
struct AcceptRecordTests {
    private let record = AcceptRecord(text: "A 0\nB 4\nA 1\nB 4")

    @Test("takes whole lines only")
    func wholeLines() {
        #expect(record.accepts.map(\.serial) == ["A", "B", "A"])
        #expect(record.accepts.map(\.position) == [0, 4, 1])
    }

    @Test("agrees with a database that has it all, or more")
    func agrees() {
        #expect(record.contradictions(counters: ["A": 2, "B": 5], audited: ["A": 2, "B": 1]).isEmpty)
        #expect(record.contradictions(counters: ["A": 9, "B": 9, "C": 0], audited: ["A": 3, "B": 9]).isEmpty)
    }

    @Test(
        "contradicts one that has less",
        arguments: [
            (["A": 1, "B": 5], ["A": 2, "B": 1], "A: counter 1 was accepted, and the stored one is 1"),
            (["A": 2], ["A": 2, "B": 1], "B: counter 4 was accepted, and the stored one is gone"),
            (["A": 2, "B": 5], ["A": 1, "B": 1], "A: 2 accepts were told, the audit has 1"),
            (["A": 2, "B": 5], ["A": 2], "B: 1 accepts were told, the audit has 0"),
        ] as [([String: Int64], [String: Int], String)])
    func contradicts(counters: [String: Int64], audited: [String: Int], contradiction: String) {
        #expect(record.contradictions(counters: counters, audited: audited) == [contradiction])
    }

    @Test("notices what was accepted twice")
    func twice() {
        let record = AcceptRecord(text: "A 0\nB 0\nA 0\n")
        let found = record.contradictions(counters: ["A": 1, "B": 1], audited: ["A": 2, "B": 1])
        #expect(found == ["A: counter 0 was accepted twice"])
    }
}
