/// `watchword`, the program: finds the command that was asked for and runs it.
package enum CommandLineTool {
    package static let version = "0.1.0"

    /// - Parameter arguments: the words after the program's name.
    /// - Returns: the exit status (0 done, 1 no, 2 wrong usage, 3 could not).
    package static func run(arguments: [String]) -> Int32 {
        let console = Terminal()
        guard CoreDumps.forbid() else {
            console.note("watchword: the kernel refuses to do without core dumps, which secrets would be in")
            return ExitStatus.couldNot.rawValue
        }
        return run(arguments: arguments, console: console).rawValue
    }

    package static func run(arguments: [String], console: any Console) -> ExitStatus {
        do throws(CommandFailure) {
            return try perform(arguments, console)
        } catch {
            for message in error.messages { console.note("watchword: " + message) }
            return error.status
        }
    }

    private static func perform(_ words: [String], _ console: any Console) throws(CommandFailure) -> ExitStatus {
        let parsed = try ArgumentParser(root: root, globalOptions: globalOptions).parse(words)
        if parsed.wantsHelp {
            let line = ([root.name] + parsed.path).joined(separator: " ")
            try console.show(HelpText(command: parsed.command, line: line, globalOptions: globalOptions).text)
            return .done
        }
        guard let action = parsed.command.action else { throw .missingCommand(after: root.name, parsed.command) }
        return try action(Invocation(arguments: parsed.arguments, console: console))
    }

    /// What every command understands.
    static let globalOptions: [CommandOption] = [.configuration, .json, .help]

    /// Everything that `watchword` can do.
    static let root: Command = Command(
        name: "watchword",
        summary: "A RADIUS server with two factors",
        options: [.version],
        example: """
            watchword init /etc/watchword
            watchword user add alice
            watchword token add --user alice --type totp
            watchword serve
            """,
        subcommands: [
            InitCommand.command, CheckCommand.command,
            ServerCommands.serve, ServerCommands.reload, ServerCommands.status, ServerCommands.metrics,
            UserCommands.command, TokenCommands.command, ChallengeCommands.command,
            ConfiguredCommands.realm, ConfiguredCommands.resolver, ConfiguredCommands.policy,
            LoginCommand.command, ExplainCommand.command, MapCommand.command, DecodeCommand.command,
            AuditCommands.command, BenchCommand.command,
        ]
    ) { invocation throws(CommandFailure) in
        guard invocation.arguments.isSet(.version) else { throw .missingCommand(after: "watchword", root) }
        try invocation.show(["version": version], orText: "watchword \(version)")
        return .done
    }
}
