/// Octets as hexadecimal digits (RFC 4648 §8), lower case when written, either case when read.
package enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(_ octets: some Sequence<UInt8>) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(octets.underestimatedCount * 2)
        for octet in octets {
            characters.append(digits[Int(octet >> 4)])
            characters.append(digits[Int(octet & 15)])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// - Returns: nil when the text has an odd number of digits or something that is no digit.
    package static func octets(_ text: some StringProtocol) -> [UInt8]? { octets(digits: text.utf8) }

    /// The same, of characters as octets: a secret is never a text, which could not be wiped.
    package static func octets(digits: some Collection<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        // It must not grow, and leave a copy behind.
        octets.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for character in digits {
            guard let value = value(of: character) else { return nil }
            if let first = high {
                octets.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? octets : nil
    }

    /// The value of one hexadecimal digit, 0 to 15; nil for anything else.
    package static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Octets as Base32 (RFC 4648 §6), without padding: how authenticator apps take a seed.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func text(_ octets: Span<UInt8>) -> String {
        var characters: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for index in octets.indices {
            bits = bits << 8 | UInt32(octets[index])
            count += 8
            while count >= 5 {
                count -= 5
                characters.append(alphabet[Int(bits >> UInt32(count) & 31)])
            }
            bits &= 1 << UInt32(count) - 1
        }
        if count > 0 { characters.append(alphabet[Int(bits << UInt32(5 - count) & 31)]) }
        return String(decoding: characters, as: UTF8.self)
    }

    /// Reads either case, ignores spaces, hyphens and padding (people type seeds in groups).
    ///
    /// - Returns: nil when a character is not of the alphabet, or the length is one that no octets encode to.
    package static func octets(_ text: some StringProtocol) -> [UInt8]? {
        var octets: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var characters = 0
        for character in text.utf8 {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a")
            case UInt8(ascii: "2")...UInt8(ascii: "7"): value = character - UInt8(ascii: "2") + 26
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "="): continue
            default: return nil
            }
            characters += 1
            bits = bits << 5 | UInt32(value)
            count += 5
            if count >= 8 {
                count -= 8
                octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
            bits &= 1 << UInt32(count) - 1
        }
        return [1, 3, 6].contains(characters % 8) ? nil : octets
    }
}
