extension PacketBuilder {
    /// Appends an attribute in the form that its definition asks for: within its vendor's container, tagged, hidden, and in
    /// as many pieces as it takes. One without a value is left out, unless it may stand so (RFC 2865 §5).
    ///
    /// - Throws: when it does not fit; the packet is then as it was before.
    package mutating func append(_ attribute: EncodedAttribute) throws(AttributeDoesNotFit) {
        let definition = attribute.definition
        let path = definition.path.numbers
        guard !definition.isInternal, path.allSatisfy({ $0 <= 0xff_ffff }) else { throw .notOfPackets }
        guard !attribute.octets.isEmpty || definition.encryption != nil || definition.path.mayBeEmpty else { return }
        var body = try AttributeBody(attribute)
        for number in path[definition.path.attributeDepth...].reversed() { try body.wrap(inTLV: number) }

        let type = UInt8(truncatingIfNeeded: path[0])
        if definition.path.isVendorSpecific {
            try appendVendorSpecific(body, vendor: path[1], type: path[2], format: definition.format)
        } else if definition.path.isExtended {
            if definition.path.isExtendedVendorSpecific {
                body.prepend(bigEndian(path[2], size: 4) + bigEndian(path[3], size: 1))
            }
            let header = [UInt8(truncatingIfNeeded: path[1])] + (definition.path.isLongExtended ? [0] : [])
            try appendPieces(type, header: header, body, moreFlagAt: definition.path.isLongExtended ? 1 : nil)
        } else {
            try appendPieces(type, header: [], body, mayRepeat: definition.flags.isConcatenated)
        }
    }

    private mutating func appendVendorSpecific(
        _ body: AttributeBody, vendor: UInt32, type: UInt32, format: VendorFormat
    ) throws(AttributeDoesNotFit) {
        let header = bigEndian(vendor, size: 4) + bigEndian(type, size: format.typeSize)
        guard !format.continues else {
            return try appendPieces(26, header: header + [0, 0], body, lengthAt: 5, moreFlagAt: 6)
        }
        let size = UInt32(format.headerSize + body.octets.count)
        try appendPieces(26, header: header + bigEndian(size, size: format.lengthSize), body)
    }

    private func bigEndian(_ number: UInt32, size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> UInt32((size - 1 - $0) * 8)) }
    }

    /// Appends `body` behind `header`, in one attribute or, where the form has a way to say so, in several.
    ///
    /// - Parameters:
    ///   - lengthAt: which octet of the header takes the size of what begins two octets before it ends (WiMAX).
    ///   - moreFlagAt: which octet of the header says that the next attribute goes on.
    ///   - mayRepeat: whether the value goes on in the next attribute of the type without saying so.
    private mutating func appendPieces(
        _ type: UInt8, header: [UInt8], _ body: AttributeBody, lengthAt: Int? = nil, moreFlagAt: Int? = nil,
        mayRepeat: Bool = false
    ) throws(AttributeDoesNotFit) {
        let room = 253 - header.count
        let pieceCount = max(1, (body.octets.count + room - 1) / room)
        let isFragmentable = (moreFlagAt != nil || mayRepeat) && body.hiding == nil
        guard pieceCount == 1 || isFragmentable else {
            throw .valueTooLarge(size: body.octets.count, maximum: room)
        }
        try checkRoom(for: pieceCount * (2 + header.count) + body.octets.count)
        var start = 0
        while true {
            let end = min(start + room, body.octets.count)
            var header = header
            if let lengthAt { header[lengthAt] = UInt8(3 + end - start) }
            if let moreFlagAt, end < body.octets.count { header[moreFlagAt] |= 0x80 }
            appendOctets([type, UInt8(2 + header.count + end - start)] + header)
            if let (method, range) = body.hiding { hide(range, by: method) }
            appendOctets(body.octets[start..<end])
            start = end
            if start >= body.octets.count { return }
        }
    }
}

/// What an attribute carries: its value with tag and padding, and the run of it that has yet to be hidden.
private struct AttributeBody {
    private(set) var octets: [UInt8]
    private(set) var hiding: (method: Encryption, range: Range<Int>)?

    init(_ attribute: EncodedAttribute) throws(AttributeDoesNotFit) {
        let definition = attribute.definition
        octets = attribute.octets
        if let method = definition.encryption {
            let (padded, range) = try method.padded(octets)
            octets = padded
            hiding = (method, range)
        }
        guard definition.hasTag else { return }
        if definition.type == .integer, definition.encryption == nil {
            if octets.count == 4 { octets[0] = attribute.tag ?? 0 }
        } else if let tag = attribute.tag {
            prepend([tag])
        } else if definition.encryption == .tunnelPassword || octets.first.map({ $0 < 0x20 }) ?? false {
            // Untagged, but the first octet would be taken for a tag (RFC 2868 §3.1).
            prepend([0])
        }
    }

    mutating func prepend(_ header: [UInt8]) {
        octets = header + octets
        if let (method, range) = hiding {
            hiding = (method, range.lowerBound + header.count..<range.upperBound + header.count)
        }
    }

    mutating func wrap(inTLV number: UInt32) throws(AttributeDoesNotFit) {
        guard octets.count <= 253 else { throw .valueTooLarge(size: octets.count, maximum: 253) }
        prepend([UInt8(truncatingIfNeeded: number), UInt8(2 + octets.count)])
    }
}
