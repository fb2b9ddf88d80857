/// One value of a response detail, as JSON has them.
package enum DetailValue: Sendable, Equatable {
    case text(String)
    /// As it is written: an integer keeps all of its digits.
    case number(String)
    case bool(Bool)
    case list([DetailValue])
    case object([String: DetailValue])
    case null

    package static func number(_ value: some BinaryInteger) -> DetailValue { .number(String(value)) }

    package static func texts(_ values: [String]) -> DetailValue { .list(values.map(DetailValue.text)) }

    /// What rules of ours read: a text, `6`, `true`; nil for what has no text.
    var plainText: String? {
        switch self {
        case .text(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .list, .object, .null: nil
        }
    }
}
