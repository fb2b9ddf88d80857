import RadiusCodec
import TokenEngine

/// An Access-Request that was admitted: well formed, from a client that we know, untampered, and new.
///
/// It carries everything that its answer needs, the configuration included, so that it is decided and answered wholly by
/// one version of it however often that is reloaded meanwhile.
final class AccessRequest: Sendable {
    let content: RequestContent
    let configuration: ActiveConfiguration
    let path: ReturnPath
    /// Where its reply is kept for retransmissions, and under which ticket.
    let duplicates: DuplicateCache
    let ticket: DuplicateCache.Ticket
    /// When it came, in milliseconds of the clock that never goes back.
    let receivedAt: Int64

    init(
        packet: Packet, client: Client, configuration: ActiveConfiguration, path: ReturnPath,
        duplicates: DuplicateCache,
        ticket: DuplicateCache.Ticket, receivedAt: Int64
    ) {
        content = RequestContent(
            packet: packet, client: client, peer: path.peer, dictionary: configuration.configuration.dictionary)
        self.configuration = configuration
        self.path = path
        self.duplicates = duplicates
        self.ticket = ticket
        self.receivedAt = receivedAt
    }

    var packet: Packet { content.packet }
    var client: Client { content.client }

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
