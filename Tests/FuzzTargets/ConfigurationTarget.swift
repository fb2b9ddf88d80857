import RadiusCodec
import RadiusServer

extension Fuzzing {
    /// What was read of a file, written out again and read once more, is the same.
    func checkConfiguration(_ input: [UInt8]) throws(BrokenProperty) {
        let (file, diagnostics) = ConfigurationFile.parse(input, path: "fuzzing.ini")
        let lines = 1...input.count { $0 == UInt8(ascii: "\n") } + 1
        for diagnostic in diagnostics {
            try demand(lines.contains(diagnostic.line), "\(diagnostic) lies outside of the file")
            try demand(Self.isPrintable(diagnostic.message), "the message would act on a terminal")
            try demand(diagnostic.message.hasSuffix(")"), "\(diagnostic) says nothing of what was expected")
        }
        for section in file.sections {
            try demand(lines.contains(section.line), "\(section.heading) lies outside of the file")
            try demand(!section.kind.isEmpty && section.name != "", "a heading without a kind, or with an empty name")
            for entry in section.entries {
                try demand(lines.contains(entry.line) && !entry.key.isEmpty, "\(entry) has no key or no place")
                try demand(entry.valueAsWritten.hasPrefix(entry.value), "\(entry) was not written so")
            }
        }
        let text = file.sections.map(Self.text).joined()
        let (again, mistakes) = ConfigurationFile.parse(Array(text.utf8), path: "again.ini")
        try demand(mistakes.isEmpty, "what was read is refused when it is written: \(mistakes)")
        try demand(again.sections.map(Self.text).joined() == text, "\(text) came back as something else")
        try demand(
            again.sections.map(\.entries.count) == file.sections.map(\.entries.count), "\(text) has other entries")
    }

    private static func text(_ section: ConfigurationFile.Section) -> String {
        section.heading + "\n" + section.entries.map(text).joined()
    }

    /// An entry as a file has it: in one line, or as a here-document whose end is none of its lines.
    private static func text(_ entry: ConfigurationFile.Entry) -> String {
        let octets = entry.value.utf8
        let isPlain = !octets.contains(UInt8(ascii: "\n")) && !octets.starts(with: "<<".utf8)
        if isPlain, octets.first != UInt8(ascii: " "), octets.first != UInt8(ascii: "\t") {
            return "\(entry.key) = \(entry.valueAsWritten)\n"
        }
        var end = "END"
        while entry.value.contains(end) { end += "D" }
        return "\(entry.key) = <<\(end)\n\(entry.value)\n\(end)\n"
    }
}
