import Foundation
import TestSupport
import Testing

@Suite("While another process holds the database")
struct StandInTests {
    @Test("devices hear that the server is alive, and what comes waits without being lost, however much it is")
    func heldUp() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "spass")
        let server = try ServerProcess(installation)
        let request = { (identifier: UInt8) in
            try RadiusMessage.request(
                user: "alice", password: "1234", secret: installation.secret, identifier: identifier)
        }
        let first = try server.socket()
        #expect(try server.answer(to: request(0), over: first).code == RadiusMessage.accessAccept)

        let database = installation.folder.appending(path: "watchword.db").path()
        var lock: DatabaseLock? = try DatabaseLock(database)
        try first.send(request(1).octets)
        usleep(200_000)
        let probe = try RadiusMessage.statusServer(secret: installation.secret)
        #expect(try server.answer(to: probe, over: server.socket()).code == RadiusMessage.accessAccept)
        // More than the socket has room for: the kernel counts at least 768 octets for a datagram, against twice its limit.
        let limit = try String(contentsOfFile: "/proc/sys/net/core/rmem_max", encoding: .utf8)
        let room = 2 * min(4 << 20, Int(limit.trimmingCharacters(in: .newlines)) ?? 212_992) / 768
        let sockets = try (0..<200).map { _ in try server.socket() }
        let requests = try (0..<room * 5 / 4 / sockets.count).map { try request(UInt8($0 & 0xff)).octets }
        for octets in requests {
            for socket in sockets { try socket.send(octets) }
            usleep(16_000)
        }
        #expect(try first.receive(within: 0) == nil)
        #expect(lock != nil)
        lock = nil
        let isAccept = { (socket: UDPSocket) in
            try socket.receive(within: 20).flatMap { RadiusMessage($0) }?.code == RadiusMessage.accessAccept
        }
        #expect(try isAccept(first))
        for socket in sockets {
            for number in requests.indices { try #require(try isAccept(socket), "request \(number)") }
        }
        server.stop()
    }
}
