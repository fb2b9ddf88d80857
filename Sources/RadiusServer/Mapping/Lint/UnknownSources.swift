import RadiusCodec

/// Values that no decision has: the rule is never applied, or its condition never holds.
enum UnknownSources {
    /// What a decision has beside its sections (the response detail).
    static let topLevel = [
        "serial", "type", "otplen", "message", "transaction_id", "transaction_ids", "multi_challenge", "attributes",
        "client_mode", "user-realm", "user-resolver",
    ]
    static let sections = ["user", "token", "client", "request"]
    private static let clientKeys = ["name", "group", "address"]

    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        let ofRules = mapping.rules.flatMap { rule in rule.sources.map { ($0, rule.place) } }
        let ofConditions = mapping.blocks.flatMap(\.conditions).map { ($0.test.source, $0.place) }
        return (ofRules + ofConditions.compactMap { source, place in source.map { ($0, place) } }).compactMap {
            source, place in message(source, mapping.dictionary).map(place.warning)
        }
    }

    private static func message(_ source: MappingSource, _ dictionary: AttributeDictionary) -> String? {
        func lacks(_ name: String, _ known: [String]) -> String {
            let words = didYouMean(name, among: known, otherwise: "expected \(known.joined(separator: ", "))")
            return "a decision has no \(source) \(words)"
        }
        switch source.section {
        case nil:
            // A comment that was taken for a part of the name has a message of its own.
            guard !topLevel.contains(source.key), !source.key.contains(" ") else { return nil }
            return lacks(source.key, topLevel)
        case "client": return clientKeys.contains(source.key) ? nil : lacks(source.key, clientKeys)
        case "request":
            guard let definition = dictionary.definition(named: source.key) else {
                let words = dictionary.suggestion(for: source.key).map { "did you mean \($0)?" }
                return "unknown attribute \(source.key) (\(words ?? "expected a name of the dictionary"))"
            }
            return definition.isSecret ? "\(definition.name) is a secret, which no rule can read" : nil
        case "user", "token": return nil
        case let section?:
            let words = didYouMean(
                section, among: sections, otherwise: "expected \(sections.joined(separator: ", "))")
            return "a decision has no section \(section) \(words)"
        }
    }
}

extension MappingCondition.Test {
    /// nil for one that asks for groups.
    fileprivate var source: MappingSource? {
        switch self {
        case .isOneOf(let source, _), .matches(let source, _), .exists(let source), .isWithin(let source, _): source
        case .isMember: nil
        }
    }
}
