import Foundation
import TestSupport
import Testing

@Suite("While tokens are imported")
struct ImportTests {
    private func running(_ arguments: String..., on installation: Installation) throws -> Process {
        let process = Process()
        process.executableURL = Command.watchword
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(installation.environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test("logins are answered; killed, the import leaves nothing that counts; begun anew, it brings all")
    func killed() throws {
        let installation = try CrashTests.installation()
        // A serial like those that are made up: none of the load generator's may be the same.
        try installation.enrol("alice", options: ["--serial", "OATH00012345"])
        let tokens = try installation.watchword("bench", "tokens", "--users", "20000")
        try installation.write(tokens, to: "tokens.csv")
        let path = installation.folder.appending(path: "tokens.csv").path()
        let server = try ServerProcess(installation)

        let first = try running("token", "import", path, "--create-users", on: installation)
        // Its first rows are there when the log has more frames than a login makes: octets 16 to 19 of its index (SQLite,
        // "WAL-mode File Format" §2.1).
        let index = installation.folder.appending(path: "watchword.db-shm")
        let hasBegun = Soak.wait {
            let frames = (try? Data(contentsOf: index)).map { $0.dropFirst(16).prefix(4).reversed() } ?? []
            return frames.reduce(0) { $0 << 8 | Int($1) } > 255 || !first.isRunning
        }
        try #require(hasBegun)
        #expect(first.isRunning)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()

        let serials = try installation.watchword("token", "list", "--json").matches(of: /"serial"/).count
        #expect(serials == 1)
        #expect(try server.login("bench1", "1234000000").code == RadiusMessage.accessReject)
        try installation.watchword("token", "import", path, "--create-users")
        #expect(try installation.watchword("token", "list", "--json").matches(of: /"serial"/).count == 20_001)
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessAccept)
        server.stop()
    }
}
