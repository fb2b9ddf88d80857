import RadiusCodec

/// What `map --explain` shows: with each attribute the rule that made it, and why the other rules made none.
struct MappingExplanation {
    private let dictionary: AttributeDictionary
    private let mapped: MappedAttributes
    /// In the order of the file.
    private let silences: [Silence]

    /// A section or a rule that sent nothing.
    private struct Silence {
        let place: RulePlace
        let reason: String
    }

    /// - Parameter limit: the most octets that the reply may have.
    init(_ mapping: AttributeMapping, _ detail: some DetailSource, _ result: MappedResult, limit: Int) {
        dictionary = mapping.dictionary
        let (mapped, steps) = mapping.explanation(for: detail, result: result, limit: limit)
        self.mapped = mapped
        let told = steps.filter { $0.outcome != .isApplied }.map { Silence(place: $0.place, reason: $0.outcome.words) }
        let applied = Set(steps.filter { $0.outcome == .isApplied }.map(\.place))
        let heard = Set(mapped.attributes.map(\.place)).union(told.map(\.place))
        let withProblem = Set(mapped.problems.map(\.line))
        let others = mapping.blocks.filter { $0.place.map(applied.contains) ?? $0.results.contains(result) }
            .flatMap(\.rules).filter { !heard.contains($0.place) && !withProblem.contains($0.place.line) }
            .map { Silence(place: $0.place, reason: $0.silence(for: detail, result)) }
        silences = (told + others).sorted { $0.place.line < $1.place.line }
    }

    private struct Document: Encodable {
        struct Attribute: Encodable {
            let name: String
            let value: String
            /// `file:line`.
            let rule: String
        }
        struct Silence: Encodable {
            let rule: String
            let reason: String
        }
        let attributes: [Attribute]
        let silent: [Silence]
        let problems: [String]
        /// Absent when the login is not refused.
        let refused: String?
    }

    /// - Returns: ``ExitStatus/no`` when nobody may be let in by such a reply.
    func show(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let document = Document(
            attributes: mapped.attributes.map {
                Document.Attribute(
                    name: $0.attribute.definition.name, value: dictionary.text(of: $0.attribute),
                    rule: $0.place.description)
            },
            silent: silences.map { Document.Silence(rule: $0.place.description, reason: $0.reason) },
            problems: mapped.problems.map(\.description), refused: mapped.refusal?.description)
        let sent = mapped.attributes.map { [dictionary.readableLine(of: $0.attribute), $0.place.description] }
        let parts = [
            mapped.attributes.isEmpty ? "No attribute." : TextTable(sent).text,
            mapped.problems.map(\.description).joined(separator: "\n"),
            mapped.refusal.map { "The login is refused, since \($0)" } ?? "",
            silences.isEmpty
                ? "" : TextTable(["NOT APPLIED", ""], silences.map { [$0.place.description, $0.reason] }).text,
        ]
        try invocation.show(document, orText: parts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
        return mapped.refusal == nil ? .done : .no
    }
}

extension MappingRule {
    /// Why the rule sent nothing, though it was asked to.
    fileprivate func silence(for detail: some DetailSource, _ result: MappedResult) -> String {
        guard !result.keeps(target) else { return "the server's own \(target.definition.name) is sent" }
        return switch value {
        case .constant: "\(target.name) was left out"
        case .plain(let source): source.silence(in: detail)
        case .template(let template):
            template.sources.filter { $0.isSilent(in: detail) }.map { $0.silence(in: detail) }.joined(separator: ", ")
        case .extraction(let source, _) where source.isSilent(in: detail): source.silence(in: detail)
        case .extraction(let source, _): "regex takes nothing out of \(source)"
        }
    }
}

extension MappingSource {
    fileprivate func isSilent(in detail: some DetailSource) -> Bool {
        values(in: detail).allSatisfy { $0 == .null || $0 == .text("") }
    }

    /// The names of a user's attributes are what a directory calls them, and case counts.
    fileprivate func silence(in detail: some DetailSource) -> String {
        let known = detail.keys(in: section)
        guard !known.contains(key), let slip = nearest(to: key, among: known) else { return "\(self) has no value" }
        return "\(self) has no value (did you mean \(slip)?)"
    }
}

extension MappingStep.Outcome {
    /// Behind the place that it is about.
    fileprivate var words: String {
        switch self {
        case .isApplied: "applied"
        case .isForOtherReplies: "is for other replies"
        case .comesAfterStop(let end): "comes after line \(end.line), which stops"
        case .lacksCondition(let condition): "the condition in line \(condition.line) does not hold"
        case .isForOthers: "is for others"
        case .comesAfter(let taken): "comes after line \(taken.line), which is for the user"
        }
    }
}
