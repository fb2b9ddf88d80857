import FoundationEssentials

/// One run of a command: its arguments, and the console it speaks through.
struct Invocation: Sendable {
    let arguments: Arguments
    let console: any Console

    /// Whether the result is to be one JSON document.
    var isJSON: Bool { arguments.isSet(.json) }

    /// The operand at `index`, or nil when it was left out.
    func operand(_ index: Int) -> String? {
        arguments.operands.indices.contains(index) ? arguments.operands[index] : nil
    }

    /// An operand that the parser has made sure of.
    func requiredOperand(_ index: Int, _ name: String) throws(CommandFailure) -> String {
        guard let operand = operand(index) else { throw .wrongUsage("\(name) is missing") }
        return operand
    }

    /// Shows the result: `document` with `--json`, otherwise `text`.
    func show(_ document: some Encodable, orText text: @autoclosure () -> String) throws(CommandFailure) {
        try console.show(isJSON ? try Self.json(document) : text())
    }

    /// Shows what is JSON in any case.
    func showJSON(_ document: some Encodable) throws(CommandFailure) { try console.show(try Self.json(document)) }

    /// One JSON document, keys sorted, for eyes and for `jq`.
    private static func json(_ document: some Encodable) throws(CommandFailure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(document), as: UTF8.self)
        } catch {
            throw .couldNot("the result is no JSON: \(error)")
        }
    }

    /// The number that `option` gives, or nil when it is not given.
    func number(of option: CommandOption, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = arguments.value(of: option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .wrongUsage(
                "\(option.name) is '\(text)'; it takes a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
