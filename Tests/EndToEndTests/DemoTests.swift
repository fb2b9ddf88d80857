import Foundation
import TestSupport
import Testing

@Suite("make demo")
struct DemoTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-demo-\(UUID().uuidString)")

    private func demo() throws -> Command.Result {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../scripts/demo")
        return try Command.run(
            script.standardized.path(), [],
            environment: [
                "WATCHWORD": Command.watchword.path(), "DEMO_FOLDER": folder.path(), "DEMO_ONCE": "1",
            ])
    }

    @Test("sets up a server, logs in, and starts afresh the next time")
    func twice() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for _ in 0..<2 {
            let result = try demo()
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("Access-Accept"))
            #expect(result.output.contains("otpauth://totp/"))
        }
    }

    @Test("leaves a folder alone that is not its own")
    func foreignFolder() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let result = try demo()
        #expect(result.status != 0)
        #expect(result.errors.contains("move it away"))
        #expect(FileManager.default.fileExists(atPath: folder.path()))
    }
}

@Suite("README.md")
struct ReadmeTests {
    /// The indented lines after `start`, without what differs from login to login, and without the prompts, which stand
    /// on a terminal only.
    private func picture(after start: String) throws -> [String] {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
            .standardized
        let lines = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "\n")
        return lines.drop { $0 != "    " + start }.dropFirst().prefix { $0.hasPrefix("    ") }
            .map { comparable($0.dropFirst(4)) }.filter { !$0.hasSuffix(":") }
    }

    private func comparable(_ line: some StringProtocol) -> String {
        String(line).replacing(/^Message-Authenticator = 0x[0-9a-f]{32}$/) { _ in "Message-Authenticator" }
            .replacing(/^[0-9TZ:-]+ info/) { _ in "info" }
            .replacing(/peer=\S+ id=\d+/) { _ in "peer id" }
    }

    @Test("shows a login as it is, and what the log says of it")
    func login() throws {
        let installation = try Installation()
        try installation.enrol("alice", attributes: ["group=staff"], options: ["--serial", "PHONE0001"])
        let server = try ServerProcess(installation)
        let output = try installation.watchword("login", "alice", "--password-stdin", input: "1234\n755224\n")
        let lines = output.split(separator: "\n").map { comparable($0) }
        #expect(try lines == picture(after: "$ watchword login alice"))
        server.stop()
        let log = server.log.wholeText().split(separator: "\n").map { comparable($0) }
        let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
            .standardized
        let shown = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "\n")
            .filter { $0.contains(" info ") }.map { comparable($0.dropFirst(4)) }
        #expect(shown.count == 2)
        for line in shown { #expect(log.contains(line)) }
    }
}
