import Foundation
import RadiusCodec
import TestSupport
import Testing

@testable import RadiusServer

@Suite struct AttributeMappingTests {
    static let dictionary = loadedDictionary("Mapping/dictionary")

    static func loadedDictionary(_ name: String) -> AttributeDictionary {
        let (dictionary, diagnostics) = AttributeDictionary.load(file: name) { name in try Files.octets(name) }
        for diagnostic in diagnostics { Issue.record("\(diagnostic)") }
        return dictionary
    }

    private func parse(_ text: String) -> (mapping: AttributeMapping?, diagnostics: [Diagnostic]) {
        AttributeMapping.parse(Array(text.utf8), path: "t", dictionary: Self.dictionary)
    }

    @Test(arguments: try CaseFile("Mapping/mapping.txt").cases)
    func maps(_ example: CaseFile.Case) throws {
        let (mapping, diagnostics) = parse(example.text("input"))
        expect(diagnostics, "diagnostics", of: example)
        #expect((mapping == nil) == diagnostics.contains { $0.severity == .error })
        guard example.parts["detail"] != nil else { return }
        let detail = try ResponseDetail(json: Array(example.text("detail").utf8))
        let result = example["result"].first.flatMap { MappedResult(rawValue: $0) } ?? .accept
        let mapped = try #require(mapping).attributes(for: detail, result: result)
        #expect(mapped.refusal.map { "\($0.file):\($0.line)" } == example["refused"].first)
        #expect(mapped.attributes.map { Self.dictionary.line(of: $0.attribute) } == example["gives"])
        expect(mapped.problems, "problems", of: example)
        let problems = mapped.problems.map(\.description)
        for secret in example["problems without"] { #expect(!problems.contains { $0.contains(secret) }) }
    }

    /// Expects the lines of a part, or that they begin like those of the part `… starting with`.
    private func expect(_ diagnostics: [Diagnostic], _ part: String, of example: CaseFile.Case) {
        let lines = diagnostics.map(\.description)
        let beginnings = example[part + " starting with"]
        guard !beginnings.isEmpty else {
            #expect(lines == example[part])
            return
        }
        #expect(lines.count == beginnings.count, "\(lines)")
        for (line, beginning) in zip(lines, beginnings) { #expect(line.hasPrefix(beginning)) }
    }

    @Test func everyAttributeKnowsTheLineOfItsRule() throws {
        let mapping = try #require(parse("[Mapping]\na = Class\n\n[Attribute Filter-Id]\nuserAttribute = a\n").mapping)
        let mapped = mapping.attributes(for: ResponseDetail(["a": .texts(["x", "y"])]), result: .accept)
        #expect(mapped.attributes.map(\.place.description) == ["t:4", "t:4", "t:2", "t:2"])
    }

    @Test func settingsOfThePlugInThatMeanSomethingHere() throws {
        let text = """
            [Default]
            REALM = corp
            SPLIT_NULL_BYTE = True
            ADD_EMPTY_PASS = yes
            """
        let (mapping, diagnostics) = parse(text)
        #expect(diagnostics.map(\.line) == [4])
        let settings = try #require(mapping).settings
        #expect(settings.identity(ofType: "Perl").realm?.value == "corp")
        #expect(settings.splitsPasswordAtNUL)
        // The plug-in takes nothing for true but what has "true" in it.
        #expect(!settings.addsEmptyPassword)
    }

    @Test func anAbsentFileIsAnError() {
        let (mapping, diagnostics) = AttributeMapping.load(file: "/nonexistent/rlm.ini", dictionary: Self.dictionary)
        #expect(mapping == nil)
        let message = "/nonexistent/rlm.ini: cannot be read: No such file or directory (expected a mapping file)"
        #expect(diagnostics.map(\.description) == [message])
    }

    @Test func aReplyEndsWhereAPacketDoes() throws {
        let mapping = try #require(parse("[Mapping]\na = Filter-Id\n").mapping)
        let values = (0..<2000).map { "group-\($0)" }
        let mapped = mapping.attributes(for: ResponseDetail(["a": .texts(values)]), result: .accept)
        #expect((200..<500).contains(mapped.attributes.count))
        #expect(mapped.problems.count == 20)
    }

    /// Patterns are kept by number, 64 to a word.
    @Test func manyGroupsAndManyLines() throws {
        let lines = (0..<200).map { "name = group-\($0) -> \($0)" }
        let text = "[Members Filter-Id]\ngroups = user.group\ntake = all\n" + lines.joined(separator: "\n")
        let mapping = try #require(parse(text).mapping)
        for numbers in [[0], [63], [64], [199], [5, 70, 130], Array(0..<200)] {
            let groups = numbers.map { "Group-\($0)" } + ["group-200", "other"]
            let detail = ResponseDetail(["user": .object(["group": .texts(groups)])])
            // The second time every group is known.
            for _ in 0..<2 {
                let mapped = mapping.attributes(for: detail, result: .accept)
                let sent = mapped.attributes.map { String(decoding: $0.attribute.octets, as: UTF8.self) }
                #expect(sent == numbers.map(String.init))
            }
        }
    }

    /// Whatever the files say, reading and mapping end, and what is mapped is an attribute that has a rule.
    @Test(arguments: 0..<200)
    func nothingTraps(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = [
            "[Mapping]", "[Mapping user]", "[Attribute Class]", "[Attribute Tunnel-Type:1]", "[Attribute ]",
            "[Default]",
            "a = Class", "a = Filter-Id", "a = Framed-IP-Address", "b = Tunnel-Private-Group-Id:31", "a = Service-Type",
            "userAttribute = a", "dir = user", "regex = (.)", "regex = [", "regex = (a*)*$", "prefix = P", "suffix",
            "[Rule r]", "when = a is VLAN", "unless = user.a exists", "Filter-Id = {a}", "Class = {user.a}{",
            "stop = yes", "[Members Class]", "[Members Filter-Id]", "groups = user.a", "name = a -> b",
            "dn = CN=a -> {a}",
            "below = DC=a -> 1", "otherwise = x", "take = all", "[Group g]", "group = g", "when = member of g",
            "misfit = refuse",
            "radiusAttribute = Filter-Id", "a = <<E", "E", "", "= =", "REALM = x", "a = privacyIDEA-Serial\u{e9}",
        ]
        let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        let (mapping, diagnostics) = parse(text.joined(separator: "\n"))
        #expect(diagnostics.allSatisfy { (0...text.count).contains($0.line) })
        guard let mapping else { return }
        let detail = ResponseDetail([
            "a": Self.value(&random), "b": Self.value(&random), "user": .object(["a": Self.value(&random)]),
        ])
        let mapped = mapping.attributes(for: detail, result: .challenge)
        #expect(mapped.attributes.allSatisfy { (1...text.count).contains($0.place.line) })
    }

    private static func value(_ random: inout SeededGenerator, depth: Int = 0) -> DetailValue {
        switch Int.random(in: 0...(depth < 3 ? 8 : 5), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .number(Int64.random(in: .min ... .max, using: &random))
        case 3: .text(String(repeating: "a", count: .random(in: 0...300, using: &random)) + "\u{0}é\n!")
        case 4:
            .text(["192.0.2.1", "0x", "0x0", "VLAN", "-1", "99999999999999999999"].randomElement(using: &random) ?? "")
        case 5: .number("1.5")
        case 6: .object(["a": value(&random, depth: depth + 1)])
        default: .list((0..<3).map { _ in value(&random, depth: depth + 1) })
        }
    }
}

@Suite struct ResponseDetailTests {
    @Test func jsonKeepsWhatItSays() throws {
        let json = """
            {"a": "x", "b": 9223372036854775807, "c": [true, null, 1.5], "d": {"e": ""}, "f": 1234567890123456789012}
            """
        let detail = try ResponseDetail(json: Array(json.utf8))
        #expect(detail.members["a"] == .text("x"))
        #expect(detail.members["b"] == .number(Int64.max))
        #expect(detail.members["c"] == .list([.bool(true), .null, .number("1.5")]))
        #expect(detail.members["d"] == .object(["e": .text("")]))
        #expect(detail.members["f"] == .number("1234567890123456789012"))
    }

    @Test(arguments: [
        "", "{", "[]", "null", "\"x\"", "{\"a\":}", "{a: 1}", "\u{0}", String(repeating: "[", count: 100_000),
    ])
    func refuses(_ text: String) {
        #expect(throws: MalformedDetail.self) { try ResponseDetail(json: Array(text.utf8)) }
    }

    @Test func refusesWhatIsNotUTF8() {
        let json = Array("{\"a\": \"".utf8) + [0xff] + Array("\"}".utf8)
        #expect(throws: MalformedDetail.self) { try ResponseDetail(json: json) }
    }
}
