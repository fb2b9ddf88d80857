/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Family: Hashable, Sendable {
        case v4
        case v6
    }

    package let family: Family
    /// The address as a number; of an IPv4 address, the low 32 bits.
    package let bits: UInt128

    /// - Parameter v4: the four octets as a number, most significant first.
    package init(v4: UInt32) {
        family = .v4
        bits = UInt128(v4)
    }

    package init(v6: UInt128) {
        let isMapped = v6 >> 32 == 0xffff
        family = isMapped ? .v4 : .v6
        bits = isMapped ? v6 & 0xffff_ffff : v6
    }

    /// Reads `192.0.2.1` and every form of RFC 4291 §2.2; no zone, no brackets.
    package init?(_ text: some StringProtocol) {
        if let v4 = Self.v4(text) {
            self.init(v4: v4)
        } else if let v6 = Self.v6(text) {
            self.init(v6: v6)
        } else {
            return nil
        }
    }

    /// How many bits an address of the family has.
    package var width: Int { family == .v4 ? 32 : 128 }

    /// `192.0.2.1`, or the canonical form of RFC 5952.
    package var description: String {
        switch family {
        case .v4:
            let octets = (0..<4).map { String(UInt8(truncatingIfNeeded: bits >> UInt128(24 - 8 * $0))) }
            return octets.joined(separator: ".")
        case .v6:
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
            let texts = groups.map { String($0, radix: 16) }
            guard let zeroes = Self.longestRunOfZeroes(groups) else { return texts.joined(separator: ":") }
            let head = texts[..<zeroes.lowerBound].joined(separator: ":")
            let tail = texts[zeroes.upperBound...].joined(separator: ":")
            return "\(head)::\(tail)"
        }
    }

    /// Hands ``description`` over in octets. Each login's audit has one: no text is made of it first.
    func withText(_ body: (Span<UInt8>) -> Void) {
        guard family == .v4 else {
            let characters = description.utf8
            return body(characters.span)
        }
        var text = InlineArray<15, UInt8>(repeating: 0)
        var count = 0
        func write(_ character: UInt8) {
            text[count] = character
            count += 1
        }
        for shift in stride(from: UInt128(24), through: 0, by: -8) {
            let octet = UInt8(truncatingIfNeeded: bits >> shift)
            if octet >= 100 { write(UInt8(ascii: "0") + octet / 100) }
            if octet >= 10 { write(UInt8(ascii: "0") + octet / 10 % 10) }
            write(UInt8(ascii: "0") + octet % 10)
            if shift > 0 { write(UInt8(ascii: ".")) }
        }
        body(text.span.extracting(0..<count))
    }

    /// The first of the longest runs of two zeroes or more (RFC 5952 §4.2).
    private static func longestRunOfZeroes(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        for end in 1...groups.count where end == groups.count || groups[end] != 0 || groups[start] != 0 {
            if groups[start] == 0, end - start >= 2, end - start > (longest?.count ?? 0) { longest = start..<end }
            start = end
        }
        return longest
    }

    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let octet = number(part, radix: 10, digits: 3), octet <= 255 else { return nil }
            // 010 is eight to some readers and ten to others.
            guard part.count == 1 || part.first != "0" else { return nil }
            address = address << 8 | UInt32(octet)
        }
        return address
    }

    private static func v6(_ text: some StringProtocol) -> UInt128? {
        guard let gap = firstGap(text) else {
            guard let groups = groups(text, endsAddress: true), groups.count == 8 else { return nil }
            return joined(groups)
        }
        let rest = text[text.index(gap, offsetBy: 2)...]
        guard let head = groups(text[..<gap], endsAddress: false), let tail = groups(rest, endsAddress: true),
            head.count + tail.count <= 7
        else { return nil }
        return joined(head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    /// Where `::` stands; a second one is left in the rest, where it is no group.
    private static func firstGap<Text: StringProtocol>(_ text: Text) -> Text.Index? {
        text.indices.first { text[$0...].hasPrefix("::") }
    }

    /// Groups of hexadecimal digits; the last two of an address may be an IPv4 address.
    private static func groups(_ text: some StringProtocol, endsAddress: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if endsAddress, index == parts.count - 1, let v4 = v4(part) {
                groups += [UInt16(v4 >> 16), UInt16(v4 & 0xffff)]
            } else {
                guard let group = number(part, radix: 16, digits: 4) else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

    /// Digits and nothing else: `UInt16(_:radix:)` alone would take a plus sign.
    private static func number(_ text: some StringProtocol, radix: Int, digits: Int) -> UInt16? {
        guard (1...digits).contains(text.utf8.count), text.first != "+" else { return nil }
        return UInt16(text, radix: radix)
    }
}

/// A run of addresses: `192.0.2.0/24`, `2001:db8::/64`, or a single one.
package struct IPAddressPrefix: Hashable, Sendable, CustomStringConvertible {
    /// With the bits beyond ``length`` at zero.
    package let address: IPAddress
    /// How many leading bits count: 0 to 32 for IPv4, 0 to 128 for IPv6.
    package let length: Int

    /// - Returns: nil for anything else, and for a prefix whose address has bits beyond its length.
    package init?(_ text: some StringProtocol) {
        let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = sides.first, let address = IPAddress(first) else { return nil }
        var length = address.width
        if sides.count == 2 {
            guard (1...3).contains(sides[1].utf8.count), sides[1].first != "+", sides[1].first != "-",
                let number = Int(sides[1]), number <= address.width
            else { return nil }
            length = number
        }
        guard Self.leading(length, of: address) == address.bits else { return nil }
        self.address = address
        self.length = length
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == self.address.family && Self.leading(length, of: address) == self.address.bits
    }

    private static func leading(_ length: Int, of address: IPAddress) -> UInt128 {
        // A shift by the whole width leaves nothing.
        let tail = UInt128(address.width - length)
        return (address.bits >> tail) << tail
    }

    package var description: String { length == address.width ? "\(address)" : "\(address)/\(length)" }
}
