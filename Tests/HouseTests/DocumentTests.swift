import Foundation
import TestSupport
import Testing
import TokenEngine

@Suite("Documents keep up with the code")
struct DocumentTests {
    /// The texts of a document's headings of third level.
    private func headings(of document: String) throws -> [String] {
        try Repository.text(of: document).split(separator: "\n").filter { $0.hasPrefix("### ") }
            .map { String($0.dropFirst(4)) }
    }

    @Test("every reason of a decision is explained in docs/troubleshooting.md, and nothing else is")
    func reasons() throws {
        let explained = try headings(of: "docs/troubleshooting.md")
        #expect(explained.count == Set(explained).count)
        #expect(Set(explained) == Set(Reason.allCases.map(\.rawValue)))
    }

    /// The links of a document that lead into the repository, relative to the document's folder.
    private func links(of document: String) throws -> [String] {
        try Repository.text(of: document).matches(of: /\]\((?!https?:)([^)#]+)/).map { String($0.1) }
    }

    static let documents =
        ["README.md", "SECURITY.md", "CHANGELOG.md"]
        + ((try? FileManager.default.contentsOfDirectory(atPath: Repository.root.appending(path: "docs").path())) ?? [])
        .filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }

    @Test("links lead somewhere", arguments: documents)
    func links(document: String) throws {
        let folder = Repository.root.appending(path: document).deletingLastPathComponent()
        for link in try links(of: document) {
            let target = folder.appending(path: link).standardized.path()
            #expect(FileManager.default.fileExists(atPath: target), "\(document) links to \(link), which is not there")
        }
    }

    @Test("every difference from the plug-in's mapping has its row in docs/mapping.md")
    func pluginDifferences() throws {
        let rows = Set(
            try Repository.text(of: "docs/mapping.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
                .map { $0.dropFirst(2).components(separatedBy: " | ")[0] })
        let pairs = try Repository.text(of: "Tests/RadiusServerTests/Files/Mapping/plugin.txt")
            .components(separatedBy: "\n--- rows\n").dropFirst()
        #expect(pairs.count > 100)
        for pair in pairs {
            for label in pair.split(separator: "\n").prefix(while: { !$0.hasPrefix("=== ") }) {
                #expect(rows.contains(String(label)), "docs/mapping.md has no row '\(label)'")
            }
        }
    }

    @Test("the README's map names every target")
    func map() throws {
        let readme = try Repository.text(of: "README.md")
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appending(path: "Sources").path())
        for target in folders where !target.hasPrefix("C") || target == "Cryptography" {
            #expect(readme.contains("(Sources/\(target))"), "README.md has no Sources/\(target)")
        }
    }

    /// The commands that `--help` lists after these words of a command line.
    private func commands(_ words: String...) throws -> Set<String> {
        let help = try Command.run(Command.watchword.path(), words + ["--help"]).output
        let rows = help.components(separatedBy: "\n").drop { $0 != "Commands:" }.dropFirst().prefix {
            $0.hasPrefix("  ")
        }
        return Set(rows.compactMap { $0.split(separator: " ").first.map(String.init) })
    }

    @Test("the manual page has every command, and no other")
    func manual() throws {
        let entries = try Repository.text(of: "docs/watchword.8").matches(of: /\.It Ic (\w+)(?: (?:Op )?Cm (.*))?/)
        let manual = Dictionary(grouping: entries, by: { String($0.1) }).mapValues { entries in
            Set(entries.flatMap { ($0.2 ?? "").split(separator: " | ").map(String.init) })
        }
        #expect(try Set(manual.keys) == commands())
        for (command, subcommands) in manual { #expect(try subcommands == commands(command), "\(command)") }
    }
}
