extension PacketBuilder {
    /// Appends an attribute in the form that its definition asks for: within its vendor's container, tagged, hidden, and in
    /// as many pieces as it takes. One without a value is left out, unless it may stand so (RFC 2865 §5).
    ///
    /// - Throws: when it does not fit; the packet is then as it was before.
    package mutating func append(_ attribute: EncodedAttribute) throws(AttributeDoesNotFit) {
        try append(attribute.octets, as: attribute.definition, tag: attribute.tag)
    }

    /// The same, of an attribute in its parts.
    package mutating func append(
        _ value: [UInt8], as definition: AttributeDefinition, tag: UInt8? = nil
    ) throws(AttributeDoesNotFit) {
        let path = definition.path
        let numbers = path.numbers
        guard !definition.isInternal, numbers.allSatisfy({ $0 <= 0xff_ffff }) else { throw .notOfPackets }
        guard !value.isEmpty || definition.encryption != nil || path.mayBeEmpty else { return }
        if definition.holdsFilterRules { return try appendFilterRule(value, definition) }
        if definition.isPlain { return try appendPlain(value, numbers) }
        var body = try AttributeBody(value, definition, tag)
        var depth = numbers.count
        while depth > path.attributeDepth {
            depth -= 1
            try body.wrap(inTLV: numbers[depth])
        }

        var header = AttributeHeader(type: UInt8(truncatingIfNeeded: numbers[0]))
        if path.isVendorSpecific {
            let format = definition.format
            header.append(numbers[1], size: 4)
            header.append(numbers[2], size: format.typeSize)
            if format.continues {
                header.lengthIndex = header.count
                header.moreFlagIndex = header.count + 1
                header.append(0, size: 2)
            } else {
                header.append(UInt32(format.headerSize + body.count), size: format.lengthSize)
            }
        } else if path.isExtended {
            header.append(numbers[1], size: 1)
            if path.isLongExtended {
                header.moreFlagIndex = header.count
                header.append(0, size: 1)
            }
            if path.isExtendedVendorSpecific {
                body.prepend(numbers[3], size: 1)
                body.prepend(numbers[2], size: 4)
            }
        } else {
            header.mayRepeat = definition.flags.isConcatenated
        }
        try append(body, behind: header)
    }

    /// Appends a filter rule: to the attribute of the one before, parted from it by a NUL, and on into further attributes as
    /// far as it takes (RFC 4849 §2).
    private mutating func appendFilterRule(
        _ rule: [UInt8], _ definition: AttributeDefinition
    ) throws(AttributeDoesNotFit) {
        let type = AttributeType.nasFilterRule.rawValue
        var last = octets.count
        var hasRules = false
        var offset = Packet.headerSize
        while offset < octets.count {
            hasRules = hasRules || octets[offset] == type
            last = offset
            offset += Int(octets[offset + 1])
        }
        let started = last < octets.count && octets[last] == type ? Array(octets[(last + 2)...]) : []
        let value = started + (hasRules ? [0] : []) + rule
        let replaced = started.isEmpty ? 0 : 2 + started.count
        var header = AttributeHeader(type: type)
        header.mayRepeat = true
        try checkRoom(for: header.size(of: value.count) - replaced)
        removeOctets(replaced)
        try append(AttributeBody(value, definition, nil), behind: header)
    }

    /// Appends a standard attribute, or a vendor's, whose value stands in it as it is.
    private mutating func appendPlain(_ value: [UInt8], _ numbers: [UInt32]) throws(AttributeDoesNotFit) {
        guard numbers.count == 3 else {
            return try append(AttributeType(rawValue: UInt8(truncatingIfNeeded: numbers[0])), value)
        }
        let headerSize = 8
        guard value.count <= 255 - headerSize else {
            throw .valueTooLarge(size: value.count, maximum: 255 - headerSize)
        }
        try checkRoom(for: headerSize + value.count)
        appendOctet(AttributeType.vendorSpecific.rawValue)
        appendOctet(UInt8(headerSize + value.count))
        for place in 0..<4 { appendOctet(UInt8(truncatingIfNeeded: numbers[1] >> UInt32(24 - 8 * place))) }
        appendOctet(UInt8(truncatingIfNeeded: numbers[2]))
        appendOctet(UInt8(2 + value.count))
        appendOctets(value)
    }

    /// Appends `body` behind `header`, in one attribute or, where the form has a way to say so, in several.
    private mutating func append(
        _ body: AttributeBody, behind header: AttributeHeader
    ) throws(AttributeDoesNotFit) {
        guard body.count <= header.room || (header.mayGoOn && body.hiding == nil) else {
            throw .valueTooLarge(size: body.count, maximum: header.room)
        }
        try checkRoom(for: header.size(of: body.count))
        var start = 0
        repeat {
            let end = min(start + header.room, body.count)
            appendHeader(header, size: end - start, goesOn: end < body.count)
            if let (method, range) = body.hiding { hide(range, by: method) }
            append(body, start..<end)
            start = end
        } while start < body.count
    }

    private mutating func append(_ body: AttributeBody, _ range: Range<Int>) {
        for index in range.clamped(to: 0..<body.prefixCount) { appendOctet(body[index]) }
        appendOctets(body.value(in: range))
        for _ in range.clamped(to: body.count - body.paddingSize..<body.count) { appendOctet(0) }
    }

    private mutating func appendHeader(_ header: AttributeHeader, size: Int, goesOn: Bool) {
        for index in 0..<header.count {
            switch index {
            case 1: appendOctet(UInt8(header.count + size))
            // WiMAX counts from the type on: type, length and the octet with the flag.
            case header.lengthIndex: appendOctet(UInt8(3 + size))
            case header.moreFlagIndex: appendOctet(goesOn ? 0x80 : 0)
            default: appendOctet(header[index])
            }
        }
    }
}

/// What stands before an attribute's value, from the type on, and how a value goes on that is too large for one attribute.
private struct AttributeHeader {
    private var octets = ShortOctets()
    /// Which octet takes the size of a piece, in the manner of WiMAX.
    var lengthIndex: Int?
    /// Which octet says that the next attribute goes on.
    var moreFlagIndex: Int?
    /// Whether the value goes on in the next attribute of the type without saying so.
    var mayRepeat = false

    init(type: UInt8) {
        octets.append(type)
        octets.append(0)
    }

    var count: Int { octets.count }
    /// How much of a value stands behind it.
    var room: Int { 255 - octets.count }
    var mayGoOn: Bool { mayRepeat || moreFlagIndex != nil }

    subscript(index: Int) -> UInt8 { octets[index] }

    mutating func append(_ number: UInt32, size: Int) { octets.append(number, size: size) }

    /// What a value of `size` octets takes with all the headers that it needs.
    func size(of size: Int) -> Int { max(1, (size + room - 1) / room) * count + size }
}

/// What an attribute carries: its value, what stands before it (the numbers of its TLVs, tag, salt and length), the NULs
/// that pad it, and the run of all this that has yet to be hidden.
private struct AttributeBody {
    /// Written from the innermost outwards, hence read backwards.
    private var prefix = ShortOctets()
    private let value: [UInt8]
    /// How many octets of the value are not carried: the first of a number, which the tag replaces.
    private let skipped: Int
    let paddingSize: Int
    private let encryption: Encryption?
    /// Where the hidden octets begin, counted from the end of the body.
    private let hiddenSize: Int

    init(_ value: [UInt8], _ definition: AttributeDefinition, _ tag: UInt8?) throws(AttributeDoesNotFit) {
        self.value = value
        encryption = definition.encryption
        let tagReplacesOctet = definition.hasTag && definition.type == .integer && encryption == nil && value.count == 4
        skipped = tagReplacesOctet ? 1 : 0
        if let encryption {
            hiddenSize = try encryption.hiddenSize(of: value.count)
            paddingSize = hiddenSize - value.count - (encryption == .tunnelPassword ? 1 : 0)
            if encryption == .tunnelPassword { prepend(UInt32(value.count), size: 3) }
        } else {
            hiddenSize = 0
            paddingSize = 0
        }
        guard definition.hasTag else { return }
        if definition.type == .integer, encryption == nil {
            if tagReplacesOctet { prepend(UInt32(tag ?? 0), size: 1) }
        } else if let tag {
            prepend(UInt32(tag), size: 1)
        } else if encryption == .tunnelPassword || (value.first ?? 0) < 0x20 {
            // Untagged, but the first octet would be taken for a tag (RFC 2868 §3.1).
            prepend(0, size: 1)
        }
    }

    var count: Int { prefix.count + value.count - skipped + paddingSize }

    var hiding: (method: Encryption, range: Range<Int>)? {
        encryption.map { ($0, count - hiddenSize..<count) }
    }

    var prefixCount: Int { prefix.count }

    /// An octet of the prefix.
    subscript(index: Int) -> UInt8 { prefix[prefix.count - 1 - index] }

    /// What of the value lies within `range` of the body.
    func value(in range: Range<Int>) -> ArraySlice<UInt8> {
        let start = prefix.count - skipped
        let part = range.clamped(to: prefix.count..<count - paddingSize)
        return value[part.lowerBound - start..<part.upperBound - start]
    }

    /// Puts a number before what is there, most significant octet first.
    mutating func prepend(_ number: UInt32, size: Int) {
        for shift in 0..<size { prefix.append(UInt8(truncatingIfNeeded: number >> UInt32(shift * 8))) }
    }

    mutating func wrap(inTLV number: UInt32) throws(AttributeDoesNotFit) {
        guard count <= 253 else { throw .valueTooLarge(size: count, maximum: 253) }
        prepend(UInt32(2 + count), size: 1)
        prepend(number, size: 1)
    }
}

/// A few octets that cost no allocation: as many as stand before any value.
private struct ShortOctets {
    // An Extended-Vendor-Specific with TLVs four deep, tagged and salted, needs 17.
    private var octets = InlineArray<24, UInt8>(repeating: 0)
    private(set) var count = 0

    subscript(index: Int) -> UInt8 { octets[index] }

    mutating func append(_ octet: UInt8) {
        octets[count] = octet
        count += 1
    }

    /// Appends a number, most significant octet first.
    mutating func append(_ number: UInt32, size: Int) {
        for shift in (0..<size).reversed() { append(UInt8(truncatingIfNeeded: number >> UInt32(shift * 8))) }
    }
}
