import Cryptography
import Foundation
import RadiusCodec
import Testing
import TokenEngine

@testable import RadiusServer

/// The manual and the samples say what the schema says.
@Suite struct ManualTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    /// `WATCHWORD_WRITE_MANUAL=1 swift test --filter ManualTests` writes the page anew.
    @Test func theManualListsEveryKey() throws {
        let page = Self.manual
        if ProcessInfo.processInfo.environment["WATCHWORD_WRITE_MANUAL"] != nil {
            try page.write(to: Self.root.appending(path: "docs/configuration.md"), atomically: true, encoding: .utf8)
        }
        #expect(try Self.text("docs/configuration.md") == page)
    }

    private static var manual: String {
        var lines = [
            "# watchword.ini", "",
            "The server, its clients, the resolvers and realms its users come from, and the policies. The mapping has a file",
            "of its own ([mapping.md](mapping.md)).", "",
            "- A section begins with `[Kind]` or `[Kind name]`; below it stand lines `key = value`.",
            "- A comment is a line that begins with `#` or `;`. Behind a value there are none, and quotes mean nothing.",
            "- A list has commas between its values, or repeats its key. Any other key may be there once.",
            "- Seconds may have a unit: `90`, `90s`, `2m`, `1h`. Relative paths are relative to the file.",
            "- An unknown section or key is an error. `watchword check` tells every mistake at once, with its line; a",
            "  running server keeps its old configuration until the new one has none.", "",
            "The file is looked for at `--config`, `$WATCHWORD_CONFIG`, `./watchword.ini` and",
            "`/etc/watchword/watchword.ini`, in that order.",
        ]
        for kind in ConfigurationSectionKind.allCases {
            lines += ["", "## \(kind.heading)", "", kind.meaning, ""]
            lines += ["| key | value | default | example | meaning |", "| --- | --- | --- | --- | --- |"]
            lines += kind.keys.map(row)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ key: KeyDescription) -> String {
        let standard = key.isRequired ? "must be set" : key.defaultText.map { "`\($0)`" } ?? "–"
        return "| `\(key.name)` | \(key.type) | \(standard) | `\(key.example)` | \(key.meaning) |"
    }

    /// An example and a default must be right: they are what people copy.
    @Test(arguments: ConfigurationSectionKind.allCases)
    func everyExampleAndDefaultCanBeRead(_ kind: ConfigurationSectionKind) {
        func check<Settings>(_ keys: [ConfigurationKey<Settings>], _ settings: Settings) {
            for key in keys {
                var settings = settings
                for text in [key.description.example] + (key.description.defaultText.map { [$0] } ?? []) {
                    let entry = ConfigurationFile.Entry(key: key.name, value: text, valueAsWritten: text, line: 2)
                    let section = ConfigurationFile.Section(kind: kind.rawValue, name: "a", line: 1, entries: [entry])
                    let diagnostics = key.read(from: section, ValueContext(file: "t"), into: &settings)
                    #expect(diagnostics.isEmpty, "\(key.name) = \(text)")
                }
            }
        }
        switch kind {
        case .server: check(ConfigurationSchema.server, ServerSettings())
        case .client: check(ConfigurationSchema.client, ClientSettings())
        case .resolver: check(ConfigurationSchema.resolver, ResolverSettings())
        case .realm: check(ConfigurationSchema.realm, RealmSettings())
        case .policy: check(ConfigurationSchema.policy, PolicySettings())
        }
        #expect(Set(kind.keys.map(\.name)).count == kind.keys.count)
    }

    @Test func everyActionOfTheEngineIsAKey() throws {
        let names = ConfigurationSectionKind.policy.keys.map(\.name)
        for action in PolicyAction.definitions {
            #expect(names.contains(action.name))
            let key = try #require(ConfigurationSchema.policy.first { $0.name == action.name })
            #expect(key.description.type == action.values)
            let example = key.description.example
            #expect(throws: Never.self) { try PolicyAction(name: action.name, value: example, in: action.scope) }
        }
    }

    @Test func theFirstConfigurationIsRightAndNamesEveryKey() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Files.location("Mapping/dictionary"), to: directory.appending(path: "dictionary"))
        try FileManager.default.copyItem(
            at: Self.root.appending(path: "rlm.ini.sample"), to: directory.appending(path: "rlm.ini"))
        let address = try #require(ListenAddress("127.0.0.1:0"))
        let secret = "made-by-chance-0123456789"
        let sample = ConfigurationSample(listen: [address], clientSecret: secret).text
        let path = directory.path + "/watchword.ini"
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(sample.utf8), attributes: [.posixPermissions: 0o600]))

        let (loaded, diagnostics) = Configuration.load(path: path)
        #expect(diagnostics.map(\.description) == [])
        let configuration = try #require(loaded)
        #expect(configuration.server.listen == [address])
        #expect(configuration.clients.map(\.name) == ["localhost"])
        #expect(configuration.clients.first?.secret.octets.octets == Array(secret.utf8))
        #expect(configuration.clients.first?.prefixes.map(\.description) == ["127.0.0.1", "::1"])
        #expect(configuration.engine.defaultRealm?.name == "default")
        #expect(configuration.engine.policies.map(\.actions) == [[.challengeKinds([.hotp, .totp])]])
        #expect(configuration.mapping.rules.count == 4)
        #expect(configuration.mapping.lint() == [])
        for key in ConfigurationSectionKind.allCases.flatMap(\.keys) {
            #expect(sample.contains("\n\(key.name) = ") || sample.contains("\n#\(key.name) = "), "\(key.name)")
        }
    }

    @Test func theSampleMappingDoesWhatItSays() throws {
        let text = try Self.text("rlm.ini.sample")
        let dictionary = AttributeMappingTests.dictionary
        let (mapping, diagnostics) = AttributeMapping.parse(Array(text.utf8), path: "rlm.ini", dictionary: dictionary)
        #expect(diagnostics.isEmpty)
        let detail = try ResponseDetail(
            json: Array(
                """
                {"serial": "HOTP0001", "user-resolver": "partners", "user": {"group": ["a", "b"],
                 "acl": ["CN=staff-users,OU=Berlin,DC=example,DC=com", "CN=other,OU=Berlin"]}}
                """.utf8))
        let mapped = try #require(mapping).attributes(for: detail, result: .accept)
        #expect(
            mapped.attributes.map { dictionary.line(of: $0.attribute) } == [
                "Filter-Id = \"staff\"", "Filter-Id = \"restricted\"", "Class = 0x61", "Class = 0x62",
                "privacyIDEA-Serial = \"HOTP0001\"",
            ])
        #expect(mapped.problems.isEmpty)
    }

    /// What the comments of the sample offer works when the comment signs are taken away.
    @Test func everyKeyOfTheSampleMappingWorks() throws {
        let text = try Self.text("rlm.ini.sample")
        let explanations = text.prefix(
            upTo: text.firstRange(of: "# Recipes, one for each")?.lowerBound ?? text.endIndex)
        let lines = explanations.split(separator: "\n").map { line in
            line.hasPrefix("# ") && (line.contains(" = ") || line.hasPrefix("# [")) ? line.dropFirst(2) : line
        }
        let octets = Array(lines.joined(separator: "\n").utf8)
        let dictionary = AttributeDictionary.load(file: "dictionary") { EmbeddedFile.octets(of: $0) }.0
        let (mapping, diagnostics) = AttributeMapping.parse(octets, path: "rlm.ini", dictionary: dictionary)
        #expect(diagnostics.map(\.description) == [])
        #expect(mapping?.settings.defaults.realm?.value == "corp")
        #expect(mapping?.rules.count == 15)
        let keys =
            BlockOptions.keys + GroupWord.allCases.map(\.rawValue) + ["groups", "take", "otherwise", "radiusAttribute"]
        for key in keys { #expect(explanations.contains("\n# \(key) = "), "\(key)") }
    }
}
