import Foundation
import TestSupport
import Testing

/// The load generator sends each one-time password in many copies at once, from many sockets, to all threads of a server
/// and to several servers on one database.
@Suite("Of many copies of a one-time password one is accepted", .serialized)
struct RaceTests {
    private static let copies = 32

    /// Starts servers that share one database, each with a port and a control socket of its own.
    private func nodes(_ count: Int, of installation: Installation) throws -> [ServerProcess] {
        let text = try installation.text(of: "watchword.ini")
        return try (0..<count).map { number in
            guard number > 0 else { return try ServerProcess(installation) }
            let port = try installation.anotherPort()
            let own = text.replacing(":\(installation.port)", with: ":\(port)")
                .replacing("[Server]", with: "[Server]\ncontrol = node\(number).sock")
            try installation.write(own, to: "node\(number).ini")
            let path = installation.folder.appending(path: "node\(number).ini").path()
            return try ServerProcess(installation, at: port, environment: ["WATCHWORD_CONFIG": path])
        }
    }

    @Test("by one server, and by two on one database", arguments: [1, 2])
    func race(nodeCount: Int) throws {
        let races = Soak.rounds(few: 4) * 10
        let accounts = try LoadAccounts(min(races, 40), of: CrashTests.installation())
        // All copies but one are failures, and a token that is raced again is not to be locked by them.
        for serial in accounts.serials {
            try accounts.installation.watchword("token", "set", serial, "--max-fail", "1000")
        }
        let nodes = try nodes(nodeCount, of: accounts.installation)
        let load = try accounts.load(
            ["--mode", "race", "--copies", "\(Self.copies)", "--logins", "\(races)"]
                + nodes.flatMap { ["--server", "\($0.installation.host):\($0.port)"] })
        let counts = try load.report().counts
        #expect(load.status() == 0)
        #expect(counts.correct == races && counts.accepts == races, "\(counts)")
        #expect(counts.rejects == races * (Self.copies - 1), "\(counts)")
        #expect(try accounts.contradictions() == [])
        for node in nodes { node.stop() }
    }

    @Test("the load generator notices a server that accepts more than one")
    func repeated() throws {
        let installation = try CrashTests.installation()
        // A password of one's own may be used again: to the load generator this server looks as if it forgot.
        let accounts = try LoadAccounts(1, type: "password", of: installation)
        let columns = try installation.text(of: "tokens.csv").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let password = String(
            decoding: stride(from: 0, to: columns[1].count, by: 2).compactMap {
                UInt8(columns[1].dropFirst($0).prefix(2), radix: 16)
            }, as: UTF8.self)
        try installation.watchword("user", "add", columns[5])
        try installation.watchword(
            "token", "add", "--user", columns[5], "--type", "password", "--password", password, "--pin", "1234")
        let server = try ServerProcess(installation)
        let load = try accounts.load(["--mode", "race", "--copies", "4", "--logins", "1"])
        let counts = try load.report().counts
        #expect(counts.accepts == 4 && counts.falseAccepts == 3 && counts.correct == 0, "\(counts)")
        #expect(load.status() == 1)
        server.stop()
    }
}
