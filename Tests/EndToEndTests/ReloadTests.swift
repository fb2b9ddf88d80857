import Foundation
import TestSupport
import Testing

/// Versions of a mapping, told apart by the Filter-Id that everybody gets.
@Suite("A configuration that changes while the server runs")
struct ReloadTests {
    private let installation: Installation

    init() throws {
        installation = try Installation()
        try installation.enrol("alice", type: "spass")
        try installation.write(Self.mapping("one"), to: "rlm.ini")
    }

    private static func mapping(_ version: String) -> String { "[Rule everybody]\nFilter-Id = \(version)\n" }

    private func version(of server: ServerProcess) throws -> String {
        let answer = try server.login("alice", "1234")
        #expect(answer.code == RadiusMessage.accessAccept)
        return String(decoding: try #require(answer.values(11).first), as: UTF8.self)
    }

    @Test("is taken over when a file changes, if that is configured; a broken file is refused and named")
    func onChange() throws {
        try installation.configure("[Server]", "reload_on_change = yes")
        let server = try ServerProcess(installation)
        #expect(try version(of: server) == "one")
        try installation.write("[Rule everybody]\nFilter-Id =\n", to: "rlm.ini")
        #expect(server.log.line(containing: "rlm.ini:2: Filter-Id is empty", within: 20) != nil)
        #expect(try version(of: server) == "one")
        try installation.write(Self.mapping("two"), to: "rlm.ini")
        #expect(server.log.line(containing: "the configuration was reloaded", within: 20) != nil)
        #expect(try version(of: server) == "two")
        server.stop()
    }

    @Test("goes back by itself when nobody keeps it")
    func confirm() throws {
        let server = try ServerProcess(installation)
        try installation.write(Self.mapping("two"), to: "rlm.ini")
        try installation.watchword("reload", "--confirm", "2s")
        #expect(server.log.line(containing: "the former configuration is in force again", within: 20) != nil)
        #expect(try version(of: server) == "one")
        #expect(try installation.run("reload", "--keep").status == 1)
        server.stop()
    }

    @Test("waits to be kept, says so, and stays when it is")
    func keep() throws {
        let server = try ServerProcess(installation)
        try installation.write(Self.mapping("two"), to: "rlm.ini")
        try installation.watchword("reload", "--confirm", "1h")
        #expect(try version(of: server) == "two")
        struct Status: Decodable { let secondsToConfirm: Int? }
        let waiting = try JSONDecoder().decode(
            Status.self, from: Data(installation.watchword("status", "--json").utf8))
        #expect((3500...3600).contains(waiting.secondsToConfirm ?? 0))
        try installation.watchword("reload", "--keep")
        let kept = try JSONDecoder().decode(Status.self, from: Data(installation.watchword("status", "--json").utf8))
        #expect(kept.secondsToConfirm == nil)
        #expect(try version(of: server) == "two")
        server.stop()
    }

    @Test("can be taken back, though the file is broken by then")
    func revert() throws {
        let server = try ServerProcess(installation)
        try installation.write(Self.mapping("two"), to: "rlm.ini")
        try installation.watchword("reload", "--confirm", "1h")
        try installation.configure("[Nonsense]")
        #expect(try installation.run("reload").status == 1)
        try installation.watchword("reload", "--revert")
        #expect(try version(of: server) == "one")
        server.stop()
    }

    @Test("goes back at once when accepts collapse")
    func collapse() throws {
        let server = try ServerProcess(installation)
        for _ in 0..<20 { _ = try version(of: server) }
        // Nobody has a token of this type.
        try installation.configure("[Policy mistake]\nscope = authorization\ntokentype = totp")
        try installation.watchword("reload", "--confirm", "1h")
        // As many as tell of a collapse: one more might find the former configuration in force again.
        for _ in 0..<10 { #expect(try server.login("alice", "1234").code == RadiusMessage.accessReject) }
        #expect(server.log.line(containing: "in force again: accepts collapsed", within: 20) != nil)
        #expect(try version(of: server) == "one")
        server.stop()
    }
}
