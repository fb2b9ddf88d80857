import Foundation
import TestSupport
import Testing

@testable import RadiusCodec

/// Dictionary files: what they define, or what is wrong with them.
///
/// Each `Vectors/dictionary/NAME.dictionary` has its outcome in `NAME.expected`: the diagnostics in their order, then the
/// definitions.
struct DictionaryTests {
    private static let folder = TestSetting.vectors.appending(path: "dictionary")

    @Test("a dictionary gives what it should", arguments: ["grammar", "mistakes", "newer"])
    func golden(_ name: String) throws {
        let location = Self.folder.appending(path: name)
        let (dictionary, diagnostics) = TestSetting.load(location.path + ".dictionary")
        let lines =
            diagnostics.map { $0.description.replacing(Self.folder.path + "/", with: "") }
            + Self.outline(dictionary)
        let expected = try String(contentsOf: location.appendingPathExtension("expected"), encoding: .utf8)
        let actual = lines.joined(separator: "\n") + "\n"
        if actual != expected, let folder = ProcessInfo.processInfo.environment["WRITE_EXPECTED"] {
            try actual.write(toFile: "\(folder)/\(name).expected", atomically: true, encoding: .utf8)
        }
        #expect(lines == expected.split(separator: "\n").map(String.init))
    }

    /// One line for each definition: name, path, type and size, flags, format, values.
    private static func outline(_ dictionary: AttributeDictionary) -> [String] {
        dictionary.tables.definitions.map { definition in
            var words = [definition.name, definition.path.description, definition.type.rawValue]
            if definition.type == .octets, let size = definition.fixedSize { words.append("[\(size)]") }
            if definition.hasTag { words.append("has_tag") }
            if let encryption = definition.encryption { words.append("encrypt=\(encryption.rawValue)") }
            if definition.flags.isSecret { words.append("secret") }
            if definition.flags.isArray { words.append("array") }
            if definition.flags.isConcatenated { words.append("concat") }
            if definition.isInternal { words.append("internal") }
            if definition.path.vendor > 0 {
                let format = definition.format
                words.append("\(format.typeSize),\(format.lengthSize)\(format.continues ? ",c" : "")")
            }
            if dictionary.definition(at: definition.path)?.name != definition.name { words.append("old-name") }
            let values = dictionary.tables.values(of: definition.path)
            for (name, number) in (values?.numbers ?? [:]).sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
                words.append("\(name)=\(number)\(values?.names[number]?.lowercased() == name ? "!" : "")")
            }
            return words.joined(separator: " ")
        }
    }

    @Test("the shipped dictionary loads without a complaint")
    func shipped() {
        let (dictionary, diagnostics) = TestSetting.load(TestSetting.root.appending(path: "dictionary").path)
        #expect(diagnostics == [])
        #expect(dictionary.definition(named: "privacyidea-serial")?.path == AttributePath([26, 44929, 1]))
        #expect(dictionary.tables.definitions.count > 1000)
    }

    @Test("what the files need of their reader")
    func reading() {
        struct Refusal: Error, CustomStringConvertible { let description = "permission denied" }
        let missing = AttributeDictionary.load(file: "d") { (_: String) -> [UInt8]? in nil }
        #expect(missing.diagnostics.map(\.description) == ["d: there is no file d (expected a dictionary)"])
        let refused = AttributeDictionary.load(file: "d") { (_: String) throws(Refusal) -> [UInt8]? in throw Refusal() }
        #expect(
            refused.diagnostics.map(\.description) == ["d: cannot read d: permission denied (expected a dictionary)"])
    }

    @Test("a file that includes itself, or one that includes it, is read once")
    func circles() {
        let files = ["a": "$INCLUDE b\nATTRIBUTE A 1 string", "b": "$INCLUDE a\n$INCLUDE b\nATTRIBUTE B 2 string"]
        let (dictionary, diagnostics) = AttributeDictionary.load(file: "a") { files[$0].map { Array($0.utf8) } }
        #expect(diagnostics == [])
        #expect(dictionary.tables.definitions.map(\.name) == ["B", "A"])
    }

    @Test("what is without end is cut off, and said so")
    func bounds() {
        let deep = AttributeDictionary.load(file: "0") { Array("$INCLUDE \((Int($0) ?? 0) + 1)".utf8) }
        #expect(deep.diagnostics.map(\.line) == [1])
        #expect(deep.diagnostics.first?.message.hasPrefix("$INCLUDE goes deeper than 16 files") == true)
        let nonsense = AttributeDictionary.load(file: "d") { _ in Array(String(repeating: "x\n", count: 5000).utf8) }
        #expect(nonsense.diagnostics.count == DictionaryLoader.errorsMaximum)
        #expect(nonsense.diagnostics.last?.message == "too many errors; the rest is not shown")
    }

    @Test("octets of any kind are read to their end")
    func noise() {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<300 {
            let octets = (0..<400).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = AttributeDictionary.load(file: "d") { _ in octets }
        }
    }

    @Test("names, values and vendors are found in any case, and slips are understood")
    func lookups() throws {
        let dictionary = TestSetting.dictionary
        let definition = try #require(dictionary.definition(named: "service-TYPE"))
        #expect(definition.name == "Service-Type")
        #expect(dictionary.definition(of: .serviceType) == definition)
        #expect(dictionary.valueNumber(named: "LOGIN-user", for: definition) == 1)
        #expect(dictionary.valueName(of: 1, for: definition) == "Login-User")
        #expect(dictionary.valueName(of: 999, for: definition) == nil)
        #expect(dictionary.vendor(named: "fortinet")?.number == 12356)
        #expect(dictionary.definition(named: "No-Such-Thing") == nil)
        #expect(dictionary.suggestion(for: "Fortinet-Group-Nmae") == "Fortinet-Group-Name")
        #expect(dictionary.suggestion(for: "fortinet-groupname") == "Fortinet-Group-Name")
        #expect(dictionary.suggestion(for: "Entirely-Different-Words-Altogether") == nil)
        #expect(dictionary.suggestion(for: "") == nil)
    }
}
