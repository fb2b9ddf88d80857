package import RadiusCodec

/// The text of an ini file as sections, keys and values, each with its line. It knows no key and judges no value.
///
/// One grammar serves `watchword.ini` and the mapping. It is the one in which `rlm_perl.ini` is written, as Perl's
/// Config::IniFiles reads it:
///
/// - `[Kind]` or `[Kind name]`; `key = value`; blanks around each do not count.
/// - A comment is a line that begins with `#` or `;`. Behind a value there are no comments, and no quotes.
/// - `key = <<END` takes the lines up to `END` as one value of several lines.
/// - A key may be repeated and a section may be repeated: what that means is for the reader of the file to say.
/// - Lines end with LF or CRLF; a byte order mark is skipped; the encoding is UTF-8.
package struct ConfigurationFile: Sendable {
    /// One `key = value`.
    package struct Entry: Sendable, Equatable {
        package let key: String
        /// Without the blanks that stand behind it.
        package let value: String
        /// With them: in a prefix, a suffix or a regular expression they count.
        package let valueAsWritten: String
        /// Counted from 1; of a value of several lines the first.
        package let line: Int

        /// The lines of the value: one, except in a here-document.
        package var lines: [Substring] { value.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// One `[Kind name]` with what stands below it. The same heading may come again as another section.
    package struct Section: Sendable, Equatable {
        package let kind: String
        /// What stands behind the kind's first blank; nil when nothing does.
        package let name: String?
        package let line: Int
        package internal(set) var entries: [Entry]

        /// As it stands in the file: `[Kind name]`.
        package var heading: String { name.map { "[\(kind) \($0)]" } ?? "[\(kind)]" }
    }

    /// As it was given, for the diagnostics.
    package let path: String
    package internal(set) var sections: [Section] = []

    /// Reads the whole text, and on after a mistake, so that all of them are told at once.
    ///
    /// - Returns: what could be read, and an error for each line that could not.
    package static func parse(_ octets: [UInt8], path: String) -> (file: ConfigurationFile, diagnostics: [Diagnostic]) {
        var parser = ConfigurationParser(path: path)
        parser.parse(octets)
        return (parser.file, parser.diagnostics)
    }
}

/// Goes through the lines once. A message never repeats what a line says: a line that is not understood may be a
/// secret.
///
/// Signs and blanks are looked for among the octets: a blank and a combining mark behind it are one Character, which is no
/// blank.
private struct ConfigurationParser {
    var file: ConfigurationFile
    var diagnostics: [Diagnostic] = []
    private var lineNumber = 0
    private var hereDocument: HereDocument?
    /// Below a heading that could not be read, keys belong nowhere and are not worth a second message.
    private var isBelowBrokenHeading = false

    private struct HereDocument {
        let key: String
        let end: String
        let line: Int
        var lines: [String] = []
    }

    init(path: String) { file = ConfigurationFile(path: path) }

    mutating func parse(_ octets: [UInt8]) {
        var text = octets[...]
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            lineNumber += 1
            take(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        if let open = hereDocument {
            complain("\(open.key) has no end (expected a line with nothing but \(open.end))", at: open.line)
        }
    }

    private mutating func take(_ octets: ArraySlice<UInt8>) {
        let content = octets.drop(while: isBlank)
        if hereDocument == nil {
            guard let first = content.first else { return }
            // A comment may be in any encoding.
            guard first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return }
        }
        guard let line = text(of: hereDocument == nil ? content : octets) else { return }
        if hereDocument != nil {
            continueHereDocument(line)
        } else if line.utf8.first == UInt8(ascii: "[") {
            takeHeading(line)
        } else {
            takeEntry(line)
        }
    }

    private mutating func takeHeading(_ line: String) {
        isBelowBrokenHeading = true
        guard let close = line.utf8.lastIndex(of: UInt8(ascii: "]")) else {
            complain("the heading has no end (expected [Kind] or [Kind name])")
            return
        }
        guard line.utf8[close...].dropFirst().allSatisfy(isBlank) else {
            complain("text behind the heading's ] (expected nothing; a comment stands on a line of its own)")
            return
        }
        let inside = trimmed(Substring(line.utf8[..<close].dropFirst()))
        let parts = inside.utf8.split(maxSplits: 1, whereSeparator: isBlank).map { Substring($0) }
        guard let kind = parts.first else {
            complain("the heading is empty (expected [Kind] or [Kind name])")
            return
        }
        isBelowBrokenHeading = false
        let name = parts.count > 1 ? String(trimmed(parts[1])) : nil
        file.sections.append(.init(kind: String(kind), name: name, line: lineNumber, entries: []))
    }

    private mutating func takeEntry(_ line: String) {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")), equals > line.startIndex else {
            complain("neither a heading nor a key with its value (expected [Kind name] or key = value)")
            return
        }
        let key = String(trimmed(Substring(line.utf8[..<equals])))
        let value = Substring(line.utf8[equals...].dropFirst().drop(while: isBlank))
        if value.utf8.starts(with: "<<".utf8), case let end = trimmed(Substring(value.utf8.dropFirst(2))), !end.isEmpty
        {
            hereDocument = HereDocument(key: key, end: String(end), line: lineNumber)
            return
        }
        append(.init(key: key, value: String(trimmed(value)), valueAsWritten: String(value), line: lineNumber))
    }

    private mutating func continueHereDocument(_ line: String) {
        guard var document = hereDocument else { return }
        guard !trimmed(line[...]).utf8.elementsEqual(document.end.utf8) else {
            hereDocument = nil
            let value = document.lines.joined(separator: "\n")
            append(.init(key: document.key, value: value, valueAsWritten: value, line: document.line))
            return
        }
        document.lines.append(line)
        hereDocument = document
    }

    private mutating func append(_ entry: ConfigurationFile.Entry) {
        guard !isBelowBrokenHeading else { return }
        guard !file.sections.isEmpty else {
            complain("a key before the first heading (expected [Kind] or [Kind name] first)", at: entry.line)
            return
        }
        file.sections[file.sections.count - 1].entries.append(entry)
    }

    private mutating func text(of octets: ArraySlice<UInt8>) -> String? {
        guard !octets.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7f }) else {
            complain("a control character (expected text)")
            return nil
        }
        guard let text = String(validating: octets, as: UTF8.self) else {
            complain("not UTF-8 (expected UTF-8; iconv -f latin1 -t utf8 turns a Latin-1 file into it)")
            return nil
        }
        return text
    }

    private mutating func complain(_ message: String, at line: Int? = nil) {
        diagnostics.append(Diagnostic(file: file.path, line: line ?? lineNumber, message))
    }
}

private func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

/// `text` without blanks at either end.
func trimmed(_ text: Substring) -> Substring {
    var octets = text.utf8.drop(while: isBlank)
    while let last = octets.last, isBlank(last) { octets.removeLast() }
    return Substring(octets)
}
