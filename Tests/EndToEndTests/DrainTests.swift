import Foundation
import TestSupport
import Testing

@Suite("The order to stop")
struct DrainTests {
    @Test("leaves no request without an answer that the kernel held by then")
    func socket() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "spass")
        let server = try ServerProcess(installation)
        // While it cannot run, what comes in waits in its sockets.
        server.signal(SIGSTOP)
        let sockets = try (0..<40).map { _ in try server.socket() }
        for socket in sockets {
            for identifier in UInt8(0)..<10 {
                let password = identifier == 5 ? "wrong" : "1234"
                let request = try RadiusMessage.request(
                    user: "alice", password: password, secret: installation.secret, identifier: identifier)
                try socket.send(request.octets)
            }
        }
        server.signal(SIGTERM)
        server.signal(SIGCONT)
        server.stop()
        let codes = try sockets.flatMap { socket in
            try (0..<10).map { _ in try socket.receive(within: 0).flatMap { RadiusMessage($0) }?.code }
        }
        #expect(codes.count { $0 == RadiusMessage.accessAccept } == 360, "\(server.log.wholeText())")
        #expect(codes.count { $0 == RadiusMessage.accessReject } == 40)
        // The database is closed: a copy of its file is a copy of all.
        let log = installation.folder.appending(path: "watchword.db-wal").path()
        #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test("leaves one file of the database, whichever of its threads are quick")
    func store() throws {
        let installation = try Installation()
        let log = installation.folder.appending(path: "watchword.db-wal").path()
        for _ in 0..<60 {
            try ServerProcess(installation).stop()
            try #require(!FileManager.default.fileExists(atPath: log))
        }
    }

    @Test("sends at once the rejects that are held back")
    func rejects() throws {
        let installation = try Installation()
        try installation.write(
            installation.text(of: "watchword.ini").replacingOccurrences(
                of: "reject_delay = 0", with: "reject_delay = 10"),
            to: "watchword.ini")
        let server = try ServerProcess(installation)
        let socket = try server.socket()
        try socket.send(RadiusMessage.request(user: "nobody", password: "x", secret: installation.secret).octets)
        #expect(server.log.line(containing: "reason=unknown-user", within: 10) != nil)
        server.stop()
        #expect(try socket.receive(within: 0).flatMap { RadiusMessage($0) }?.code == RadiusMessage.accessReject)
    }
}
