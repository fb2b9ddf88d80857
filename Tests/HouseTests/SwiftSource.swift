/// A Swift file, and the same with every comment and string literal blanked out, line by line, so that a check can look
/// at what is code and at nothing else.
struct SwiftSource {
    let path: String
    let lines: [Substring]
    let code: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = Self.blanked(text).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The folder below Sources, which is the target's name; empty for a file that lies elsewhere.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : ""
    }

    /// What the reader is inside of.
    private enum Context {
        case code
        case lineComment
        case blockComment(depth: Int)
        /// A literal that ends with `closing`, and in which a backslash followed by `pounds` number signs escapes.
        case string(closing: [UInt8], pounds: Int)
    }

    /// Line ends stay where they are. An interpolation counts as part of its string. Works on octets: the sources are
    /// half a million characters, and the tests are not optimised.
    private static func blanked(_ text: String) -> String {
        let octets = Array(text.utf8)
        var blanked = octets
        var context = Context.code
        var position = 0

        func comes(_ expected: [UInt8]) -> Bool { octets[position...].starts(with: expected) }

        /// Leaves blanks in the place of the next octets.
        func skip(_ count: Int) {
            let end = min(position + count, octets.count)
            for index in position..<end where octets[index] != lineFeed { blanked[index] = blank }
            position = end
        }

        while position < octets.count {
            switch context {
            case .code:
                if octets[position] == slash, comes([slash, slash]) {
                    context = .lineComment
                } else if octets[position] == slash, comes([slash, star]) {
                    context = .blockComment(depth: 0)
                } else if let literal = literal(in: octets[position...]) {
                    context = .string(closing: literal.closing, pounds: literal.pounds)
                    skip(literal.closing.count)
                } else {
                    position += 1
                }
            case .lineComment:
                if octets[position] == lineFeed { context = .code }
                skip(1)
            case .blockComment(let depth):
                if comes([slash, star]) {
                    context = .blockComment(depth: depth + 1)
                    skip(2)
                } else if comes([star, slash]) {
                    context = depth == 1 ? .code : .blockComment(depth: depth - 1)
                    skip(2)
                } else {
                    skip(1)
                }
            case .string(let closing, let pounds):
                if octets[position] == backslash, comes([backslash] + [UInt8](repeating: pound, count: pounds)) {
                    skip(pounds + 2)
                } else if octets[position] == quote, comes(closing) {
                    context = .code
                    skip(closing.count)
                } else {
                    skip(1)
                }
            }
        }
        return String(decoding: blanked, as: UTF8.self)
    }

    /// What will close the string literal that begins here, if one does: `"`, `"""`, `"#`, `"""##`.
    private static func literal(in rest: ArraySlice<UInt8>) -> (closing: [UInt8], pounds: Int)? {
        guard let first = rest.first, first == pound || first == quote else { return nil }
        let pounds = rest.prefix { $0 == pound }.count
        let quotes = rest.dropFirst(pounds).prefix(3)
        guard quotes.first == quote else { return nil }
        let isMultiline = quotes.elementsEqual([quote, quote, quote])
        let closing = [UInt8](repeating: quote, count: isMultiline ? 3 : 1) + [UInt8](repeating: pound, count: pounds)
        return (closing, pounds)
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let blank = UInt8(ascii: " ")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")
    private static let pound = UInt8(ascii: "#")
    private static let quote = UInt8(ascii: "\"")
}

/// A fault that a check found, told as the compiler tells its own.
struct Finding: Equatable, CustomStringConvertible {
    let path: String
    /// 1-based; 0 for the file as a whole.
    let line: Int
    let what: String
    let instead: String

    var description: String { "\(path):\(line): \(what); \(instead)" }
}
