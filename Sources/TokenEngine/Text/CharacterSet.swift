import Cryptography

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
        case .latin1, .windows1252:
            var text = String.UnicodeScalarView()
            for octet in octets { text.append(scalar(of: octet)) }
            return String(text)
        }
    }

    /// What ``text(_:)`` gives of a secret's octets, in canonical form and as UTF-8. A String cannot be wiped, so none is made,
    /// unless there are marks to be composed, as some keyboards of Apple send them.
    ///
    /// - Returns: nil when they are not of this character set, which only UTF-8 can say.
    func canonical(_ secret: SecretOctets) -> SecretOctets? {
        switch self {
        case .utf8:
            let octets = secret.octets
            do throws(UTF8.ValidationError) {
                var text = try UTF8Span(validating: octets.span)
                if text.checkForNFC(quickCheck: true) { return secret }
                return SecretOctets(utf8: String(copying: text).canonical)
            } catch { return nil }
        case .latin1, .windows1252:
            // Their letters are composed already; none takes more than three octets.
            return SecretOctets(
                [UInt8](capacity: 3 * secret.count) { output in
                    for octet in secret.octets { for unit in scalar(of: octet).utf8 { output.append(unit) } }
                })
        }
    }

    /// What an octet stands for where each is a character.
    private func scalar(of octet: UInt8) -> Unicode.Scalar {
        self == .windows1252 && (0x80...0x9f).contains(octet)
            ? Self.windowsScalars[Int(octet) - 0x80] : Unicode.Scalar(octet)
    }

    /// Those that `octets` may be in, likeliest first: UTF-8, which is seldom met by chance, before the others. ISO 8859-1 and
    /// Windows-1252 differ where the former has no characters to type, so one of the two is enough.
    static func candidates(for octets: [UInt8]) -> [CharacterSet] {
        [.utf8, octets.contains { (0x80...0x9f).contains($0) } ? .windows1252 : .latin1]
    }

    /// What Windows-1252 has for 0x80 to 0x9f; five octets that it leaves open keep their number, as everybody has them.
    private static let windowsScalars: [Unicode.Scalar] = [
        "\u{20ac}", "\u{81}", "\u{201a}", "\u{192}", "\u{201e}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{2c6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8d}", "\u{17d}", "\u{8f}",
        "\u{90}", "\u{2018}", "\u{2019}", "\u{201c}", "\u{201d}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{2dc}", "\u{2122}", "\u{161}", "\u{203a}", "\u{153}", "\u{9d}", "\u{17e}", "\u{178}",
    ]
}
