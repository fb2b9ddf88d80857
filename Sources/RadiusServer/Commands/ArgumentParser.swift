import RadiusCodec

/// What stood on the command line, checked against the command's description.
struct Arguments: Sendable, Equatable {
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    /// The value that was given; of a repeatable option the last one.
    func value(of option: CommandOption) -> String? { values[option.name]?.last }

    /// Every value of a repeatable option, in the order given.
    func values(of option: CommandOption) -> [String] { values[option.name] ?? [] }

    func isSet(_ option: CommandOption) -> Bool { values[option.name] != nil }

    fileprivate mutating func append(operand: String) { operands.append(operand) }

    fileprivate mutating func append(_ value: String, to option: CommandOption) {
        values[option.name, default: []].append(value)
    }
}

/// Which command was meant, and with what.
struct ParsedCommandLine: Sendable {
    /// The words that lead to the command, as `["token", "add"]`; empty for `watchword` itself.
    let path: [String]
    let command: Command
    let arguments: Arguments
    /// Somebody asked for `--help`: of the rest of the line only the command's name was checked.
    let wantsHelp: Bool
}

/// Reads a command line. Options may stand before, between and after operands; `--name value` and `--name=value` mean
/// the same; `--` ends the options; the value of an option may begin with a dash, as passwords do.
struct ArgumentParser {
    let root: Command
    /// Options that every command understands.
    let globalOptions: [CommandOption]

    func parse(_ words: [String]) throws(CommandFailure) -> ParsedCommandLine {
        var path: [String] = []
        var command = root
        var arguments = Arguments()
        var mistake: CommandFailure?
        var unknownCommand: CommandFailure?
        var rest = words[...]

        while let word = rest.popFirst() {
            if word == "--" {
                for operand in rest { arguments.append(operand: operand) }
                break
            }
            if word.hasPrefix("-"), word != "-" {
                if word == CommandOption.help.name || word == "-h" {
                    // The help of another command would look as if there were this one.
                    if let unknownCommand { throw unknownCommand }
                    return ParsedCommandLine(path: path, command: command, arguments: arguments, wantsHelp: true)
                }
                do throws(CommandFailure) {
                    try takeOption(word, from: &rest, of: command, at: path, into: &arguments)
                } catch { mistake = mistake ?? error }
                continue
            }
            if arguments.operands.isEmpty, let subcommand = command.subcommand(named: word) {
                command = subcommand
                path.append(word)
                continue
            }
            if command.operandCount.upperBound == 0, !command.subcommands.isEmpty {
                unknownCommand = unknownCommand ?? self.unknownCommand(word, of: command, at: path)
                mistake = mistake ?? unknownCommand
            }
            arguments.append(operand: word)
        }
        if let mistake { throw mistake }
        try check(arguments, of: command, at: path)
        return ParsedCommandLine(path: path, command: command, arguments: arguments, wantsHelp: false)
    }

    private func takeOption(
        _ word: String, from rest: inout ArraySlice<String>, of command: Command, at path: [String],
        into arguments: inout Arguments
    ) throws(CommandFailure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let attached = parts.count > 1 ? String(parts[1]) : nil
        let known = command.options + globalOptions
        guard let option = known.first(where: { $0.name == name }) else {
            throw .wrongUsage(
                "unknown option '\(visible(name))'" + guess(name, among: known.map(\.name)), hint(path))
        }
        if arguments.isSet(option), !option.isRepeatable {
            throw .wrongUsage("\(name) is given twice; it takes one value", hint(path))
        }
        guard let placeholder = option.value else {
            guard attached == nil else { throw .wrongUsage("\(name) takes no value", hint(path)) }
            return arguments.append("", to: option)
        }
        guard let value = attached ?? rest.popFirst() else {
            throw .wrongUsage("\(name) needs a value: \(name) \(placeholder)", hint(path))
        }
        arguments.append(value, to: option)
    }

    private func check(_ arguments: Arguments, of command: Command, at path: [String]) throws(CommandFailure) {
        guard command.action != nil else { throw .missingCommand(after: line(path), command) }
        let count = arguments.operands.count
        if count > command.operandCount.upperBound {
            throw .wrongUsage("unexpected '\(arguments.operands[command.operandCount.upperBound])'", hint(path))
        }
        if count < command.operandCount.lowerBound {
            throw .wrongUsage("\(command.operands[count]) is missing", hint(path))
        }
        for option in command.options where option.isRequired && !arguments.isSet(option) {
            throw .wrongUsage("\(option.name) \(option.value ?? "") is missing", hint(path))
        }
    }

    private func unknownCommand(_ word: String, of command: Command, at path: [String]) -> CommandFailure {
        .wrongUsage(
            "unknown command '\(visible((path + [word]).joined(separator: " ")))'"
                + guess(word, among: command.subcommands.map(\.name)), hint(path))
    }

    private func line(_ path: [String]) -> String { ([root.name] + path).joined(separator: " ") }

    private func hint(_ path: [String]) -> String { "see: \(line(path)) --help" }

    private func guess(_ word: String, among words: [String]) -> String {
        nearest(to: word, among: words).map { " (did you mean \($0)?)" } ?? ""
    }
}
