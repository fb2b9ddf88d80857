import Foundation
import RadiusCodec
import Testing

@testable import RadiusServer

/// A mapping for one kind of device, out of rlm.ini.sample: `# --- Name`, what to know about it, and the lines themselves,
/// each right behind a `#`.
struct Recipe: Sendable, CustomStringConvertible {
    let name: String
    let mapping: String

    /// Of its cases, as in `cisco-asa.maptest`.
    var file: String { name.lowercased().replacing(" ", with: "-") }
    var description: String { name }

    static func all() throws -> [Recipe] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let sample = try String(contentsOf: root.appending(path: "rlm.ini.sample"), encoding: .utf8)
        return sample.components(separatedBy: "\n# --- ").dropFirst().map { part in
            let lines = part.split(separator: "\n")
            let mapping = lines.dropFirst().filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") }.map {
                $0.dropFirst() + "\n"
            }
            return Recipe(name: String(lines.first ?? ""), mapping: mapping.joined())
        }
    }
}

@Suite("The recipes of rlm.ini.sample")
struct RecipeTests {
    /// The one that comes with the program.
    private static let dictionary = AttributeDictionary.load(file: "dictionary") { EmbeddedFile.octets(of: $0) }.0

    @Test("there is one for each of these devices")
    func names() throws {
        #expect(
            try Recipe.all().map(\.name) == [
                "Cisco ASA", "Cisco FTD", "AnyConnect", "FortiGate", "Palo Alto", "Juniper", "Ivanti",
                "Citrix NetScaler", "Check Point", "F5", "MikroTik", "Aruba", "pfSense", "OPNsense", "OpenVPN",
                "strongSwan", "ocserv",
            ])
    }

    @Test("each does what its cases say, and lint has nothing against it", arguments: try Recipe.all())
    func cases(recipe: Recipe) throws {
        let (loaded, diagnostics) = AttributeMapping.parse(
            Array(recipe.mapping.utf8), path: "rlm.ini", dictionary: Self.dictionary)
        #expect(diagnostics.map(\.description) == [])
        let mapping = try #require(loaded)
        #expect(mapping.lint().map(\.description) == [])
        let path = "Recipes/\(recipe.file).maptest"
        let (file, mistakes) = MappingTestFile.parse(
            try Files.octets(path), path: path, dictionary: Self.dictionary)
        #expect(mistakes.map(\.description) == [])
        #expect(file.cases.count > 2)
        for example in file.cases {
            let differences = MappingTrial(example, Self.dictionary).differences(by: mapping)
            #expect(differences == [], "\(path):\(example.line) \(example.name)")
        }
        // Cases that another mapping passes as well would show nothing.
        let empty = AttributeMapping(dictionary: Self.dictionary)
        #expect(file.cases.contains { !MappingTrial($0, Self.dictionary).differences(by: empty).isEmpty })
    }
}
