import Foundation
import Testing

@testable import RadiusServer

@Suite("watchword check")
struct CheckCommandTests {
    let server: TestServerFolder
    init() throws { server = try TestServerFolder() }

    @Test("every mistake is named with its line, on standard error, and the answer is no")
    func mistakes() throws {
        try server.edit("\ndatabase = watchword.db\n", "\ndatabse = watchword.db\nlisten = nowhere\n")
        let lines = try server.folder.text(of: "server/watchword.ini").split(
            separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex(of: "databse = watchword.db")) + 1
        let outcome = server.run("check")
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        let mistakes = outcome.messages.map { $0.replacingOccurrences(of: server.configuration, with: "file") }
        #expect(mistakes.contains { $0.hasPrefix("file:\(line): ") && $0.contains("did you mean database?") })
        #expect(mistakes.contains { $0.hasPrefix("file:\(line + 1): ") && $0.contains("nowhere") })
        #expect(outcome.messages.last?.contains("errors") == true)
    }

    @Test("with --json the mistakes are one document")
    func json() throws {
        try server.edit("type = local", "type = lokal")
        let outcome = server.run("check --json")
        #expect(outcome.status == .no)
        let document = try outcome.object()
        #expect(document["valid"] as? Bool == false)
        #expect(document["config"] as? String == server.configuration)
        let entries = try #require(document["diagnostics"] as? [[String: Any]])
        let entry = try #require(entries.first)
        #expect(Set(entry.keys) == ["file", "line", "severity", "message"])
        #expect(entry["severity"] as? String == "error")
        #expect((entry["line"] as? Int ?? 0) > 0)
    }

    @Test("a valid configuration is said to be valid")
    func valid() throws {
        let document = try server.run("check --json").object()
        #expect(document["valid"] as? Bool == true)
        #expect((document["diagnostics"] as? [Any])?.isEmpty == true)
    }

    @Test("a warning is told, and changes no exit status")
    func warning() throws {
        let lines = try server.folder.text(of: "server/watchword.ini").split(separator: "\n")
        let secret = try #require(lines.first { $0.hasPrefix("secret ") })
        try server.edit(String(secret), "secret  = short")
        let outcome = server.run("check")
        #expect(outcome.status == .done)
        #expect(outcome.output.contains("configuration is valid (1 warning)"))
        #expect(outcome.messages.count == 1)
        #expect(outcome.messages.first?.contains(": warning: ") == true)
        #expect(outcome.messages.first?.contains("short") == false, "a secret is not repeated")
    }

    @Test(
        "no command works with a broken configuration",
        arguments: [
            "user list", "token list", "serve", "login bob --password x", "reload", "map", "audit", "realm list",
        ])
    func others(line: String) throws {
        try server.edit("[Server]", "[Sevrer]")
        let outcome = server.run(line, input: "{}")
        #expect(outcome.status == .no)
        #expect(outcome.messages.contains { $0.contains("did you mean") })
        #expect(outcome.messages.last?.hasSuffix("nothing was done") == true)
    }

    @Test("a configuration that is not there is no valid one")
    func missing() {
        let outcome = watchword("--config /nonexistent/watchword.ini check")
        #expect(outcome.status == .no)
        #expect(outcome.messages.first?.contains("/nonexistent/watchword.ini: cannot be read") == true)
    }
}
