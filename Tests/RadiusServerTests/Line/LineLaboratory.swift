import Cryptography
import Foundation
import RadiusCodec
import TestSupport
import Testing
import TokenEngine

@testable import RadiusServer

/// The parts of a server without its threads: a configuration as `init` writes it, a socket, and what came in by it.
final class LineLaboratory {
    private let folder: TestServerFolder
    let server: ServerContext
    let socket: DatagramSocket
    private let duplicates = DuplicateCache(capacity: 64)

    /// - Parameter lines: of the configuration's section [Server].
    init(_ lines: String = "") throws {
        folder = try TestServerFolder()
        try folder.edit("[Server]", "[Server]\n\(lines)")
        let loaded = Configuration.load(path: folder.configuration)
        let configuration = try #require(loaded.configuration, "\(loaded.diagnostics)")
        server = ServerContext(
            configuration: configuration, keys: try KeyFile.load(from: configuration.server.keyFilePath),
            log: Log(level: .error), isTracing: false)
        socket = try DatagramSocket(
            boundTo: SocketAddress(try #require(ListenAddress("udp://127.0.0.1:0"))), sharing: false)
    }

    var secret: [UInt8] { server.active.current.configuration.clients[0].secret.octets.octets }

    /// Puts a configuration in force that has `new` where the one before has `old`.
    func reload(_ old: String, as new: String) throws {
        try folder.edit(old, new)
        let loaded = Configuration.load(path: folder.configuration)
        server.active.replace(with: ActiveConfiguration(try #require(loaded.configuration, "\(loaded.diagnostics)")))
    }

    /// Sends octets from an address of this machine, and lends them as they came in.
    func receive(
        _ octets: [UInt8], from source: String = "127.0.0.1", _ body: (Span<UInt8>, ReturnPath) throws -> Void
    ) throws {
        try UDPSocket(from: source, to: "127.0.0.1", port: socket.address.port).send(octets)
        var receiver = DatagramReceiver(capacity: 1)
        _ = try receiver.receive(from: socket)
        var failure: (any Error)?
        receiver.withDatagrams(of: 0) { datagram, path in
            do { try body(datagram, path) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// A request that was admitted.
    ///
    /// - Parameters:
    ///   - source: the device.
    ///   - station: its Calling-Station-Id.
    ///   - now: milliseconds of the clock that never goes back.
    func request(
        _ user: String, _ password: String = "1234", from source: String = "127.0.0.1", station: String? = nil,
        proxyStates: Int = 0, at now: Int64 = 0
    ) throws -> PendingRequest {
        var more = [RadiusMessage.Attribute](
            repeating: .init(RadiusMessage.proxyState, [UInt8](repeating: 1, count: 253)), count: proxyStates)
        if let station { more.append(.init(31, station)) }
        let message = try RadiusMessage.request(user: user, password: password, secret: secret, more: more)
        var pending: PendingRequest?
        try receive(message.octets, from: source) { datagram, path in
            let packet = try Packet(parsing: datagram)
            guard
                case .new(let ticket) = duplicates.look(
                    for: .init(digest: InlineArray { _ in .random(in: 0...255) }), at: now)
            else { return }
            let configuration = server.active.current
            let arrival = Arrival(
                of: path.peer.address, client: configuration.configuration.clients[0], configuration: configuration,
                socket: socket, duplicates: duplicates, at: now)
            let request = AccessRequest(packet: packet, arrival: arrival, path: path, ticket: ticket)
            var workspace = try CodecWorkspace()
            pending = PendingRequest(request: request, attempt: request.attempt(&workspace))
        }
        return try #require(pending)
    }
}
