/// A well-framed packet (RFC 2865 §3): checked once, then trusted.
///
/// Holds the octets and finds attributes by walking them; nothing is allocated for an attribute that nobody asks for.
package struct Packet: Sendable {
    /// A header: Code, Identifier, Length and Authenticator.
    package static let headerSize = 20
    /// The largest packet (RFC 2865 §3).
    package static let sizeMaximum = 4096
    /// How many attributes of a request we are willing to look at. Ours: no client that we know sends fifty. An answer has as
    /// many as fit, for every Proxy-State of its request comes back beside what the server says.
    package static let attributesMaximum = 200

    /// Exactly Length octets; padding that came behind them is cut off (RFC 2865 §3).
    package let octets: [UInt8]
    /// Where Message-Authenticator's 16 octets begin; nil without one.
    let messageAuthenticatorOffset: Int?

    /// Checks every framing rule that concerns the packet alone.
    ///
    /// Whether its code may come in here, and whether it is signed rightly, is not looked at.
    package init(parsing datagram: Span<UInt8>) throws(MalformedPacket) {
        let framing = try PacketFraming(datagram)
        messageAuthenticatorOffset = framing.messageAuthenticatorOffset
        var octets: [UInt8] = []
        octets.append(addingCapacity: framing.length) { output in
            for index in 0..<framing.length { output.append(datagram[index]) }
        }
        self.octets = octets
    }

    /// Checks every framing rule that concerns the packet alone.
    package init(parsing datagram: [UInt8]) throws(MalformedPacket) { try self.init(parsing: datagram.span) }

    package var code: PacketCode { PacketCode(rawValue: octets[0]) }
    package var identifier: UInt8 { octets[1] }
    package var authenticator: Authenticator {
        Authenticator(InlineArray { octets[$0 + 4] })
    }

    /// Calls `body` with each attribute's type and the range of its value in ``octets``, in the order of the packet.
    @inline(__always)
    package func forEachAttribute(_ body: (AttributeType, Range<Int>) -> Void) {
        var offset = Self.headerSize
        while offset < octets.count {
            let end = offset + Int(octets[offset + 1])
            body(AttributeType(rawValue: octets[offset]), offset + 2..<end)
            offset = end
        }
    }

    /// The value of the first attribute of that type; nil without one.
    package func first(_ type: AttributeType) -> [UInt8]? { range(ofFirst: type).map { Array(octets[$0]) } }

    /// Where in ``octets`` that value is.
    ///
    /// Here, in ``values(of:)`` and in ``count(of:)`` an attribute without a value counts as absent (RFC 2865 §5), unless
    /// its type ``AttributeType/countsWhenEmpty``.
    package func range(ofFirst type: AttributeType) -> Range<Int>? {
        var offset = Self.headerSize
        while offset < octets.count {
            let end = offset + Int(octets[offset + 1])
            if octets[offset] == type.rawValue, counts(type, offset + 2..<end) {
                return offset + 2..<end
            }
            offset = end
        }
        return nil
    }

    /// The values of all attributes of that type, in the order of the packet.
    package func values(of type: AttributeType) -> [[UInt8]] {
        var values: [[UInt8]] = []
        forEachAttribute { if $0 == type, counts(type, $1) { values.append(Array(octets[$1])) } }
        return values
    }

    /// How many attributes of that type there are.
    package func count(of type: AttributeType) -> Int {
        var count = 0
        forEachAttribute { if $0 == type, counts(type, $1) { count += 1 } }
        return count
    }

    private func counts(_ type: AttributeType, _ range: Range<Int>) -> Bool {
        !range.isEmpty || type.countsWhenEmpty
    }
}
