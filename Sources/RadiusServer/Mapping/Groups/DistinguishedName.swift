/// The name of an entry in a directory, such as `CN=vpn-admins,OU=Groups,DC=example,DC=com`, read by RFC 4514 and kept in
/// the form in which two names of the same entry are equal.
///
/// Names are compared as directories compare them (RFC 4517 §4.2.15, caseIgnoreMatch): without regard to case, to blanks
/// at either end of a value and to how many stand between two words. An attribute type may be a name or its number.
struct DistinguishedName: Sendable, Hashable {
    /// One level of the tree. Of a name such as `CN=a+UID=7` it has two assertions, in whatever order they were written.
    struct Component: Sendable, Hashable {
        /// `cn=vpn-admins`, sorted.
        let assertions: [Assertion]
    }

    struct Assertion: Sendable, Hashable, Comparable {
        /// In lower case, a name where RFC 4514 §3 has one.
        let type: String
        /// Folded: see ``Folding``.
        let value: String

        static func < (one: Assertion, other: Assertion) -> Bool { (one.type, one.value) < (other.type, other.value) }
    }

    /// From the entry upwards: the first is the entry's own. Never empty.
    let components: [Component]

    /// nil for a text that is none, the empty one included.
    init?(_ text: some StringProtocol) {
        var parser = DistinguishedNameParser(text)
        guard let components = parser.components() else { return nil }
        self.components = components
    }

    /// Whether this entry stands somewhere below `ancestor`, in the tree. Nothing is below itself.
    func isBelow(_ ancestor: DistinguishedName) -> Bool {
        components.count > ancestor.components.count
            && components[(components.count - ancestor.components.count)...] == ancestor.components[...]
    }

    /// Whether the levels of `part` stand in this name, one after the other.
    func contains(_ part: DistinguishedName) -> Bool {
        let size = part.components.count
        guard components.count >= size else { return false }
        return (0...components.count - size).contains { components[$0..<$0 + size] == part.components[...] }
    }

    /// Whether `name`, which is folded, is what the entry itself is called: `vpn-admins` for `CN=vpn-admins,OU=Groups`.
    func isNamed(_ name: String) -> Bool {
        components.first?.assertions.contains { $0.value == name } ?? false
    }
}

/// How texts of a directory are made comparable.
enum Folding {
    /// Lower case, no blanks at either end, one between two words (RFC 4518 §2.2 and §2.6.1).
    static func folded(_ text: some StringProtocol) -> String {
        let lower = text.lowercased()
        // Nearly every name is its own.
        guard lower.utf8.first == 0x20 || lower.utf8.last == 0x20 || lower.contains("  ") else { return lower }
        return lower.split(separator: " ").joined(separator: " ")
    }
}

/// Reads the text once, octet by octet: each character that means something is one octet.
private struct DistinguishedNameParser {
    private let octets: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) { octets = Array(text.utf8) }

    private var next: UInt8? { position < octets.count ? octets[position] : nil }

    mutating func components() -> [DistinguishedName.Component]? {
        var components: [DistinguishedName.Component] = []
        while true {
            var assertions: [DistinguishedName.Assertion] = []
            while true {
                guard let assertion = assertion() else { return nil }
                assertions.append(assertion)
                guard next == UInt8(ascii: "+") else { break }
                position += 1
            }
            components.append(.init(assertions: assertions.sorted()))
            guard let separator = next else { return components }
            guard separator == UInt8(ascii: ",") else { return nil }
            position += 1
        }
    }

    /// `type=value`. People put blanks around the signs, which RFC 2253 §4 has readers allow.
    private mutating func assertion() -> DistinguishedName.Assertion? {
        skipBlanks()
        guard let type = type() else { return nil }
        skipBlanks()
        guard next == UInt8(ascii: "=") else { return nil }
        position += 1
        skipBlanks()
        guard let value = next == UInt8(ascii: "#") ? hexadecimalValue() : value() else { return nil }
        return .init(type: type, value: value)
    }

    private mutating func skipBlanks() {
        while next == 0x20 { position += 1 }
    }

    // MARK: Types

    /// Types that RFC 4514 §3 gives a short name, by their numbers.
    private static let names = [
        "2.5.4.3": "cn", "2.5.4.7": "l", "2.5.4.8": "st", "2.5.4.10": "o", "2.5.4.11": "ou", "2.5.4.6": "c",
        "2.5.4.9": "street", "0.9.2342.19200300.100.1.25": "dc", "0.9.2342.19200300.100.1.1": "uid",
    ]

    /// A keyword or a numeric object identifier (RFC 4512 §1.4).
    private mutating func type() -> String? {
        let start = position
        while let octet = next,
            octet.isLetter || octet.isDigit || octet == UInt8(ascii: "-") || octet == UInt8(ascii: ".")
        {
            position += 1
        }
        let text = octets[start..<position]
        guard let first = text.first else { return nil }
        let type = String(decoding: text, as: UTF8.self).lowercased()
        guard first.isDigit else {
            return first.isLetter && !text.contains(UInt8(ascii: ".")) ? type : nil
        }
        let arcs = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard arcs.count > 1, arcs.allSatisfy({ Self.isArc($0) }) else { return nil }
        return Self.names[type] ?? type
    }

    private static func isArc(_ digits: ArraySlice<UInt8>) -> Bool {
        !digits.isEmpty && digits.allSatisfy(\.isDigit) && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
    }

    // MARK: Values

    /// A value as text, with its escapes (RFC 4514 §2.4).
    private mutating func value() -> String? {
        var value: [UInt8] = []
        while let octet = next, octet != UInt8(ascii: ","), octet != UInt8(ascii: "+") {
            position += 1
            switch octet {
            case UInt8(ascii: "\\"):
                guard let escaped = escapedOctet() else { return nil }
                value.append(escaped)
            case UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"), 0: return nil
            default: value.append(octet)
            }
        }
        return String(validating: value, as: UTF8.self).map { Folding.folded($0) }
    }

    /// What stands behind a backslash: the character itself, or two hexadecimal digits.
    private mutating func escapedOctet() -> UInt8? {
        guard let octet = next else { return nil }
        if Self.escapable.contains(octet) {
            position += 1
            return octet
        }
        return hexadecimalOctet()
    }

    private static let escapable = Array("\\\"+,;<> #=".utf8)

    private mutating func hexadecimalOctet() -> UInt8? {
        guard position + 1 < octets.count, let high = octets[position].hexadecimalDigit,
            let low = octets[position + 1].hexadecimalDigit
        else { return nil }
        position += 2
        return high << 4 | low
    }

    /// `#` and the value's BER encoding. Of a string the text is taken; anything else stays as it is.
    private mutating func hexadecimalValue() -> String? {
        position += 1
        let start = position
        var encoded: [UInt8] = []
        while let octet = hexadecimalOctet() { encoded.append(octet) }
        let digits = String(decoding: octets[start..<position], as: UTF8.self).lowercased()
        skipBlanks()
        guard !encoded.isEmpty, next == nil || next == UInt8(ascii: ",") || next == UInt8(ascii: "+") else {
            return nil
        }
        // UTF8String, PrintableString and IA5String whose length is one octet (X.690 §8.1.3.4).
        if encoded.count >= 2, [0x0c, 0x13, 0x16].contains(encoded[0]), encoded[1] < 0x80,
            Int(encoded[1]) == encoded.count - 2, let text = String(validating: encoded[2...], as: UTF8.self)
        {
            return Folding.folded(text)
        }
        return "#\(digits)"
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
