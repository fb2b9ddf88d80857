import RadiusCodec

/// What a request says and who sent it: all that its decision and the mapping rest on.
struct RequestContent: Sendable {
    let packet: Packet
    let client: Client
    /// From where it came.
    let peer: SocketAddress
    /// Names its attributes.
    let dictionary: AttributeDictionary

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
