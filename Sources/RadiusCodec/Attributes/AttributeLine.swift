extension AttributeDictionary {
    /// Reads `Name = value` as ``line(of:showingSecrets:)`` writes it: a tag behind the name, strings in quotes or without,
    /// and `Attr-26.9.1 = 0x01` for an attribute that the dictionary does not have.
    ///
    /// - Throws: when there is no such attribute, or the text is no value of it.
    package func attribute(parsing line: String) throws(AttributeValueError) -> EncodedAttribute {
        guard let equals = line.firstIndex(of: "=") else {
            throw AttributeValueError("there is no = in the attribute (expected Name = value)")
        }
        var name = trimmed(line[..<equals])
        let value = trimmed(line[line.index(after: equals)...])
        var tag: UInt8?
        if let colon = name.lastIndex(of: ":") {
            guard let number = UInt8(name[name.index(after: colon)...]), number <= 31 else {
                throw AttributeValueError("\(name) has no good tag (expected 0 to 31 behind the colon)")
            }
            tag = number == 0 ? nil : number
            name = name[..<colon]
        }
        guard let definition = definition(named: String(name)) ?? unknownDefinition(name) else {
            let hint = suggestion(for: String(name)).map { "; did you mean \($0)?" } ?? ""
            throw AttributeValueError("there is no attribute \(name) (expected one of the dictionary\(hint))")
        }
        // By octets: a quote and a combining mark behind it are one Character, which is no quote.
        let quote = UInt8(ascii: "\"")
        guard value.utf8.count >= 2, value.utf8.first == quote, value.utf8.last == quote else {
            return try encode(String(value), as: definition, tag: tag)
        }
        let octets = QuotedText.octets(unescaping: Array(value.utf8.dropFirst().dropLast()))
        guard definition.type == .string else {
            return try encode(String(decoding: octets, as: UTF8.self), as: definition, tag: tag)
        }
        // Not by way of a String, which would repair what is no UTF-8.
        let encoded = try encode("", as: definition, tag: tag)
        return EncodedAttribute(definition: encoded.definition, tag: encoded.tag, octets: octets)
    }

    /// The definition of `Attr-26.9.250`.
    private func unknownDefinition(_ name: Substring) -> AttributeDefinition? {
        guard name.lowercased().hasPrefix("attr-") else { return nil }
        let numbers = name.dropFirst(5).split(separator: ".", omittingEmptySubsequences: false).map {
            dictionaryNumber($0)
        }
        let path = AttributePath(numbers.compactMap { $0 })
        guard path.numbers.count == numbers.count,
            path.numbers.count <= path.attributeDepth + DictionaryParser.tlvDepthMaximum,
            let first = path.numbers.first, (1...255).contains(first), !path.endsWithinVendor
        else { return nil }
        let format = tables.vendors[path.vendor]?.format ?? VendorFormat()
        for (index, number) in path.numbers.enumerated() {
            let isVendor = (path.isVendorSpecific && index == 1) || (path.isExtendedVendorSpecific && index == 2)
            let isVendorType = path.isVendorSpecific && index == 2
            guard number <= (isVendor ? 0xff_ffff : isVendorType ? format.typeMaximum : 255) else { return nil }
        }
        return AttributeDefinition(unknownAt: path, format: format)
    }

    private func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
