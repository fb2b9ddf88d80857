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

    /// The readings, likeliest first: UTF-8, which is seldom met by chance, before the others. ISO 8859-1 and Windows-1252
    /// differ where the former has no characters to type, so one of the two is enough.
    ///
    /// - Parameter characterSet: the only one to try; nil where nobody knows.
    package static func all(of octets: [UInt8], in characterSet: CharacterSet? = nil) -> [TextReading] {
        if let characterSet { return [TextReading(octets, as: characterSet)].compactMap(\.self) }
        let isWindows = octets.contains { (0x80...0x9f).contains($0) }
        let readings = [
            TextReading(octets, as: .utf8), TextReading(octets, as: isWindows ? .windows1252 : .latin1),
        ]
        return readings.compactMap(\.self)
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
