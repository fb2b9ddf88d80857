import Foundation
import RadiusCodec
import TestSupport
import Testing

/// What the vector files are, taken together.
struct VectorTests {
    /// Whether a case is about something that must not be taken for what it claims to be.
    private static func mustFail(_ record: VectorRecord) -> Bool {
        if let fate = record["fate"] { return !["process", "accept", "challenge"].contains(fate) }
        return record["error"] != nil || record["signature"] == "invalid"
            || record["reply"].map { $0 != "valid" } == true
            || record.all("line").contains(where: isNoValue)
    }

    /// Whether a line shows an attribute by its number, though the dictionary has a name for it: its value is not as its
    /// definition says.
    private static func isNoValue(_ line: String) -> Bool {
        guard line.hasPrefix("Attr-") else { return false }
        let numbers = line.dropFirst(5).prefix { $0 != " " && $0 != ":" }.split(separator: ".").compactMap {
            UInt32($0)
        }
        return DecodingTests.dictionary.dictionary.definition(at: AttributePath(numbers)) != nil
    }

    @Test("there are at least 400 cases, and those that must fail outnumber those that pass")
    func failures() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: TestSetting.vectors.path)
            .filter { $0.hasSuffix(".txt") }
        let records = try names.flatMap { try TestSetting.records($0) }
        let failing = records.count(where: Self.mustFail)
        #expect(records.count >= 400)
        #expect(failing > records.count - failing, "\(failing) of \(records.count)")
    }
}
