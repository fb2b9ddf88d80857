import Cryptography

/// Reads a filter word by word. Nothing may be said twice. Each function takes the words of its part, and says whether they
/// are that part.
struct FilterReader {
    /// In lower case.
    var words: ArraySlice<String>
    private(set) var octets = [UInt8](repeating: 0, count: FilterText.octetCount)

    init(words: ArraySlice<String>) { self.words = words }

    mutating func readFilter() -> Bool {
        let name = words.popFirst()
        guard let kind = FilterText.Kind.allCases.first(where: { "\($0)" == name }),
            let isIn = readWord("in", not: "out"), let isForward = readWord("forward", not: "drop")
        else { return false }
        octets.replaceSubrange(0..<3, with: [kind.rawValue, isForward ? 1 : 0, isIn ? 1 : 0])
        switch kind {
        case .generic: return readGeneric()
        case .ip: return readIP()
        case .ipx: return readIPX()
        }
    }

    private mutating func readWord(_ name: String, not other: String) -> Bool? {
        let word = words.popFirst()
        return word == name ? true : word == other ? false : nil
    }

    /// `OFFSET MASK VALUE`, `==` or `!=`, `more`. FreeRADIUS reads masks of six octets alone, but prints any, none too.
    private mutating func readGeneric() -> Bool {
        guard let word = words.popFirst() else { return true }
        guard let offset: UInt16 = decimal(word) else { return false }
        put(offset, at: 4)
        if words.first != "==", words.first != "!=" {
            guard let mask = words.popFirst().flatMap({ Hexadecimal.octets($0) }),
                let value = words.popFirst().flatMap({ Hexadecimal.octets($0) }),
                (1...FilterText.maskMaximum).contains(mask.count), value.count == mask.count
            else { return false }
            put(UInt16(mask.count), at: 6)
            put(mask, at: FilterText.mask)
            put(value, at: FilterText.value)
        }
        var (isCompared, hasMore) = (false, false)
        while let word = words.popFirst() {
            switch word {
            case "==" where !isCompared, "!=" where !isCompared:
                octets[22] = word == "!=" ? 1 : 0
                isCompared = true
            case "more" where !hasMore:
                put(UInt16(1), at: 8)
                hasMore = true
            default: return false
            }
        }
        return true
    }

    private enum IPPart: String {
        case srcip, dstip, srcport, dstport, est, transport
    }

    private mutating func readIP() -> Bool {
        var read: Set<IPPart> = []
        while let word = words.popFirst() {
            let part = IPPart(rawValue: word) ?? .transport
            guard read.insert(part).inserted else { return false }
            switch part {
            case .srcip, .dstip: guard readAddress(part == .srcip ? .source : .destination) else { return false }
            case .srcport, .dstport:
                let side: FilterSide = part == .srcport ? .source : .destination
                guard readComparison(at: side.portComparison), let word = words.popFirst(),
                    let port = FilterName.ports[word] ?? decimal(word)
                else { return false }
                put(port, at: side.port)
            case .est: octets[15] = 1
            case .transport:
                guard let number = FilterName.protocols[word] ?? decimal(word) else { return false }
                octets[14] = number
            }
        }
        return true
    }

    /// An address with the length of its prefix. Without one it has that of its class (RFC 791 §3.2), as FreeRADIUS has
    /// it. `/0` of an address other than 0.0.0.0 is refused: FreeRADIUS takes the class for it, against what it says.
    private mutating func readAddress(_ side: FilterSide) -> Bool {
        guard let parts = words.popFirst()?.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false),
            let address = IPv4Text.octets(parts[0])
        else { return false }
        let length: UInt8
        if parts.count == 2 {
            guard let number: UInt8 = decimal(parts[1]), number <= 32, number != 0 || address == [0, 0, 0, 0] else {
                return false
            }
            length = number
        } else {
            switch address[0] {
            case 0..<0x80: length = address == [0, 0, 0, 0] ? 0 : 8
            case 0x80..<0xc0: length = 16
            case 0xc0..<0xe0: length = 24
            default: length = 32
            }
        }
        put(address, at: side.address)
        octets[side.prefixLength] = length
        return true
    }

    /// FreeRADIUS reads one side alone, but prints both.
    private mutating func readIPX() -> Bool {
        var rest = FilterSide.both
        while let word = words.popFirst() {
            guard let index = rest.firstIndex(where: { word == "\($0.name)ipxnet" }) else { return false }
            let side = rest.remove(at: index)
            guard let network = hexadecimal(words.popFirst(), octetMaximum: 4),
                words.popFirst() == "\(side.name)ipxnode",
                let node = words.popFirst().flatMap({ Hexadecimal.octets(withoutPrefix($0)) }), node.count == 6
            else { return false }
            put(network, at: side.node - network.count)
            put(node, at: side.node)
            guard words.first == "\(side.name)ipxsock" else { continue }
            words = words.dropFirst()
            guard readComparison(at: side.socketComparison),
                let socket = hexadecimal(words.popFirst(), octetMaximum: 2)
            else { return false }
            put(socket, at: side.socket + 2 - socket.count)
        }
        return true
    }

    private mutating func readComparison(at index: Int) -> Bool {
        guard let word = words.popFirst(), let number = FilterText.comparisons.firstIndex(of: word) else {
            return false
        }
        octets[index] = UInt8(number)
        return true
    }

    private func decimal<Number: FixedWidthInteger & UnsignedInteger>(_ word: some StringProtocol) -> Number? {
        word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Number(word) : nil
    }

    /// Reads a number of any count of digits that so many octets hold.
    private func hexadecimal(_ word: String?, octetMaximum: Int) -> [UInt8]? {
        guard let digits = word.map({ withoutPrefix($0) }), (1...octetMaximum * 2).contains(digits.utf8.count) else {
            return nil
        }
        return Hexadecimal.octets(digits.utf8.count.isMultiple(of: 2) ? String(digits) : "0\(digits)")
    }

    private func withoutPrefix(_ word: String) -> Substring { word.hasPrefix("0x") ? word.dropFirst(2) : word[...] }

    private mutating func put(_ number: UInt16, at index: Int) {
        put([UInt8(number >> 8), UInt8(number & 0xff)], at: index)
    }

    private mutating func put(_ value: [UInt8], at index: Int) {
        octets.replaceSubrange(index..<index + value.count, with: value)
    }
}
