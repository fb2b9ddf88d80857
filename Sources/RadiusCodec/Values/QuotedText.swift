/// Octets as text between double quotes, the way FreeRADIUS writes strings.
enum QuotedText {
    /// Text without its quotes. What is no UTF-8, and what would act on a terminal, becomes `\ooo`; one NUL at the end,
    /// which some devices send, is left out.
    static func escaped(_ octets: [UInt8]) -> String {
        escaped(octets[..<(octets.last == 0 ? octets.count - 1 : octets.count)], quotes: true)
    }

    /// A text for people, in which nothing acts on a terminal: what a message repeats of a file or a command line.
    static func harmless(_ text: String) -> String {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) } ? text : escaped(Array(text.utf8)[...], quotes: false)
    }

    /// - Parameter quotes: whether `"` and `\` are escaped too, so that the text can stand between quotes.
    private static func escaped(_ octets: ArraySlice<UInt8>, quotes: Bool) -> String {
        var escaped: [UInt8] = []
        var index = octets.startIndex
        while index < octets.endIndex {
            let octet = octets[index]
            if let letter = letter(of: octet), quotes || letter != octet {
                escaped += [UInt8(ascii: "\\"), letter]
                index += 1
                continue
            }
            let size = sizeOfCharacter(octets[index...])
            if size == 0 {
                escaped.append(UInt8(ascii: "\\"))
                for shift in [6, 3, 0] { escaped.append(UInt8(ascii: "0") + (octet >> UInt8(shift) & 7)) }
                index += 1
            } else {
                escaped += octets[index..<index + size]
                index += size
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// The octets that ``escaped(_:)`` made text from. A backslash before anything else stands for itself.
    static func octets(unescaping text: [UInt8]) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = text[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let next = rest.first else {
                octets.append(octet)
                continue
            }
            switch next {
            case UInt8(ascii: "n"): octets.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "r"): octets.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "t"): octets.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): octets.append(next)
            default:
                guard let number = octal(rest.prefix(3)) else {
                    octets.append(octet)
                    continue
                }
                octets.append(number)
                rest = rest.dropFirst(3)
                continue
            }
            rest = rest.dropFirst()
        }
        return octets
    }

    private static func letter(of octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): octet
        case UInt8(ascii: "\n"): UInt8(ascii: "n")
        case UInt8(ascii: "\r"): UInt8(ascii: "r")
        case UInt8(ascii: "\t"): UInt8(ascii: "t")
        default: nil
        }
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3 else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            number = number * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: number)
    }

    /// How many octets the printable character at the beginning has; 0 when there is none. Control characters, those from
    /// U+0080 to U+009F too, are none.
    private static func sizeOfCharacter(_ octets: ArraySlice<UInt8>) -> Int {
        guard let first = octets.first else { return 0 }
        let size: Int
        switch first {
        case 0x20...0x7e: return 1
        case 0xc2...0xdf: size = 2
        case 0xe0...0xef: size = 3
        case 0xf0...0xf4: size = 4
        default: return 0
        }
        let character = octets.prefix(size)
        guard character.count == size, String(validating: character, as: UTF8.self) != nil else { return 0 }
        if first == 0xc2, character[character.startIndex + 1] < 0xa0 { return 0 }
        return size
    }
}
