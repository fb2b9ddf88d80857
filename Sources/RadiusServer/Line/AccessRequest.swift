import RadiusCodec
import TokenEngine

/// An Access-Request that was admitted: well formed, from a client that we know, untampered, and new.
///
/// It carries everything that its answer needs, the configuration included, so that it is decided and answered wholly by
/// one version of it however often that is reloaded meanwhile.
final class AccessRequest: RequestContent {
    let packet: Packet
    let arrival: Arrival
    let path: ReturnPath
    /// Under which its reply is kept for retransmissions.
    let ticket: DuplicateCache.Ticket

    init(packet: Packet, arrival: Arrival, path: ReturnPath, ticket: DuplicateCache.Ticket) {
        self.packet = packet
        self.arrival = arrival
        self.path = path
        self.ticket = ticket
    }

    var client: Client { arrival.client }
    var peer: SocketAddress { path.peer }
    var configuration: ActiveConfiguration { arrival.configuration }
    var duplicates: DuplicateCache { arrival.duplicates }
    /// When it came, in milliseconds of the clock that never goes back.
    var receivedAt: Int64 { arrival.time }

    /// How every log line about a request begins: client, peer and identifier.
    var name: String { "client=\(Log.word(client.name)) peer=\(path.peer) id=\(packet.identifier)" }
}

/// A request with what the engine is asked about it, and what slow checks have found out so far. Handed from thread to
/// thread, never copied.
final class PendingRequest: Sendable {
    let request: AccessRequest
    let attempt: Attempt

    init(request: AccessRequest, attempt: Attempt) {
        self.request = request
        self.attempt = attempt
    }
}
