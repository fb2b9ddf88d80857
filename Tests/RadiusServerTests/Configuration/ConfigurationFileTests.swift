import RadiusCodec
import TestSupport
import Testing

@testable import RadiusServer

@Suite struct ConfigurationFileTests {
    @Test(arguments: try CaseFile("Configurations/grammar.txt").cases)
    func reads(_ example: CaseFile.Case) {
        let (file, diagnostics) = ConfigurationFile.parse(Array(example.text("input").utf8), path: "t")
        #expect(lines(of: file) == example["reads"])
        #expect(diagnostics.map(\.description) == example["errors"])
    }

    private func lines(of file: ConfigurationFile) -> [String] {
        file.sections.flatMap { section in
            ["\(section.line) \(section.heading)"]
                + section.entries.map { "\($0.line) \($0.key) = '\($0.value.replacing("\n", with: "|"))'" }
        }
    }

    private func entries(_ octets: [UInt8]) -> [ConfigurationFile.Entry] {
        ConfigurationFile.parse(octets, path: "t").file.sections.flatMap(\.entries)
    }

    @Test func linesMayEndAsInDOSAndTheFileBeginWithAByteOrderMark() {
        let (file, diagnostics) = ConfigurationFile.parse(
            [0xef, 0xbb, 0xbf] + Array("[Server]\r\na = b\r\nc = <<E\r\nd\r\nE\r\n".utf8), path: "t")
        #expect(diagnostics.isEmpty)
        #expect(file.sections.map(\.heading) == ["[Server]"])
        #expect(file.sections.flatMap(\.entries).map(\.value) == ["b", "d"])
    }

    @Test func blanksBehindAValueAreKeptForThoseWhoWantThem() {
        let entry = entries(Array("[A]\nprefix = group: \t\n".utf8)).first
        #expect(entry?.value == "group:")
        #expect(entry?.valueAsWritten == "group: \t")
    }

    @Test func aCombiningMarkBehindASignOrABlankChangesNeither() {
        let mark = "\u{650}"
        let (file, diagnostics) = ConfigurationFile.parse(
            Array("[A \(mark)b ]\nkey =\(mark)x\nkey = \(mark)x\nkey = <<\(mark)E\n\(mark)x\n\(mark)E\n".utf8),
            path: "t")
        #expect(diagnostics.isEmpty)
        #expect(file.sections.map(\.heading) == ["[A \(mark)b]"])
        #expect(file.sections.map(\.name) == ["\(mark)b"])
        #expect(file.sections.flatMap(\.entries).map(\.key) == ["key", "key", "key"])
        #expect(file.sections.flatMap(\.entries).map(\.value) == ["\(mark)x", "\(mark)x", "\(mark)x"])
    }

    @Test func aLatin1CommentIsNobodysBusiness() {
        let octets = Array("# Gr".utf8) + [0xfc, 0xdf] + Array("e\n[A]\n".utf8)
        #expect(ConfigurationFile.parse(octets, path: "t").diagnostics.isEmpty)
    }

    @Test(arguments: [
        (
            Array("[A]\na = ".utf8) + [0xfc],
            "t:2: not UTF-8 (expected UTF-8; iconv -f latin1 -t utf8 turns a Latin-1 file into it)"
        ),
        (Array("[A]\na = b".utf8) + [0], "t:2: a control character (expected text)"),
        (Array("[A]\na = b\rc = d".utf8), "t:2: a control character (expected text)"),
        (Array("[A]\u{1b}[0m\n".utf8), "t:1: a control character (expected text)"),
    ])
    func refuses(_ octets: [UInt8], _ message: String) {
        #expect(ConfigurationFile.parse(octets, path: "t").diagnostics.map(\.description) == [message])
    }

    @Test func aLineThatIsNotUnderstoodIsNotRepeated() {
        let (_, diagnostics) = ConfigurationFile.parse(Array("[Client a]\nsecret: hunter2hunter2\n".utf8), path: "t")
        #expect(!diagnostics.isEmpty)
        #expect(!diagnostics.contains { $0.description.contains("hunter2") })
    }

    /// Whatever the octets, reading ends, and every section and key stands in a line that exists.
    @Test(arguments: 0..<200)
    func nothingTraps(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "[", "]", "=", "#", ";", " ", "\t", "\n", "\r\n", "<<E", "E", "a", "Server", "\u{e4}", "\0", "\u{feff}",
        ]
        var octets: [UInt8] = []
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            octets += Array((pieces.randomElement(using: &random) ?? "").utf8)
            if Int.random(in: 0...20, using: &random) == 0 { octets.append(.random(in: 0...255, using: &random)) }
        }
        let (file, diagnostics) = ConfigurationFile.parse(octets, path: "t")
        let lineCount = octets.count { $0 == 10 } + 1
        let lines = file.sections.map(\.line) + file.sections.flatMap(\.entries).map(\.line) + diagnostics.map(\.line)
        #expect(lines.allSatisfy { (1...lineCount).contains($0) })
    }
}
