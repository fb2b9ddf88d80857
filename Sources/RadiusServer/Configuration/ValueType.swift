import Cryptography
import TokenEngine

/// How the values of a key are written: what to tell people, and the one function that reads them.
struct ValueType<Value: Sendable>: Sendable {
    /// For the manual, such as `yes or no`.
    let description: String
    let parse: @Sendable (String, ValueContext) throws(UnfitValue) -> Value

    init(
        _ description: String, parse: @escaping @Sendable (String, ValueContext) throws(UnfitValue) -> Value
    ) {
        self.description = description
        self.parse = parse
    }
}

/// Why a text is no value of its key.
struct UnfitValue: Error, Equatable {
    /// How the message shows what was there; never a secret.
    let shown: String
    let expected: String

    init(shown: String, expected: String) {
        self.shown = shown
        self.expected = expected
    }

    init(_ value: String, expected: String) {
        self.init(shown: value.isEmpty ? "empty" : "'\(value)'", expected: expected)
    }
}

/// Where a value stands.
struct ValueContext: Sendable {
    /// The file's path, as it was given.
    let file: String

    /// `path`, taken from the directory of the file unless it is absolute.
    func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}

/// A choice that can be left to the server.
package enum AutomaticChoice: String, Sendable, CaseIterable {
    case yes
    case no
    case automatic = "auto"
}

extension ValueType<String> {
    static let text = ValueType("text") { (text, _) throws(UnfitValue) in
        guard !text.isEmpty else { throw UnfitValue(text, expected: "a text") }
        return text
    }

    static let name = ValueType("name") { (text, _) throws(UnfitValue) in
        guard !text.isEmpty, !text.contains(where: \.isWhitespace) else { throw UnfitValue(text, expected: "a name") }
        return text
    }

    static let path = ValueType("path, relative to this file") { (text, context) throws(UnfitValue) in
        guard !text.isEmpty else { throw UnfitValue(text, expected: "the path of a file") }
        return context.resolve(text)
    }
}

extension ValueType<Bool> {
    static let yesOrNo = ValueType("yes or no") { (text, _) throws(UnfitValue) in
        switch text.lowercased() {
        case "yes", "true", "on", "1": return true
        case "no", "false", "off", "0": return false
        default: throw UnfitValue(text, expected: "yes or no")
        }
    }
}

extension ValueType<Int> {
    static func number(_ range: ClosedRange<Int>) -> ValueType {
        ValueType("number, \(range.lowerBound) to \(range.upperBound)") { (text, _) throws(UnfitValue) in
            guard let number = Int(text), range.contains(number) else {
                throw UnfitValue(text, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

extension ValueType<Int64> {
    /// `120`, `120s`, `2m` or `1h`.
    static func seconds(_ range: ClosedRange<Int64>) -> ValueType {
        ValueType("seconds, \(range.lowerBound) to \(range.upperBound)") { (text, _) throws(UnfitValue) in
            let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
            let unit = text.last.flatMap { units[$0] }
            let digits = unit == nil ? text[...] : text.dropLast()
            guard let number = Int64(digits),
                case let (seconds, overflow) = number.multipliedReportingOverflow(by: unit ?? 1), !overflow,
                range.contains(seconds)
            else { throw UnfitValue(text, expected: "\(range.lowerBound) to \(range.upperBound) seconds") }
            return seconds
        }
    }
}

extension ValueType where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words that an enumeration has.
    static var choice: ValueType {
        let words = Value.allCases.map(\.rawValue)
        let description = words.joined(separator: ", ")
        return ValueType(description) { (text, _) throws(UnfitValue) in
            guard let choice = Value(rawValue: text.lowercased()) else {
                throw UnfitValue(text, expected: "one of \(description)")
            }
            return choice
        }
    }
}

extension ValueType<IPAddressPrefix> {
    static let prefix = ValueType("IP address or prefix") { (text, _) throws(UnfitValue) in
        guard let prefix = IPAddressPrefix(text) else {
            throw UnfitValue(text, expected: "an address or a prefix such as 192.0.2.0/24 or 2001:db8::/64")
        }
        return prefix
    }
}

extension ValueType<PasswordHashCost> {
    /// scrypt's N as a power of two; one more doubles time and memory.
    static func hashCost(_ range: ClosedRange<Int>) -> ValueType {
        let number = ValueType<Int>.number(range)
        return ValueType(number.description) { (text, context) throws(UnfitValue) in
            PasswordHashCost(logarithmOfN: try number.parse(text, context))
        }
    }
}

extension ValueType<SecretOctets> {
    /// Text as it stands, or octets as `0x…`. A message never shows it.
    static let secret = ValueType("text, or octets as 0x…") { (text, _) throws(UnfitValue) in
        guard !text.isEmpty else { throw UnfitValue(shown: "empty", expected: "at least 16 characters by chance") }
        guard text.hasPrefix("0x"), let octets = Hexadecimal.octets(text.dropFirst(2)), !octets.isEmpty else {
            return SecretOctets(utf8: text)
        }
        return SecretOctets(octets)
    }
}

extension ValueType<UserNameSplitting> {
    static let splitting = ValueType("no, at, backslash or both with a comma") { (text, _) throws(UnfitValue) in
        var splitting = UserNameSplitting(atSign: false, backslash: false)
        for word in text.split(separator: ",").map(trimmed) {
            switch word {
            case "at", "@": splitting.atSign = true
            case "backslash", "\\": splitting.backslash = true
            case "no" where trimmed(text[...]) == "no": break
            default: throw UnfitValue(text, expected: "no, at, backslash, or at and backslash with a comma")
            }
        }
        return splitting
    }
}

extension ValueType<CharacterSet?> {
    /// nil for `auto`.
    static let characterSet = ValueType("auto, \(names.joined(separator: ", "))") { (text, _) throws(UnfitValue) in
        let name = text.lowercased()
        guard name != "auto" else { return nil }
        guard let characterSet = CharacterSet(rawValue: name) else {
            throw UnfitValue(text, expected: "one of auto, \(names.joined(separator: ", "))")
        }
        return characterSet
    }

    private static let names = CharacterSet.allCases.map(\.rawValue)
}
