import Glibc
import Testing

@testable import RadiusServer

/// What goes out as one message for the system, and comes as one, is the datagrams that it was made of.
@Suite struct DatagramTests {
    private static let addresses =
        [loopback(isIPv6: false, 0), loopback(isIPv6: true, 0)] + [
            SocketAddress(v4: 0, port: 0), SocketAddress(v6High: 0, low: 0, scope: 0, port: 0),
        ]

    private static func loopback(isIPv6: Bool, _ port: UInt16) -> SocketAddress {
        isIPv6
            ? SocketAddress(v6High: 0, low: 1, scope: 0, port: port) : SocketAddress(v4: 0x7f00_0001, port: port)
    }

    /// A server's socket, and the paths of two requests that came to it from different ports.
    private struct Exchange {
        let server: DatagramSocket
        var clients: [DatagramSocket] = []
        var paths: [ReturnPath] = []

        init(at address: SocketAddress) throws {
            server = try DatagramSocket(boundTo: address, sharing: false)
            var receiver = DatagramReceiver(capacity: 1)
            for _ in 0..<2 {
                let client = try DatagramSocket(boundTo: loopback(isIPv6: address.isIPv6, 0), sharing: false)
                let target = loopback(isIPv6: address.isIPv6, server.address.port)
                try Self.send([1], from: client, to: target)
                _ = try receiver.receive(from: server)
                var path: ReturnPath?
                receiver.withDatagrams(of: 0) { path = $1 }
                clients.append(client)
                paths.append(try #require(path))
            }
        }

        private static func send(_ octets: [UInt8], from socket: DatagramSocket, to address: SocketAddress) throws {
            let (storage, length) = address.native
            let count = unsafe withUnsafeBytes(of: storage) { name in
                unsafe sendto(
                    socket.descriptor, octets, octets.count, 0,
                    name.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
            }
            try #require(count == octets.count)
        }

        /// An empty datagram, as anybody can send it.
        func sendNothing(to number: Int) throws {
            try Self.send([], from: server, to: loopback(isIPv6: server.address.isIPv6, clients[number].address.port))
        }

        /// The next `count` datagrams that come to client `number`, and in how many messages they came.
        func receive(_ count: Int, by number: Int) throws -> (datagrams: [[UInt8]], messageCount: Int) {
            var receiver = DatagramReceiver(capacity: 8)
            var datagrams: [[UInt8]] = []
            var messageCount = 0
            var senders: Set<SocketAddress> = []
            while datagrams.count < count {
                let new = try receiver.receive(from: clients[number])
                messageCount += new
                for index in 0..<new {
                    receiver.withDatagrams(of: index) { datagram, path in
                        datagrams.append(datagram.indices.map { datagram[$0] })
                        senders.insert(path.peer)
                    }
                }
            }
            #expect(senders.map(\.port) == [server.address.port])
            return (datagrams, messageCount)
        }
    }

    @Test("an empty datagram is not the end of a socket that is shut down", arguments: addresses)
    func end(address: SocketAddress) throws {
        let exchange = try Exchange(at: address)
        try exchange.sendNothing(to: 0)
        exchange.clients[0].shutDown()
        var receiver = DatagramReceiver(capacity: 8)
        var seen: [String] = []
        for waits in [true, false, true] {
            let count = try receiver.receive(from: exchange.clients[0], waits: waits)
            seen.append("\(count) \(receiver.isAtEnd)")
        }
        #expect(seen == ["1 false", "0 false", "1 true"])
    }

    /// Answer `number`: runs of one size to one client, some too large to be cut, some alone.
    private static func answer(_ number: Int) -> (client: Int, octets: [UInt8]) {
        let sizes = [80, 80, 80, 80, 90, 1232, 1232, 1233, 1233, 4096, 4096, 20]
        let octets = (0..<sizes[number / 3 % sizes.count]).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
        return (number / 7 % 2, octets)
    }

    /// Without checksums, UDP_SEGMENT is refused, as by a network card that cannot do it; IPv6 does not go without them.
    private static let cases = addresses.map { ($0, true) } + addresses.filter { !$0.isIPv6 }.map { ($0, false) }

    @Test(
        "in order, with their octets, from every kind of socket, and where the system cuts nothing", arguments: cases)
    func together(address: SocketAddress, canBeCut: Bool) throws {
        let exchange = try Exchange(at: address)
        var isOff: Int32 = canBeCut ? 0 : 1
        let status = unsafe setsockopt(
            exchange.server.descriptor, SOL_SOCKET, SO_NO_CHECK, &isOff, socklen_t(MemoryLayout<Int32>.size))
        try #require(status == 0)
        var sender = DatagramSender()
        for batch in [0..<10, 10..<100, 100..<130] {
            var expected: [[[UInt8]]] = [[], []]
            for number in batch {
                let answer = Self.answer(number)
                sender.add(answer.octets, to: exchange.paths[answer.client], by: exchange.server)
                expected[answer.client].append(answer.octets)
            }
            sender.flush()
            for client in 0..<2 where !expected[client].isEmpty {
                let (datagrams, messageCount) = try exchange.receive(expected[client].count, by: client)
                #expect(datagrams == expected[client])
                #expect((messageCount < datagrams.count) == canBeCut)
            }
        }
    }
}
