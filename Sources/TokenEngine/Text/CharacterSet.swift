/// How octets stand for characters. ASCII is the same in all of them.
package enum CharacterSet: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// ISO 8859-1: an octet is the scalar of its number.
    case latin1 = "latin-1"
    /// Windows-1252: as ISO 8859-1, with letters, quotation marks and `€` in 0x80 to 0x9f.
    case windows1252 = "cp1252"

    /// The text that `octets` are, not yet in canonical form.
    ///
    /// - Returns: nil when they are not of this character set, which only UTF-8 can say.
    func text(_ octets: [UInt8]) -> String? {
        switch self {
        case .utf8: return String(validating: octets, as: UTF8.self)
        case .latin1: return Self.text(octets) { Unicode.Scalar($0) }
        case .windows1252:
            return Self.text(octets) { octet in
                (0x80...0x9f).contains(octet) ? Self.windowsScalars[Int(octet) - 0x80] : Unicode.Scalar(octet)
            }
        }
    }

    private static func text(_ octets: [UInt8], _ scalar: (UInt8) -> Unicode.Scalar) -> String {
        var text = String.UnicodeScalarView()
        for octet in octets { text.append(scalar(octet)) }
        return String(text)
    }

    /// What Windows-1252 has for 0x80 to 0x9f; five octets that it leaves open keep their number, as everybody has them.
    private static let windowsScalars: [Unicode.Scalar] = [
        "\u{20ac}", "\u{81}", "\u{201a}", "\u{192}", "\u{201e}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{2c6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8d}", "\u{17d}", "\u{8f}",
        "\u{90}", "\u{2018}", "\u{2019}", "\u{201c}", "\u{201d}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{2dc}", "\u{2122}", "\u{161}", "\u{203a}", "\u{153}", "\u{9d}", "\u{17e}", "\u{178}",
    ]
}
