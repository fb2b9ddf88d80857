/// One attribute's value in the octets of its type, in the clear: neither hidden nor tagged nor wrapped. ``PacketBuilder``
/// does that when it puts it into a packet, and decoding a packet undoes it.
package struct EncodedAttribute: Hashable, Sendable {
    package let definition: AttributeDefinition
    /// 1 to 31; nil for an attribute without a tag (RFC 2868 §3.1).
    package let tag: UInt8?
    package let octets: [UInt8]

    package init(definition: AttributeDefinition, tag: UInt8? = nil, octets: [UInt8]) {
        self.definition = definition
        self.tag = tag
        self.octets = octets
    }
}
