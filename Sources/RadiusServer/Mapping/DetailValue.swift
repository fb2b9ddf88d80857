/// One value of a response detail, as JSON has them.
package indirect enum DetailValue: Sendable, Equatable {
    case text(String)
    /// As it is written: an integer keeps all of its digits.
    case number(String)
    case bool(Bool)
    case list([DetailValue])
    case object([String: DetailValue])
    case null

    package static func number(_ value: some BinaryInteger) -> DetailValue { .number(String(value)) }

    package static func texts(_ values: [String]) -> DetailValue { .list(values.map(DetailValue.text)) }
}
