import Foundation
import Testing

@testable import RadiusServer

@Suite("Asking a running server")
struct ServerCommandsTests {
    let server: TestServerFolder
    init() throws { server = try TestServerFolder() }

    /// Runs a command while something listens where the server would, and gives `reply` to every question.
    private func run(_ line: String, whileAServerSays reply: ControlReply) throws -> Outcome {
        let control = try ControlSocket(listeningAt: server.folder.file("server/watchword.sock"))
        defer { control.shutDown() }
        Foundation.Thread.detachNewThread { control.serve { _ in reply } }
        return server.run(line)
    }

    @Test("a refused reload is told line by line, and the answer is no")
    func refusedReload() throws {
        let reply = ControlReply(isDone: false, text: "watchword.ini:3: one\nwatchword.ini:4: two\n")
        let outcome = try run("reload", whileAServerSays: reply)
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(outcome.messages == ["watchword: watchword.ini:3: one", "watchword: watchword.ini:4: two"])
    }

    @Test("a reload that went well may warn")
    func reload() throws {
        let reply = ControlReply(isDone: true, text: "watchword.ini:3: warning: one\n")
        let outcome = try run("reload", whileAServerSays: reply)
        #expect(outcome.status == .done)
        #expect(outcome.messages == ["watchword.ini:3: warning: one"])
        #expect(outcome.output == "reloaded\n")
        let document = try run("reload --json", whileAServerSays: reply).object()
        #expect(document["warnings"] as? [String] == ["watchword.ini:3: warning: one"])
    }

    @Test("the status is a table for people and the server's own document for programs")
    func status() throws {
        let reply = ControlReply(isDone: true, text: #"{"clients": 3, "configuration": "watchword.ini"}"# + "\n")
        let outcome = try run("status", whileAServerSays: reply)
        #expect(outcome.output == "clients        3\nconfiguration  watchword.ini\n")
        #expect(try run("status --json", whileAServerSays: reply).object()["clients"] as? Int == 3)
        #expect(try run("status", whileAServerSays: ControlReply(isDone: true, text: "nonsense")).status == .couldNot)
    }

    @Test("metrics are passed on as they come, and are numbers by name in JSON")
    func metrics() throws {
        let text = "# HELP a_total What a is.\n# TYPE a_total counter\na_total{reason=\"x y\"} 7\nb 0.5\n"
        let reply = ControlReply(isDone: true, text: text)
        #expect(try run("metrics", whileAServerSays: reply).output == text)
        let document = try run("metrics --json", whileAServerSays: reply).object()
        #expect(document as? [String: Double] == ["a_total{reason=\"x y\"}": 7, "b": 0.5])
    }

    @Test(
        "what is asked is what was meant",
        arguments: [
            ("reload", "reload"), ("reload --confirm 10m", "reload 600"), ("reload --confirm 90", "reload 90"),
            ("reload --keep", "keep"), ("reload --revert", "revert"),
        ])
    func reloadCommands(line: String, asked: String) throws {
        let control = try ControlSocket(listeningAt: server.folder.file("server/watchword.sock"))
        defer { control.shutDown() }
        // The command comes back as a warning.
        Foundation.Thread.detachNewThread { control.serve { ControlReply(isDone: true, text: $0.line + "\n") } }
        #expect(server.run(line).messages == [asked])
    }

    @Test(
        "what cannot be meant is not asked",
        arguments: ["--confirm 0", "--confirm 25h", "--confirm soon", "--keep --revert"])
    func reloadUsage(options: String) { #expect(server.run("reload \(options)").status == .wrongUsage) }

    @Test(
        "a broken configuration keeps nobody from going back, or from looking",
        arguments: ["reload --revert", "status", "metrics"])
    func broken(line: String) throws {
        try server.edit("type = local", "type = lokal")
        let reply = ControlReply(isDone: true, text: "{}\n")
        #expect(try run(line, whileAServerSays: reply).status == .done)
        #expect(try run("reload", whileAServerSays: reply).status == .no)
    }
}
