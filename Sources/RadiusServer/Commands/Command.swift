/// A command of the command line, as a value: parser, `--help` and tests all read the same description.
struct Command: Sendable {
    /// What a command does once its arguments are in order.
    typealias Action = @Sendable (Invocation) throws(CommandFailure) -> ExitStatus

    let name: String
    /// One line, no full stop: it stands in the list of commands.
    let summary: String
    /// What stands after the command besides options, in order; a name in brackets may be left out, and the last one stands
    /// for several when it ends in an ellipsis.
    var operands: [String] = []
    var options: [CommandOption] = []
    /// A whole command line that works as it stands.
    let example: String
    /// Commands one word deeper, as `add` in `token add`.
    var subcommands: [Command] = []
    /// nil when a sub-command has to follow.
    var action: Action?

    /// How many operands the command takes.
    var operandCount: ClosedRange<Int> {
        let required = operands.count { !$0.hasPrefix("[") }
        return required...(operands.last?.hasSuffix("…") == true ? Int.max : operands.count)
    }

    func subcommand(named name: String) -> Command? { subcommands.first { $0.name == name } }
}

/// One option: a flag, or a name with a value.
struct CommandOption: Sendable {
    /// With its dashes: `--listen`, `-X`.
    let name: String
    /// What stands for the value in the usage, as `ADDRESS:PORT`; nil for a flag.
    var value: String?
    let summary: String
    var isRepeatable = false
    var isRequired = false
}

/// How `watchword` ends.
package enum ExitStatus: Int32, Sendable {
    case done = 0
    /// The answer is no: a reject, an invalid file, not found, already there.
    case no = 1
    case wrongUsage = 2
    /// No server, no permission, input or output failed.
    case couldNot = 3
}

/// Why a command ends early. The messages go to standard error, one line each: what is wrong and what would be right.
package struct CommandFailure: Error, Equatable {
    package let status: ExitStatus
    package let messages: [String]

    static func no(_ messages: String...) -> CommandFailure { CommandFailure(status: .no, messages: messages) }
    static func wrongUsage(_ messages: String...) -> CommandFailure {
        CommandFailure(status: .wrongUsage, messages: messages)
    }
    static func missingCommand(after line: String, _ command: Command) -> CommandFailure {
        let names = command.subcommands.map(\.name).joined(separator: ", ")
        return .wrongUsage("a command is missing after '\(line)': one of \(names)", "see: \(line) --help")
    }
    static func couldNot(_ messages: String...) -> CommandFailure {
        CommandFailure(status: .couldNot, messages: messages)
    }
}
