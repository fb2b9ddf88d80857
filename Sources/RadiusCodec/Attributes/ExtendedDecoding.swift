/// Extended attributes, short and long (RFC 6929 §2.1, §2.2 and §2.4).
extension AttributeDecoder {
    /// An attribute whose value begins with a further type (RFC 6929 §2.1).
    mutating func extended(_ path: AttributePath, _ content: [UInt8], _ workspace: inout CodecWorkspace) {
        guard let type = content.first, content.count >= 2,
            tables.definition(at: path.appending(UInt32(type))) != nil
        else { return raw(at: path, content) }
        extendedValue(at: path.appending(UInt32(type)), Array(content[1...]), &workspace)
    }

    /// An extended attribute that may go on in the next one (RFC 6929 §2.2). Unless a fragment without the "more" flag ends
    /// them, all fragments are invalid.
    mutating func longExtended(at start: Int, _ workspace: inout CodecWorkspace) -> Int {
        let path = AttributePath([UInt32(octets[start])])
        var joined: [UInt8] = []
        var fragments: [Range<Int>] = []
        var offset = start
        while offset < octets.count, octets[offset] == octets[start] {
            let end = offset + Int(octets[offset + 1])
            // A first fragment without flags is no fragment; it stands for itself.
            guard end - offset >= 4, octets[offset + 2] == octets[start + 2] else { break }
            fragments.append(offset + 2..<end)
            joined += octets[offset + 4..<end]
            offset = end
            if octets[fragments[fragments.count - 1].lowerBound + 1] & 0x80 == 0 {
                guard !joined.isEmpty else { break }
                extendedValue(at: path.appending(UInt32(octets[start + 2])), joined, &workspace)
                return offset
            }
        }
        if fragments.isEmpty {
            let end = start + Int(octets[start + 1])
            raw(at: path, Array(octets[start + 2..<end]))
            return end
        }
        for fragment in fragments { raw(at: path, Array(octets[fragment])) }
        return offset
    }

    /// A value behind its extended type: a vendor's (RFC 6929 §2.4) or its own.
    private mutating func extendedValue(
        at path: AttributePath, _ content: [UInt8], _ workspace: inout CodecWorkspace
    ) {
        guard path.numbers[1] == 26 else { return value(at: path, content, &workspace) }
        guard content.count >= 6, content[0] == 0 else { return raw(at: path, content) }
        let vendor = vendorNumber(content[...])
        guard vendor > 0 else { return raw(at: path, content) }
        value(at: path.appending(vendor).appending(UInt32(content[4])), Array(content[5...]), &workspace)
    }
}
