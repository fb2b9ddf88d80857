import Foundation
import RadiusCodec
import Testing

@testable import RadiusServer

/// Pairs of a mapping file and a detail, with what privacyIDEA's plug-in makes of them, by scripts/plugin-comparison.
@Suite struct PluginComparisonTests {
    static let file = "Mapping/plugin.txt"

    private static func map(_ text: String, _ detail: ResponseDetail, _ result: MappedResult) -> [String]? {
        let dictionary = AttributeMappingTests.dictionary
        let (mapping, _) = AttributeMapping.parse(Array(text.utf8), path: "t", dictionary: dictionary)
        return mapping?.attributes(for: detail, result: result).attributes.map { dictionary.line(of: $0.attribute) }
    }

    @Test(arguments: try CaseFile(file).cases)
    func mapsAsThePlugInOrAsDocumented(_ pair: CaseFile.Case) throws {
        let detail = try ResponseDetail(json: Array(pair.text("detail").utf8))
        let result = try #require(pair["result"].first.flatMap { MappedResult(rawValue: $0) })
        let ours = Self.map(pair.text("input"), detail, result)
        #expect((ours ?? ["an error"]) == pair["gives"])

        // Where no row of the documentation says why they differ, they must not.
        guard pair["rows"].isEmpty else { return }
        #expect(pair["plugin"].first == result.rawValue)
        let theirs = try pair["plugin"].dropFirst().compactMap { line -> String? in
            let parts = try JSONDecoder().decode([String?].self, from: Data(line.utf8))
            // An undefined text is an error in FreeRADIUS' log, and nothing in the reply.
            guard let name = parts[0], let text = parts[1] else { return nil }
            return Self.map("[Mapping]\nv = \(name)\n", ResponseDetail(["v": .text(text)]), result)?.first
        }
        #expect(Self.byName(try #require(ours)) == Self.byName(theirs))
    }

    /// The order of different attributes is none to the plug-in, that of one attribute's values is.
    private static func byName(_ lines: [String]) -> [String: [String]] {
        Dictionary(grouping: lines) { String($0.prefix { $0 != " " }) }
    }

    @Test func thereAreEnoughOfThem() throws {
        let pairs = try CaseFile(Self.file).cases
        #expect(pairs.count >= 300)
        // Pairs that differ in nothing, and pairs that differ.
        #expect(pairs.count { $0["rows"].isEmpty } >= 50)
        #expect(Set(pairs.flatMap { $0["rows"] }).count >= 14)
    }
}
