/// Vendor-Specific (RFC 2865 §5.26), in every width that vendors write their types and lengths in.
extension AttributeDecoder {
    /// The attributes within one Vendor-Specific (RFC 2865 §5.26), or, of a vendor whose values go on in the next, several.
    ///
    /// - Returns: where the next attribute begins.
    mutating func vendorSpecific(at start: Int, _ workspace: inout CodecWorkspace) -> Int {
        let end = start + Int(octets[start + 1])
        let content = octets[start + 2..<end]
        guard content.count >= 5, octets[start + 2] == 0 else {
            raw(at: AttributePath(.vendorSpecific), Array(content))
            return end
        }
        let number = vendorNumber(content)
        let format = tables.vendors[number]?.format ?? VendorFormat()
        if format.continues { return continuedVendorSpecific(at: start, vendor: number, &workspace) }
        guard let parts = vendorParts(content.dropFirst(4), format) else {
            raw(at: AttributePath(.vendorSpecific), Array(content))
            return end
        }
        for (type, range) in parts where !range.isEmpty {
            value(at: AttributePath([26, number, type]), Array(octets[range]), format: format, &workspace)
        }
        return end
    }

    /// The types and values that fill `content`; nil when they do not fill it exactly.
    private func vendorParts(
        _ content: ArraySlice<UInt8>, _ format: VendorFormat
    ) -> [(type: UInt32, value: Range<Int>)]? {
        var parts: [(type: UInt32, value: Range<Int>)] = []
        var offset = content.startIndex
        while offset < content.endIndex {
            let header = offset + format.headerSize
            guard header <= content.endIndex else { return nil }
            let type = content[offset..<offset + format.typeSize].reduce(0) { $0 << 8 | UInt32($1) }
            // The wider forms have no type 0, and of four octets the first is zero.
            guard format.typeSize == 1 || (1...format.typeMaximum).contains(type) else { return nil }
            var end = content.endIndex
            if format.lengthSize > 0 {
                let size = content[offset + format.typeSize..<offset + format.typeSize + format.lengthSize]
                    .reduce(0) { $0 << 8 | Int($1) }
                guard size >= format.headerSize, size <= content.endIndex - offset else { return nil }
                end = offset + size
            }
            parts.append((type, header..<end))
            offset = end
        }
        return parts
    }

    /// A vendor's value in the manner of WiMAX: one attribute in each Vendor-Specific, and a bit that says that the value
    /// goes on in the next.
    private mutating func continuedVendorSpecific(
        at start: Int, vendor: UInt32, _ workspace: inout CodecWorkspace
    ) -> Int {
        let firstEnd = start + Int(octets[start + 1])
        let headerSize = 9
        var joined: [UInt8] = []
        var offset = start
        while true {
            let end = offset + Int(octets[offset + 1])
            guard end - offset > headerSize, Int(octets[offset + 7]) == end - offset - 6 else { break }
            joined += octets[offset + headerSize..<end]
            let path = AttributePath([26, vendor, UInt32(octets[start + 6])])
            if octets[offset + 8] & 0x80 == 0 {
                guard tables.definition(at: path) != nil else { break }
                value(at: path, joined, format: VendorFormat(continues: true), &workspace)
                return end
            }
            guard end + headerSize < octets.count, octets[end] == octets[start],
                octets[end + 2..<end + 7] == octets[start + 2..<start + 7]
            else { break }
            offset = end
        }
        raw(at: AttributePath(.vendorSpecific), Array(octets[start + 2..<firstEnd]))
        return firstEnd
    }

    /// The number of the vendor that the first four octets name.
    func vendorNumber(_ content: ArraySlice<UInt8>) -> UInt32 {
        content.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
