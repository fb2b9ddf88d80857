import Cryptography

/// What octets that somebody typed may be as text. A device tells nobody which character set it sends.
///
/// There are two readings at most: as UTF-8, where that is possible, and as one octet for each character. How many there
/// are depends on the octets alone, and whoever tries one tries all: the time that a login takes does not tell which
/// one was right.
package struct TextReading: Sendable, Equatable {
    /// In canonical form.
    package let text: String
    package let characterSet: CharacterSet

    private init?(_ octets: [UInt8], as characterSet: CharacterSet) {
        guard let text = characterSet.text(octets) else { return nil }
        self.text = text.canonical
        self.characterSet = characterSet
    }

    /// Whether `octets` read the same in every character set: they are ASCII, as nearly all are.
    package static func isSame(_ octets: [UInt8]) -> Bool { octets.allSatisfy { $0 < 0x80 } }

    /// The readings, likeliest first.
    ///
    /// - Parameter characterSet: the only one to try; nil where nobody knows.
    package static func all(of octets: [UInt8], in characterSet: CharacterSet? = nil) -> [TextReading] {
        let candidates = characterSet.map { [$0] } ?? CharacterSet.candidates(for: octets)
        return candidates.compactMap { TextReading(octets, as: $0) }
    }

    /// A name's likeliest text, and all its readings; none for a name in ASCII, which has nothing to choose from.
    ///
    /// - Returns: nil for octets that are no text in `characterSet`.
    package static func name(
        of octets: [UInt8], in characterSet: CharacterSet? = nil
    ) -> (text: String, readings: [TextReading])? {
        guard !isSame(octets) else { return (String(decoding: octets, as: UTF8.self), []) }
        let readings = all(of: octets, in: characterSet)
        return readings.first.map { ($0.text, readings) }
    }
}

/// The same of a PIN or password, in octets that are wiped.
struct SecretReading {
    /// The canonical form, as UTF-8.
    let secret: SecretOctets
    let characterSet: CharacterSet

    /// The readings, likeliest first.
    ///
    /// - Parameter characterSet: the only one to try; nil where nobody knows.
    static func all(of secret: SecretOctets, in characterSet: CharacterSet? = nil) -> [SecretReading] {
        let candidates = characterSet.map { [$0] } ?? CharacterSet.candidates(for: secret.octets)
        return candidates.compactMap { candidate in
            candidate.canonical(secret).map { SecretReading(secret: $0, characterSet: candidate) }
        }
    }
}
