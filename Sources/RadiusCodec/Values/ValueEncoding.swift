import Cryptography

/// A text that is no value of its attribute.
package struct AttributeValueError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, with what was expected in parentheses. Never the value of a secret attribute, and no control
    /// character.
    package let description: String

    package init(_ description: String) { self.description = QuotedText.harmless(description) }
}

extension AttributeDictionary {
    /// The octets of a value that a person wrote: `10.0.0.1`, `Login-User`, `0x0102`, `2026-11-22T06:40:00Z`.
    ///
    /// A string is taken as it stands: quotes and backslashes mean themselves.
    ///
    /// - Parameter tag: 1 to 31; nil for an attribute without a tag.
    /// - Throws: when the text is no value of the attribute's type, or the attribute cannot stand in a packet.
    package func encode(
        _ text: String, as definition: AttributeDefinition, tag: UInt8? = nil
    ) throws(AttributeValueError) -> EncodedAttribute {
        EncodedAttribute(definition: definition, tag: tag, octets: try value(text, of: definition, tag: tag))
    }

    /// The same, and only its value.
    package func value(
        _ text: String, of definition: AttributeDefinition, tag: UInt8? = nil
    ) throws(AttributeValueError) -> [UInt8] {
        guard !definition.isInternal else {
            throw AttributeValueError(
                "\(definition.name) has the number \(definition.path) and stands in no packet (expected 1 to 255)")
        }
        if let tag {
            guard definition.hasTag else { throw AttributeValueError("\(definition.name) has no tag (expected none)") }
            guard (1...31).contains(tag) else {
                throw AttributeValueError("tag \(tag) is out of range (expected 1 to 31)")
            }
        }
        let octets = try octets(text, as: definition)
        if definition.hasTag, definition.type == .integer, octets[0] != 0 {
            throw mistake(text, definition, "at most 16777215, since a tag takes the first octet")
        }
        return octets
    }

    private func octets(
        _ text: String, as definition: AttributeDefinition
    ) throws(AttributeValueError) -> [UInt8] {
        switch definition.type {
        case .string: return Array(text.utf8)
        case .octets:
            guard text.lowercased().hasPrefix("0x") else { return try sized(Array(text.utf8), definition) }
            return try sized(try hexadecimal(text, definition), definition)
        case .abinary:
            if let octets = FilterText.octets(text) { return octets }
            guard let octets = try? hexadecimal(text, definition), octets.count <= FilterText.octetCount else {
                throw mistake(
                    text, definition,
                    "a filter such as ip in drop dstip 192.0.2.0/24 tcp dstport = 80, or 0x and up to 32 octets")
            }
            return octets
        case .tlv, .vsa, .extended, .longExtended, .evs: return try hexadecimal(text, definition)
        case .integer, .byte, .short: return try number(text, definition)
        case .bool:
            switch text.lowercased() {
            case "yes", "true", "1": return [1]
            case "no", "false", "0": return [0]
            default: return try number(text, definition)
            }
        case .signed:
            guard let number = Int32(text) else { throw mistake(text, definition, "-2147483648 to 2147483647") }
            return bigEndian(UInt32(bitPattern: number), size: 4)
        case .integer64:
            guard let number = NumberText.unsigned(text) else {
                throw mistake(text, definition, "0 to 18446744073709551615")
            }
            return bigEndian(number, size: 8)
        case .date:
            guard let seconds = DateText.seconds(text) else {
                throw mistake(text, definition, "2026-11-22T06:40:00Z, Nov 22 2026 06:40:00 UTC or seconds since 1970")
            }
            return bigEndian(seconds, size: 4)
        case .ipaddr:
            guard let (octets, length) = prefix(text, IPv4Text.octets, bits: 32), length == 32 else {
                throw mistake(text, definition, "an IPv4 address such as 192.0.2.1")
            }
            return octets
        case .ipv6addr:
            guard let (octets, length) = prefix(text, IPv6Text.octets, bits: 128), length == 128 else {
                throw mistake(text, definition, "an IPv6 address such as 2001:db8::1")
            }
            return octets
        case .comboIP:
            guard let octets = IPv4Text.octets(text) ?? IPv6Text.octets(text) else {
                throw mistake(text, definition, "an IPv4 or IPv6 address")
            }
            return octets
        case .ipv4prefix:
            guard let (octets, length) = prefix(text, IPv4Text.octets, bits: 32) else {
                throw mistake(text, definition, "an IPv4 prefix such as 192.0.2.0/24")
            }
            return [0, UInt8(length)] + octets
        case .ipv6prefix:
            guard let (octets, length) = prefix(text, IPv6Text.octets, bits: 128) else {
                throw mistake(text, definition, "an IPv6 prefix such as 2001:db8::/64")
            }
            return [0, UInt8(length)] + octets
        case .ifid:
            guard let octets = groups(text, count: 4, digits: 1...4, size: 2) else {
                throw mistake(text, definition, "four groups such as 0:0:0:1")
            }
            return octets
        case .ether:
            guard let octets = groups(text, count: 6, digits: 1...2, size: 1) else {
                throw mistake(text, definition, "six octets such as 00:00:5e:00:53:01")
            }
            return octets
        }
    }

    private func mistake(_ text: String, _ definition: AttributeDefinition, _ expected: String) -> AttributeValueError {
        let value = definition.isSecret ? "the value" : "\"\(QuotedText.escaped(Array(text.utf8)))\""
        return AttributeValueError("\(value) is no value of \(definition.name) (expected \(expected))")
    }

    // MARK: Numbers

    /// A number, or the name that a VALUE line gives to one.
    private func number(_ text: String, _ definition: AttributeDefinition) throws(AttributeValueError) -> [UInt8] {
        let size = definition.type.fixedSize ?? 4
        let maximum = UInt64(1) << UInt64(size * 8) - 1
        let named = valueNumber(named: text, for: definition).map { UInt64($0) }
        if let number = named ?? NumberText.unsigned(text), number <= maximum {
            return bigEndian(number, size: size)
        }
        let isNumber = text.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        guard let names = tables.values(of: definition.path)?.names.values, !isNumber else {
            throw mistake(text, definition, "0 to \(maximum)")
        }
        let hint = nearest(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
        throw mistake(text, definition, "a number, or the name of one\(hint)")
    }

    private func bigEndian(_ number: some FixedWidthInteger & UnsignedInteger, size: Int) -> [UInt8] {
        [UInt8](capacity: size) { output in
            for index in 0..<size { output.append(UInt8(truncatingIfNeeded: number >> ((size - 1 - index) * 8))) }
        }
    }

    // MARK: Octets and groups of them

    private func hexadecimal(
        _ text: String, _ definition: AttributeDefinition
    ) throws(AttributeValueError) -> [UInt8] {
        guard text.lowercased().hasPrefix("0x"), let octets = Hexadecimal.octets(text.dropFirst(2)) else {
            throw mistake(text, definition, "0x and pairs of hexadecimal digits")
        }
        return octets
    }

    private func sized(_ octets: [UInt8], _ definition: AttributeDefinition) throws(AttributeValueError) -> [UInt8] {
        if let size = definition.fixedSize, octets.count != size {
            throw AttributeValueError("\(definition.name) with \(octets.count) octets (expected \(size))")
        }
        return octets
    }

    /// Reads groups of hexadecimal digits between colons.
    private func groups(_ text: String, count: Int, digits: ClosedRange<Int>, size: Int) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == count else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard digits.contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let number = UInt16(part, radix: 16)
            else { return nil }
            octets += bigEndian(number, size: size)
        }
        return octets
    }

    /// Reads an address with or without a prefix length; bits behind the length become zero (RFC 3162 §2.3).
    private func prefix(
        _ text: String, _ address: (Substring) -> [UInt8]?, bits: Int
    ) -> (octets: [UInt8], length: Int)? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard var octets = address(parts[0]) else { return nil }
        guard parts.count == 2 else { return (octets, bits) }
        guard let length = UInt8(parts[1]), Int(length) <= bits, String(length) == parts[1] else { return nil }
        for index in octets.indices {
            let kept = min(8, max(0, Int(length) - index * 8))
            octets[index] &= ~(UInt8.max >> UInt8(kept))
        }
        return (octets, Int(length))
    }
}
