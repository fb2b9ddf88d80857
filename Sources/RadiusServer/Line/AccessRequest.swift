import RadiusCodec
import TokenEngine

/// An Access-Request that was admitted: well formed, from a client that we know, untampered, and new.
///
/// It carries everything that its answer needs, the configuration included, so that it is decided and answered wholly by
/// one version of it however often that is reloaded meanwhile.
final class AccessRequest: Sendable {
    let packet: Packet
    let client: Client
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
        self.packet = packet
        self.client = client
        self.configuration = configuration
        self.path = path
        self.duplicates = duplicates
        self.ticket = ticket
        self.receivedAt = receivedAt
    }

    /// The values of an attribute, as they are compared and mapped.
    func texts(of definition: AttributeDefinition) -> [String] {
        let dictionary = configuration.configuration.dictionary
        // Nearly always a standard attribute that stands in the packet as it is.
        if definition.path.numbers.count == 1, !definition.hasTag, definition.encryption == nil,
            let type = definition.path.numbers.first.flatMap({ UInt8(exactly: $0) })
        {
            return packet.values(of: AttributeType(rawValue: type)).map {
                dictionary.text(of: EncodedAttribute(definition: definition, octets: $0))
            }
        }
        guard var workspace = try? CodecWorkspace() else { return [] }
        let attributes = dictionary.attributes(of: packet, secret: nil, &workspace)
        return attributes.filter { $0.definition.path == definition.path }.map { dictionary.text(of: $0) }
    }

    /// How every log line about a request begins: client, peer and identifier.
    var name: String { "client=\(Log.word(client.name)) peer=\(path.peer) id=\(packet.identifier)" }
}

/// A request with what the engine is asked about it, and what slow checks have found out so far.
struct PendingRequest: Sendable {
    let request: AccessRequest
    var attempt: Attempt
}
