import Foundation
import TestSupport
import Testing

@testable import RadiusCodec

private let installedDictionary = "/usr/share/freeradius/dictionary"

/// FreeRADIUS's own dictionary, where it is installed: it may take the place of ours as it is, and ours agrees with it.
@Suite(
    .enabled(
        if: FileManager.default.fileExists(atPath: installedDictionary),
        "there is no FreeRADIUS dictionary: install freeradius-common"))
struct InstalledDictionaryTests {
    /// Whether it is that of freeradius-common 3.2.1; another release has other numbers.
    private static let isOfBookworm =
        TestSetting.contents("/etc/debian_version").map { String(decoding: $0, as: UTF8.self).hasPrefix("12.") }
        ?? false

    @Test("the whole set loads without a complaint")
    func wholeSet() {
        #expect(TestSetting.load(installedDictionary).diagnostics == [])
    }

    /// The files that the whole set leaves out: variants, protocols of others, and mistakes of former times.
    private static func filesLeftOut() throws -> [String] {
        var read: Set<String> = []
        _ = AttributeDictionary.load(file: installedDictionary) { path in
            read.insert(path)
            return TestSetting.contents(path)
        }
        let folder = URL(filePath: installedDictionary).deletingLastPathComponent()
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("dictionary") }.map { folder.appending(path: $0).path }
            .filter { !read.contains($0) }.sorted()
    }

    @Test(
        "every other file loads behind the whole set, unless radclient refuses it too",
        .enabled(if: RadclientExchange.isInstalled), arguments: try filesLeftOut())
    func everyOtherFile(_ path: String) throws {
        let text = "$INCLUDE \(installedDictionary)\n$INCLUDE \(path)\n"
        let (_, diagnostics) = AttributeDictionary.load(file: "/test") {
            $0 == "/test" ? Array(text.utf8) : TestSetting.contents($0)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-dictionary-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try text.write(to: folder.appending(path: "dictionary"), atomically: true, encoding: .utf8)
        let result = try Command.run(
            RadclientExchange.program, ["-D", folder.path, "-r", "1", "-t", "0.1", "127.0.0.1:9", "auth", "secret"],
            input: "User-Name = bob\n")
        let isRefused = (result.output + result.errors).contains("dict_init")
        #expect(!diagnostics.contains { $0.severity == .error } || isRefused, "\(diagnostics) \(result.errors)")
    }

    @Test("the set of Debian 12 has the numbers that were counted by other means", .enabled(if: isOfBookworm))
    func numbers() {
        let tables = TestSetting.load(installedDictionary).dictionary.tables
        let paths = Set(tables.definitions.map(\.path))
        #expect(tables.definitions.count == 7468)
        #expect(paths.count == 7288)
        #expect(tables.vendors.count == 183)
        #expect(tables.vendorNames.count == 185)
        #expect(paths.count { $0.numbers.count == 1 && $0.numbers[0] <= 255 } == 236)
        #expect(paths.count { $0.numbers.count == 1 && $0.numbers[0] > 255 } == 390)
    }

    // Other releases have corrected, or changed, a few of theirs since.
    @Test("ours agrees with that of Debian 12 wherever both know a name", .enabled(if: isOfBookworm))
    func agreement() {
        let installed = TestSetting.load(installedDictionary).dictionary
        let ours = TestSetting.dictionary
        var sharedCount = 0
        for definition in ours.tables.definitions {
            // There the Digest attributes are still those of a draft, which RFC 5090 replaced.
            guard let other = installed.definition(named: definition.name), !definition.name.hasPrefix("Digest-") else {
                continue
            }
            sharedCount += 1
            #expect(definition.path == other.path && definition.type == other.type, "\(definition.name)")
            #expect(definition.fixedSize == other.fixedSize && definition.flags == other.flags, "\(definition.name)")
            #expect(definition.format == other.format, "\(definition.name)")
            let names = ours.tables.values(of: definition.path)?.names ?? [:]
            for (number, name) in names {
                #expect(installed.valueNumber(named: name, for: other) == number, "\(definition.name) \(name)")
            }
        }
        #expect(sharedCount > 1300)
    }

    @Test("every attribute of it can be printed and read back")
    func everyAttribute() throws {
        let installed = TestSetting.load(installedDictionary).dictionary
        for definition in installed.tables.definitions where !definition.isInternal && !definition.type.isContainer {
            let size =
                definition.fixedSize ?? (definition.type == .comboIP ? 16 : definition.type == .ipv6prefix ? 18 : 5)
            let value = EncodedAttribute(definition: definition, octets: [UInt8](repeating: 0, count: size))
            let line = installed.line(of: value, showingSecrets: true)
            guard definition.type != .string else { continue }
            #expect(try installed.attribute(parsing: line) == value, "\(line)")
        }
    }
}
