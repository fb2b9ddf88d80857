import RadiusCodec
import TestSupport

/// Values of every type, made by chance from a seed: what generated packets carry.
struct RandomValue {
    var generator: SeededGenerator
    let dictionary: AttributeDictionary

    /// A value that the attribute may have; nil for a container, which has none of its own.
    mutating func attribute(_ definition: AttributeDefinition) -> EncodedAttribute? {
        guard let octets = octets(definition) else { return nil }
        let tag = definition.hasTag ? UInt8.random(in: 1...31, using: &generator) : nil
        return EncodedAttribute(definition: definition, tag: tag, octets: octets)
    }

    private mutating func octets(_ definition: AttributeDefinition) -> [UInt8]? {
        switch definition.type {
        case .tlv, .vsa, .extended, .longExtended, .evs: return nil
        case .string: return text(upTo: definition.encryption == .ascendSecret ? 16 : sizeMaximum(definition))
        case .octets:
            return random(definition.fixedSize ?? Int.random(in: 1...sizeMaximum(definition), using: &generator))
        case .abinary:
            let isFilter = Int.random(in: 0...3, using: &generator) > 0
            return isFilter ? filter() : random(Int.random(in: 1...31, using: &generator))
        case .integer, .byte, .short, .bool: return number(definition)
        case .signed, .date, .ipaddr: return random(4)
        case .integer64, .ifid: return random(8)
        case .ether: return random(6)
        case .ipv6addr: return address(16)
        case .comboIP: return address(Bool.random(using: &generator) ? 4 : 16)
        case .ipv4prefix: return prefix(4)
        case .ipv6prefix: return prefix(16)
        }
    }

    /// More than one attribute holds, now and then, where a value may go on in the next. (Not in the manner of WiMAX:
    /// radclient 3.2.1 cuts such values.)
    private mutating func sizeMaximum(_ definition: AttributeDefinition) -> Int {
        let goesOn =
            definition.flags.isConcatenated
            || ([245, 246].contains(definition.path.numbers[0]) && definition.path.numbers.count == 2)
        return goesOn && Int.random(in: 0...7, using: &generator) == 0 ? 400 : 40
    }

    private mutating func random(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// One of the attribute's named numbers, or any that its octets can hold.
    private mutating func number(_ definition: AttributeDefinition) -> [UInt8] {
        let size = definition.fixedSize ?? 4
        let bits = definition.type == .bool ? 1 : definition.hasTag ? 24 : size * 8
        var number = UInt32.random(in: 0...UInt32((UInt64(1) << UInt64(bits)) - 1), using: &generator)
        if Bool.random(using: &generator) {
            let small = UInt32.random(in: 0...20, using: &generator)
            if dictionary.valueName(of: small, for: definition) != nil { number = small }
        }
        return (0..<size).map { UInt8(truncatingIfNeeded: number >> UInt32((size - 1 - $0) * 8)) }
    }

    /// An address with a run of zeroes in it, now and then.
    private mutating func address(_ size: Int) -> [UInt8] {
        var octets = random(size)
        let start = Int.random(in: 0...size, using: &generator)
        for index in start..<Int.random(in: start...size, using: &generator) { octets[index] = 0 }
        return octets
    }

    /// An address whose bits behind the length are zero.
    private mutating func prefix(_ size: Int) -> [UInt8] {
        let length = Int.random(in: 0...size * 8, using: &generator)
        let octets = random(size).enumerated().map { index, octet in
            octet & ~(UInt8.max >> UInt8(min(8, max(0, length - index * 8))))
        }
        return [0, UInt8(length)] + octets
    }

    /// A filter that radclient 3.2.1 both reads and prints, in whatever octets it has: IPX from or to a network, not both;
    /// masks of six octets.
    private mutating func filter() -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: 32)
        func put(_ value: [UInt8], _ index: Int) { octets.replaceSubrange(index..<index + value.count, with: value) }
        let flags = random(6).map { $0 & 1 }
        put([UInt8.random(in: 0...2, using: &generator), flags[0], flags[1]], 0)
        switch octets[0] {
        case 0:
            put(random(2) + [0, 6, 0, flags[2]] + random(12) + [flags[3]], 4)
        case 1:
            for side in [0, 1] where flags[2 + side] == 1 {
                put([UInt8.random(in: 1...255, using: &generator)] + random(3), 4 + 4 * side)
                put([UInt8.random(in: 1...32, using: &generator)], 12 + side)
            }
            put([[0, 1, 6, 17, 89].randomElement(using: &generator) ?? 0, flags[4]], 14)
            for side in [0, 1] {
                let comparison = UInt8.random(in: 0...4, using: &generator)
                put([comparison], 20 + side)
                if comparison > 0 { put(random(2), 16 + 2 * side) }
            }
        default:
            guard flags[2] == 1 else { break }
            let comparison = UInt8.random(in: 0...4, using: &generator)
            let side = Int(flags[3])
            put([0, 0, 0, UInt8.random(in: 1...255, using: &generator)], 4 + 12 * side)
            if flags[4] == 1 { put(random(3), 4 + 12 * side) }
            put(random(6) + (comparison > 0 ? random(2) : []), 8 + 12 * side)
            put([comparison], 28 + side)
        }
        return octets
    }

    /// Letters, quotes, backslashes, line ends, UTF-8 and what is none. No NUL, which would end it for some; no `{`, since
    /// radclient expands `%{`; and no U+0080 to U+009F, which radclient leaves for the terminal to act on.
    private mutating func text(upTo limit: Int) -> [UInt8] {
        let pieces: [[UInt8]] = ["a", "Z", "0", " ", "\"", "\\", "'", "\n", "\u{1}", "%", "ß", "世", "🎉"].map {
            Array($0.utf8)
        }
        var octets: [UInt8] = []
        for _ in 0..<Int.random(in: 1...limit, using: &generator) {
            let piece =
                Int.random(in: 0...9, using: &generator) == 0
                ? [UInt8.random(in: 0xc3...0xff, using: &generator)] : pieces.randomElement(using: &generator) ?? []
            if octets.count + piece.count <= limit { octets += piece }
        }
        return octets.isEmpty ? [UInt8(ascii: "x")] : octets
    }
}
