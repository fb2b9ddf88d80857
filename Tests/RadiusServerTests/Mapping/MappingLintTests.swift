import RadiusCodec
import Testing

@testable import RadiusServer

@Suite struct MappingLintTests {
    /// The one that comes with the program.
    private static let dictionary = AttributeDictionary.load(file: "dictionary") { EmbeddedFile.octets(of: $0) }.0

    private func lint(_ text: String) throws -> [String] {
        let (mapping, diagnostics) = AttributeMapping.parse(
            Array(text.utf8), path: "t", dictionary: Self.dictionary)
        #expect(diagnostics.isEmpty)
        return try #require(mapping).lint().map(\.description)
    }

    @Test(arguments: try CaseFile("Mapping/lint.txt").cases)
    func finds(_ example: CaseFile.Case) throws {
        #expect(try lint(example.text("input")) == example["findings"])
    }

    @Test(arguments: try CaseFile("Mapping/notes.txt").cases)
    func tellsWhatThePlugInDoes(_ example: CaseFile.Case) throws {
        let dictionary = AttributeMappingTests.dictionary
        let (mapping, diagnostics) = AttributeMapping.parse(
            Array(example.text("input").utf8), path: "t", dictionary: dictionary)
        #expect(diagnostics.isEmpty)
        #expect(try #require(mapping).differencesFromPlugin().map(\.description) == example["notes"])
    }

    @Test func aReplyThatIsTooLongBeforeAnyValueIsInIt() throws {
        let lines = (1...20).map { _ in "Filter-Id = " + String(repeating: "x", count: 250) + "\n" }
        #expect(
            try lint("[Rule a]\nresult = accept\n" + lines.joined()) == [
                "t:19: warning: the accept is too long: Filter-Id the packet would be larger than 4096 octets"
            ])
        #expect(try lint("[Rule a]\nwhen = user.group exists\n" + lines.joined()) == [])
    }

    @Test func aConstantThatDoesNotFit() throws {
        let text = "[Attribute Session-Timeout]\nuserAttribute = serial\nregex = x\nprefix = soon\n"
        let findings = try lint(text)
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("t:1: warning: what it sends is no integer: ") == true)
    }
}
