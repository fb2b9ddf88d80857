/// IPv4 addresses in dotted quads.
enum IPv4Text {
    /// - Returns: four octets; nil unless there are four decimal numbers up to 255, none with a leading zero (some would
    ///   take that for octal).
    static func octets(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var number = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                number = number * 10 + Int(digit - UInt8(ascii: "0"))
            }
            guard let octet = UInt8(exactly: number) else { return nil }
            octets.append(octet)
        }
        return octets
    }

    /// - Parameter octets: at least four; the first four count.
    static func text(_ octets: some Sequence<UInt8>) -> String {
        octets.prefix(4).map { String($0) }.joined(separator: ".")
    }
}

/// IPv6 addresses (RFC 4291 §2.2), written as RFC 5952 asks.
enum IPv6Text {
    /// - Returns: 16 octets; nil for what is no address, or has a zone.
    static func octets(_ text: some StringProtocol) -> [UInt8]? {
        var text = String(text)
        guard text.utf8.count <= 45 else { return nil }
        // An IPv4 address in the last place is two groups.
        if let colon = text.lastIndex(of: ":"), text[colon...].contains(".") {
            guard let last = IPv4Text.octets(text[text.index(after: colon)...]) else { return nil }
            let groups = (Int(last[0]) << 8 | Int(last[1]), Int(last[2]) << 8 | Int(last[3]))
            text = "\(text[...colon])\(String(groups.0, radix: 16)):\(String(groups.1, radix: 16))"
        }
        let characters = Array(text.utf8)
        let colon = UInt8(ascii: ":")
        var gap: Int?
        for index in characters.indices.dropLast() where characters[index] == colon && characters[index + 1] == colon {
            guard gap == nil else { return nil }
            gap = index
        }
        guard let gap else { return groups(characters[...], count: 8...8) }
        guard let head = groups(characters[..<gap], count: 0...7),
            let tail = groups(characters[(gap + 2)...], count: 0...7), head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Groups of one to four hexadecimal digits between single colons.
    private static func groups(_ characters: ArraySlice<UInt8>, count: ClosedRange<Int>) -> [UInt8]? {
        if characters.isEmpty { return count.contains(0) ? [] : nil }
        var octets: [UInt8] = []
        for part in characters.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard (1...4).contains(part.count),
                let number = UInt16(String(decoding: part, as: UTF8.self), radix: 16), part.first != UInt8(ascii: "+")
            else { return nil }
            octets += [UInt8(number >> 8), UInt8(number & 0xff)]
        }
        return count.contains(octets.count / 2) ? octets : nil
    }

    /// - Parameter octets: up to 16; those that are missing are zero.
    static func text(_ octets: some Collection<UInt8>) -> String {
        let octets = Array(octets.prefix(16)) + [UInt8](repeating: 0, count: max(0, 16 - octets.count))
        let groups = stride(from: 0, to: 16, by: 2).map { Int(octets[$0]) << 8 | Int(octets[$0 + 1]) }
        let gap = longestGap(groups)
        // As everybody's inet_ntop does it: an IPv4 address behind ::ffff or :: keeps its dots.
        if gap == 0..<6 || (gap == 0..<5 && groups[5] == 0xffff) {
            return (gap == 0..<6 ? "::" : "::ffff:") + IPv4Text.text(octets[12...])
        }
        let parts = groups.map { String($0, radix: 16) }
        guard let gap else { return parts.joined(separator: ":") }
        return parts[..<gap.lowerBound].joined(separator: ":") + "::"
            + parts[gap.upperBound...].joined(separator: ":")
    }

    /// The first of the longest runs of zero groups, two or more (RFC 5952 §4.2).
    private static func longestGap(_ groups: [Int]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > longest?.count ?? 0 { longest = start..<end }
            start = end + 1
        }
        return longest
    }
}
