import Foundation
import TestSupport
import Testing

@Suite("An answer leaves from the address that was asked (RFC 2865 §3)")
struct AddressTests {
    /// An unconnected socket takes an answer from anywhere, so the answer's source can be looked at.
    private func expectAnswers(
        from addresses: [String], port: UInt16, by server: ServerProcess, _ location: SourceLocation = #_sourceLocation
    ) throws {
        for address in addresses {
            let source = address.contains(":") ? "::1" : "127.0.0.1"
            // A connected socket takes datagrams from the address alone that it was connected to.
            let socket = try UDPSocket(from: source, to: address, port: port)
            let answer = try server.answer(
                to: .statusServer(secret: server.installation.secret), over: socket, location)
            #expect(answer.code == RadiusMessage.accessAccept, "\(address)", sourceLocation: location)
        }
    }

    @Test("on a wildcard socket, asked at many of its addresses")
    func wildcard() throws {
        let installation = try Installation()
        let port = try UDPSocket.freePort(on: "0.0.0.0")
        try installation.write(
            installation.text(of: "watchword.ini").replacingOccurrences(
                of: "listen = udp://\(installation.host):\(installation.port)",
                with: "listen = udp://0.0.0.0:\(port), udp://[::]:\(port)"),
            to: "watchword.ini")
        let server = try ServerProcess(installation, at: port)
        let addresses = (1...40).map { "127.0.\($0).\($0 + 1)" }
        try expectAnswers(from: ["127.0.0.1", "::1"] + addresses, port: port, by: server)
        server.stop()
    }

    @Test("on many addresses and ports at once, of both families")
    func many() throws {
        let installation = try Installation()
        var places: [(address: String, port: UInt16)] = [(installation.host, installation.port)]
        for number in 1...8 { places.append(("127.0.7.\(number)", try UDPSocket.freePort(on: "127.0.7.\(number)"))) }
        for _ in 1...2 { places.append(("::1", try UDPSocket.freePort(on: "::1"))) }
        let lines = places.dropFirst().map { place in
            "listen = udp://\(place.address.contains(":") ? "[\(place.address)]" : place.address):\(place.port)"
        }
        try installation.configure("[Server]", lines.joined(separator: "\n"))
        let server = try ServerProcess(installation)
        for place in places { try expectAnswers(from: [place.address], port: place.port, by: server) }
        server.stop()
    }

    /// Whether this machine lets us make networks of our own: `ip netns` is root's.
    private static let canMakeNetworks: Bool = {
        let name = "watchword-\(ProcessInfo.processInfo.processIdentifier)"
        guard (try? Command.run("/usr/bin/env", ["ip", "netns", "add", name]))?.status == 0 else { return false }
        return (try? Command.run("/usr/bin/env", ["ip", "netns", "delete", name]))?.status == 0
    }()

    /// The route back to the client leads over one address, and the client asked another.
    @Test("on a host in two networks, asked at the address of the farther one", .enabled(if: canMakeNetworks))
    func multihomed() throws {
        let installation = try Installation()
        let name = "ww\(UInt16.random(in: 1000...9999))"
        func run(_ line: String) throws -> Command.Result {
            try Command.run("/usr/bin/env", line.split(separator: " ").map(String.init))
        }
        func must(_ line: String) throws {
            let result = try run(line)
            try #require(result.status == 0, "\(line): \(result.errors)")
        }
        // Two hosts on one wire. The server's has a second address that no other host is near to.
        for side in ["s", "c"] { try must("ip netns add \(name)\(side)") }
        defer { for side in ["s", "c"] { _ = try? run("ip netns delete \(name)\(side)") } }
        try must("ip link add \(name)s netns \(name)s type veth peer name \(name)c netns \(name)c")
        for (side, addresses) in [("s", ["192.0.2.1/24", "198.51.100.1/32"]), ("c", ["192.0.2.2/24"])] {
            for address in addresses { try must("ip -n \(name)\(side) address add \(address) dev \(name)\(side)") }
            try must("ip -n \(name)\(side) link set \(name)\(side) up")
            try must("ip -n \(name)\(side) link set lo up")
        }
        try must("ip -n \(name)c route add 198.51.100.0/24 via 192.0.2.1")
        try installation.write(
            installation.text(of: "watchword.ini").replacingOccurrences(
                of: "listen = udp://\(installation.host):\(installation.port)", with: "listen = udp://0.0.0.0:1812"
            ).replacingOccurrences(of: "address = 127.0.0.1, ::1", with: "address = 192.0.2.2"),
            to: "watchword.ini")
        try installation.enrol("alice", type: "spass")

        let (process, errors) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip", "netns", "exec", name + "s", Command.watchword.path(), "serve"]
        process.environment = ProcessInfo.processInfo.environment.merging(installation.environment) { $1 }
        process.standardError = errors
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let log = PipeReader(errors)
        try #require(log.line(containing: "ready", within: 20) != nil, "\(log.textSoFar)")
        for address in ["192.0.2.1", "198.51.100.1"] {
            let result = try Command.run(
                "/usr/bin/env",
                [
                    "ip", "netns", "exec", name + "c", "radclient", "-x", "-r", "1", "-t", "10", "\(address):1812",
                    "auth",
                    String(decoding: installation.secret, as: UTF8.self),
                ], input: "User-Name = alice, User-Password = 1234, Message-Authenticator = 0x00\n")
            #expect(result.output.contains("Received Access-Accept"), "\(address): \(result.output)\(log.textSoFar)")
        }
    }
}
