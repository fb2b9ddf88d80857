/// One `when` or `unless` of a `[Rule …]`.
struct MappingCondition: Sendable {
    enum Test: Sendable {
        /// `is a, b`: one of the values is one of these, letter by letter.
        case isOneOf(Set<String>)
        /// `matches expression`: the expression matches one of the values.
        case matches(RegularExpression)
        /// `exists`: there is a value, and not an empty one.
        case exists
    }

    let source: MappingSource
    let test: Test
    /// `unless`.
    let isNegated: Bool

    /// Whether the rule may go on.
    ///
    /// - Throws: when an expression runs away; nobody knows then, and the rule must not be applied.
    func holds(for detail: some DetailSource) throws(RegularExpression.Runaway) -> Bool {
        for value in source.values(in: detail) {
            guard let text = value.comparableText, !text.isEmpty else { continue }
            if try passes(text) { return !isNegated }
        }
        return isNegated
    }

    private func passes(_ text: String) throws(RegularExpression.Runaway) -> Bool {
        switch test {
        case .isOneOf(let texts): texts.contains(text)
        case .matches(let expression): try expression.firstGroup(in: text) != nil
        case .exists: true
        }
    }
}

extension DetailValue {
    /// What a condition compares with: `6`, `true`; nil for what has no text.
    fileprivate var comparableText: String? {
        switch self {
        case .text(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .list, .object, .null: nil
        }
    }
}

/// Rules that are applied together: those of one `[Rule …]` when its conditions hold, all others always.
struct MappingBlock: Sendable {
    /// Of the `[Rule …]`; nil for the sections that are always applied.
    var place: RulePlace?
    var conditions: [MappingCondition] = []
    /// The only reply that it is for; nil for both.
    var result: MappedResult?
    /// Whether no `[Rule …]` after it is looked at once it was applied.
    var isLast = false
    var rules: [MappingRule] = []
}
