import RadiusCodec

/// What a request says and who sent it: all that its decision and the mapping rest on.
protocol RequestContent: Sendable {
    var packet: Packet { get }
    var client: Client { get }
    /// From where it came.
    var peer: SocketAddress { get }
}

/// A request that nobody has sent, for those who ask what would become of it.
struct ImaginedRequest: RequestContent {
    let packet: Packet
    let client: Client
    let peer: SocketAddress
}

extension RequestContent {
    /// Names its attributes.
    var dictionary: AttributeDictionary { client.mapping.dictionary }

    /// The values of an attribute, as they are compared and mapped.
    func texts(of definition: AttributeDefinition) -> [String] {
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
}
