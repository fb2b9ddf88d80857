import Testing

@testable import RadiusServer

@Suite("The command line is read")
struct ArgumentParserTests {
    private static let colour = CommandOption(name: "--colour", value: "COLOUR", summary: "which", isRepeatable: true)
    private static let size = CommandOption(name: "--size", value: "N", summary: "how large", isRequired: true)
    private static let loud = CommandOption(name: "--loud", summary: "say so")
    private static let parser = ArgumentParser(
        root: Command(
            name: "tool", summary: "A tool", example: "tool paint wall",
            subcommands: [
                Command(
                    name: "paint", summary: "Paints", operands: ["WHAT", "[WHERE]"], options: [colour, size, loud],
                    example: "tool paint wall --size 3", action: { _ in .done }),
                Command(
                    name: "list", summary: "Lists", example: "tool list",
                    subcommands: [
                        Command(
                            name: "verify", summary: "Verifies", example: "tool list verify", action: { _ in .done })
                    ], action: { _ in .done }),
                Command(
                    name: "group", summary: "Groups", example: "tool group one",
                    subcommands: [
                        Command(name: "one", summary: "One", example: "tool group one", action: { _ in .done })
                    ]),
            ]),
        globalOptions: CommandLineTool.globalOptions)

    private static func parse(_ line: String) throws(CommandFailure) -> ParsedCommandLine {
        try parser.parse(line.split(separator: " ").map(String.init))
    }

    @Test(
        "what cannot be meant is refused, with what would be right",
        arguments: [
            ("", "a command is missing after 'tool': one of paint, list, group"),
            ("group", "a command is missing after 'tool group': one of one"),
            ("pant wall", "unknown command 'pant' (did you mean paint?)"),
            ("sing", "unknown command 'sing'"),
            ("group on", "unknown command 'group on' (did you mean one?)"),
            ("pant --help", "unknown command 'pant' (did you mean paint?)"),
            ("group on -h", "unknown command 'group on' (did you mean one?)"),
            ("--frob pant wall --help", "unknown command 'pant' (did you mean paint?)"),
            ("list verfiy", "unknown command 'list verfiy' (did you mean verify?)"),
            ("paint", "WHAT is missing"),
            ("paint --size 3", "WHAT is missing"),
            ("paint wall", "--size N is missing"),
            ("paint wall --size", "--size needs a value: --size N"),
            ("paint wall --size 3 --size 4", "--size is given twice; it takes one value"),
            ("paint wall --size 3 --loud=yes", "--loud takes no value"),
            ("paint wall --size 3 --lowd", "unknown option '--lowd' (did you mean --loud?)"),
            ("paint wall --size 3 -X", "unknown option '-X'"),
            ("paint wall north extra --size 3", "unexpected 'extra'"),
            ("list extra", "unknown command 'list extra'"),
            ("--size 3 paint wall", "unknown option '--size'"),
            ("paint wall --size 3 -- --loud surplus", "unexpected 'surplus'"),
            ("--confg x paint wall", "unknown option '--confg' (did you mean --config?)"),
        ])
    func refused(line: String, message: String) {
        #expect {
            try Self.parse(line)
        } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.status == .wrongUsage && failure.messages.first == message
                && failure.messages.last?.hasPrefix("see: tool") == true
        }
    }

    @Test("what comes from outside cannot move the cursor")
    func escaped() {
        #expect {
            try Self.parser.parse(["\u{1b}[2J"])
        } throws: {
            ($0 as? CommandFailure)?.messages.first == "unknown command '\u{fffd}[2J'"
        }
    }

    @Test(
        "options stand anywhere, with their values attached or behind them",
        arguments: [
            "paint wall north --size 3 --colour red --colour=blue",
            "paint --size=3 wall --colour red north --colour blue",
            "--json paint --colour red --colour blue --size 3 -- wall north",
            "--config=file paint --colour red --colour blue --size 3 wall --json north",
        ])
    func accepted(line: String) throws {
        let parsed = try Self.parse(line)
        #expect(parsed.path == ["paint"])
        #expect(parsed.arguments.operands == ["wall", "north"])
        #expect(parsed.arguments.value(of: Self.size) == "3")
        #expect(parsed.arguments.values(of: Self.colour) == ["red", "blue"])
        #expect(!parsed.arguments.isSet(Self.loud))
    }

    @Test(
        "a value may look like an option, be empty, or contain an equals sign",
        arguments: [("--size=--loud", "--loud"), ("--size=", ""), ("--size=a=b", "a=b")])
    func oddValues(word: String, value: String) throws {
        let parsed = try Self.parse("paint wall \(word)")
        #expect(parsed.arguments.value(of: Self.size) == value)
        #expect(!parsed.arguments.isSet(Self.loud))
        let apart = try Self.parser.parse(["paint", "wall", "--size", value])
        #expect(apart.arguments.value(of: Self.size) == value)
    }

    @Test("a dash alone is an operand, and a command may have sub-commands beside its own work")
    func operands() throws {
        #expect(try Self.parse("paint - --size 1").arguments.operands == ["-"])
        #expect(try Self.parse("list").path == ["list"])
        #expect(try Self.parse("list verify").path == ["list", "verify"])
    }

    @Test(
        "help is given whatever else stands on the line, if there is such a command",
        arguments: ["paint --help", "paint --frob --help", "paint -h", "paint wall north extra --help"])
    func help(line: String) throws {
        let parsed = try Self.parse(line)
        #expect(parsed.wantsHelp)
        #expect(parsed.path == ["paint"])
    }
}
