import Testing

@testable import RadiusServer

@Suite("Every command explains itself")
struct HelpTests {
    /// The words that lead to each command, and the command.
    static let commands: [(path: [String], command: Command)] = all(below: CommandLineTool.root, [])

    private static func all(below command: Command, _ path: [String]) -> [(path: [String], command: Command)] {
        [(path, command)] + command.subcommands.flatMap { all(below: $0, path + [$0.name]) }
    }

    @Test("--help prints usage and an example on standard output", arguments: commands.map(\.path))
    func help(path: [String]) {
        let outcome = watchword(path + ["--help"])
        #expect(outcome.status == .done)
        #expect(outcome.messages == [])
        #expect(outcome.output.hasPrefix("usage: \((["watchword"] + path).joined(separator: " "))"))
        #expect(outcome.output.contains("\nExample:\n  "))
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(outcome.output)")
    }

    @Test("an example is a command line that works", arguments: commands.map { ($0.path, $0.command.example) })
    func examples(path: [String], example: String) throws {
        let parser = ArgumentParser(root: CommandLineTool.root, globalOptions: CommandLineTool.globalOptions)
        var isAbout = false
        for line in example.split(separator: "\n") {
            guard let words = Self.words(of: line) else { continue }
            let parsed = try parser.parse(words)
            isAbout = isAbout || parsed.path.starts(with: path)
        }
        #expect(isAbout, "the example shows another command: \(example)")
    }

    @Test(
        "no summary ends in a full stop, and every command is named in the help above it",
        arguments: commands.map(\.path))
    func summaries(path: [String]) throws {
        let entry = try #require(Self.commands.first { $0.path == path })
        #expect(!entry.command.summary.hasSuffix("."))
        #expect(entry.command.options.allSatisfy { !$0.summary.hasSuffix(".") && !$0.summary.isEmpty })
        if !path.isEmpty {
            #expect(watchword(path.dropLast() + ["--help"]).output.contains("\n  \(entry.command.name) "))
        }
    }

    @Test("the version is told")
    func version() throws {
        let outcome = watchword("--version")
        #expect(outcome.status == .done)
        #expect(outcome.output == "watchword \(CommandLineTool.version)\n")
        #expect(try watchword("--version --json").object()["version"] as? String == CommandLineTool.version)
    }

    @Test("nothing at all is wrong usage")
    func nothing() {
        let outcome = watchword([])
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.output == "")
        #expect(outcome.messages.first?.contains("a command is missing") == true)
    }

    /// The words after `watchword` in one line of a shell, quotation marks understood; nil when another program is run.
    private static func words(of line: Substring) -> [String]? {
        var words: [String] = [""]
        var quote: Character?
        for character in line {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if quote == nil, character == " " {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        words.removeAll { $0.isEmpty }
        guard let start = words.lastIndex(of: "watchword") else { return nil }
        return Array(words[(start + 1)...].prefix { $0 != ">" })
    }
}
