/// Walks a packet and takes its attributes apart. Every step advances, and depth is bounded by the dictionary's own.
struct AttributeDecoder {
    let tables: DictionaryTables
    let octets: [UInt8]
    private let secret: SharedSecret?
    private let requestAuthenticator: Authenticator
    private(set) var attributes: [EncodedAttribute] = []

    init(tables: DictionaryTables, packet: Packet, secret: SharedSecret?, requestAuthenticator: Authenticator) {
        self.tables = tables
        self.octets = packet.octets
        self.secret = secret
        self.requestAuthenticator = requestAuthenticator
    }

    mutating func decode(_ workspace: inout CodecWorkspace) {
        var offset = Packet.headerSize
        while offset < octets.count {
            let end = offset + Int(octets[offset + 1])
            let path = AttributePath(AttributeType(rawValue: octets[offset]))
            guard end - offset > 2 || path.mayBeEmpty else {
                offset = end
                continue
            }
            switch octets[offset] {
            case 26: offset = vendorSpecific(at: offset, &workspace)
            case 241...244:
                extended(path, Array(octets[offset + 2..<end]), &workspace)
                offset = end
            case 245...246: offset = longExtended(at: offset, &workspace)
            default:
                let definition = tables.definition(at: path)
                if definition?.flags.isConcatenated == true {
                    let run = joined(at: offset)
                    value(at: path, run.octets, &workspace)
                    offset = run.end
                } else if definition?.holdsFilterRules == true {
                    let run = joined(at: offset)
                    for rule in run.octets.split(separator: 0) { value(at: path, Array(rule), &workspace) }
                    offset = run.end
                } else {
                    value(at: path, Array(octets[offset + 2..<end]), &workspace)
                    offset = end
                }
            }
        }
    }

    // MARK: Containers

    /// The values of attributes of one type that follow each other, joined (RFC 8044 §3.6). Those of NAS-Filter-Rule are
    /// rules with a NUL between them, wherever an attribute may end (RFC 4849 §2).
    private func joined(at start: Int) -> (octets: [UInt8], end: Int) {
        var joined: [UInt8] = []
        var offset = start
        while offset < octets.count, octets[offset] == octets[start] {
            let end = offset + Int(octets[offset + 1])
            joined += octets[offset + 2..<end]
            offset = end
        }
        return (joined, offset)
    }

    /// The TLVs that fill a value (RFC 6929 §2.3).
    ///
    /// - Returns: whether they fill it exactly; otherwise nothing is decoded.
    private mutating func tlvs(
        of definition: AttributeDefinition, _ content: [UInt8], _ workspace: inout CodecWorkspace
    ) -> Bool {
        var parts: [(type: UInt8, value: Range<Int>)] = []
        var offset = 0
        while offset < content.count {
            guard offset + 1 < content.count, content[offset + 1] >= 2,
                offset + Int(content[offset + 1]) <= content.count
            else { return false }
            let end = offset + Int(content[offset + 1])
            parts.append((content[offset], offset + 2..<end))
            offset = end
        }
        for (type, range) in parts where !range.isEmpty {
            let path = definition.path.appending(UInt32(type))
            value(at: path, Array(content[range]), format: definition.format, &workspace)
        }
        return true
    }

    // MARK: Values

    mutating func raw(at path: AttributePath, _ content: [UInt8], format: VendorFormat = VendorFormat()) {
        attributes.append(
            EncodedAttribute(definition: AttributeDefinition(unknownAt: path, format: format), octets: content))
    }

    /// One attribute's value, by its definition.
    mutating func value(
        at path: AttributePath, _ content: [UInt8], format: VendorFormat = VendorFormat(),
        _ workspace: inout CodecWorkspace
    ) {
        guard let definition = tables.definition(at: path) else { return raw(at: path, content, format: format) }
        if definition.type == .tlv, content.count >= 3, tlvs(of: definition, content, &workspace) { return }

        var octets = content
        let tag = definition.takeTag(from: &octets)
        if definition.encryption != nil {
            guard let secret else {
                attributes.append(EncodedAttribute(definition: definition.hidden, tag: tag, octets: octets))
                return
            }
            guard
                workspace.reveal(
                    &octets, of: definition, secret: secret, requestAuthenticator: requestAuthenticator)
            else { return raw(at: path, content, format: format) }
        }
        guard definition.type.allows(octets) else {
            // Several values of a fixed size may stand in one attribute.
            guard definition.flags.isArray, let size = definition.fixedSize, octets.count.isMultiple(of: size) else {
                return raw(at: path, content, format: format)
            }
            for start in stride(from: 0, to: octets.count, by: size) {
                attributes.append(
                    EncodedAttribute(definition: definition, tag: tag, octets: Array(octets[start..<start + size])))
            }
            return
        }
        attributes.append(EncodedAttribute(definition: definition, tag: tag, octets: octets))
    }
}

extension DataType {
    /// Whether a value of this type may look so (RFC 8044 §3).
    fileprivate func allows(_ octets: [UInt8]) -> Bool {
        if let fixedSize, octets.count != fixedSize { return false }
        switch self {
        case .ipv4prefix: return octets[1] & 0x3f <= 32
        case .ipv6prefix: return (2...18).contains(octets.count) && octets[1] <= 128
        case .comboIP: return octets.count == 4 || octets.count == 16
        case .abinary: return octets.count <= FilterText.octetCount
        case .tlv, .vsa, .extended, .longExtended, .evs: return false
        case .string, .octets, .ipaddr, .ipv6addr, .integer, .signed, .integer64, .byte, .short, .bool, .date, .ifid,
            .ether:
            return true
        }
    }
}

extension AttributeDefinition {
    /// Takes the tag off a value that has one (RFC 2868 §3.1). nil for none, and for tag 0, which says that there is none.
    fileprivate func takeTag(from octets: inout [UInt8]) -> UInt8? {
        guard hasTag, octets.count > 1, octets[0] < 0x20 || encryption == .tunnelPassword else { return nil }
        let tag = octets[0]
        if type == .integer, encryption == nil { octets[0] = 0 } else { octets.removeFirst() }
        return (1...31).contains(tag) ? tag : nil
    }

    /// The same attribute as octets that nobody has revealed.
    fileprivate var hidden: AttributeDefinition {
        var flags = AttributeFlags()
        flags.isSecret = true
        flags.hasTag = hasTag
        return AttributeDefinition(name: name, path: path, type: .octets, flags: flags, format: format)
    }
}
