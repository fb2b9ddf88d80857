/// What `--help` prints: usage, what the command does, its options or sub-commands, an example.
struct HelpText {
    let command: Command
    /// The whole line that leads to the command, as `watchword token add`.
    let line: String
    let globalOptions: [CommandOption]

    var text: String {
        var paragraphs = [usage, command.summary + "."]
        if !command.subcommands.isEmpty {
            paragraphs.append(table("Commands", command.subcommands.map { ($0.name, $0.summary) }))
        }
        if !command.options.isEmpty {
            paragraphs.append(table("Options", command.options.map { (syntax($0), describe($0)) }))
        }
        paragraphs.append(table("Everywhere", globalOptions.map { (syntax($0), $0.summary) }))
        paragraphs.append(
            "Example:\n" + command.example.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        return paragraphs.joined(separator: "\n\n")
    }

    /// `usage: watchword token add --user NAME [--pin PIN] …`, broken into lines of at most 100 characters.
    private var usage: String {
        var words: [String] = []
        if command.action != nil {
            words += command.operands
            words += command.options.filter(\.isRequired).map { syntax($0) + ($0.isRepeatable ? "…" : "") }
            words += command.options.filter { !$0.isRequired }.map { "[\(syntax($0))]" + ($0.isRepeatable ? "…" : "") }
        }
        if !command.subcommands.isEmpty { words.append(command.action == nil ? "COMMAND …" : "[COMMAND …]") }
        var lines = ["usage: " + line]
        let indentation = String(repeating: " ", count: "usage: ".count + 4)
        for word in words {
            let last = lines[lines.count - 1] + " " + word
            if last.count <= 100 { lines[lines.count - 1] = last } else { lines.append(indentation + word) }
        }
        return lines.joined(separator: "\n")
    }

    private func syntax(_ option: CommandOption) -> String {
        option.value.map { "\(option.name) \($0)" } ?? option.name
    }

    private func describe(_ option: CommandOption) -> String {
        option.summary + (option.isRepeatable ? "; may be repeated" : "")
    }

    private func table(_ title: String, _ rows: [(left: String, right: String)]) -> String {
        let width = rows.map(\.left.count).max() ?? 0
        let lines = rows.map { row in
            "  " + row.left + String(repeating: " ", count: width - row.left.count + 2) + row.right
        }
        return ([title + ":"] + lines).joined(separator: "\n")
    }
}
