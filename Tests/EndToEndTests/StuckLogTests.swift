import Foundation
import TestSupport
import Testing

@Suite("A log that nobody reads")
struct StuckLogTests {
    @Test("holds up neither logins nor the end")
    func unreadPipe() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "spass")
        let errors = Pipe()
        let process = Process()
        process.executableURL = Command.watchword
        process.arguments = ["serve", "-X"]
        process.environment = ProcessInfo.processInfo.environment.merging(installation.environment) { $1 }
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        #expect(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self).contains("ready"))

        // From here on nobody reads; each login is some ten lines, and a pipe holds 64 KiB.
        let socket = try UDPSocket(from: "127.0.0.1", to: installation.host, port: installation.port)
        var accepts = 0
        for number in 0..<1000 {
            let request = try RadiusMessage.request(
                user: "alice", password: "1234", secret: installation.secret, identifier: UInt8(number & 255))
            try socket.send(request.octets)
            let answer = try #require(
                try socket.receive().flatMap { RadiusMessage($0) }, "login \(number) has no answer")
            if answer.code == RadiusMessage.accessAccept { accepts += 1 }
        }
        #expect(accepts == 1000)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }
}
