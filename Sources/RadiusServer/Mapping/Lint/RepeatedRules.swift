import RadiusCodec

/// Two rules that do the same: each value is sent twice.
enum RepeatedRules {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        ofPlugin(mapping) + ofSections(mapping)
    }

    private static func ofPlugin(_ mapping: AttributeMapping) -> [Diagnostic] {
        var lines: [String: Int] = [:]
        return mapping.rules.compactMap { rule in
            guard let identity = identity(of: rule) else { return nil }
            guard let line = lines[identity] else {
                lines[identity] = rule.place.line
                return nil
            }
            return rule.warning("does what the rule in line \(line) does: each value is sent twice")
        }
    }

    /// Constants that a section before sends as well, to everybody whom the section is for.
    private static func ofSections(_ mapping: AttributeMapping) -> [Diagnostic] {
        let logic = ConditionLogic(patterns: mapping.patterns)
        let sections = mapping.blocks.filter { $0.place != nil && !$0.takesFirst }
        return sections.enumerated().flatMap { index, section -> [Diagnostic] in
            let earlier = sections[..<index].filter { !$0.isLast && logic.isApplied($0, whenever: section) }
            return section.rules.compactMap { rule -> Diagnostic? in
                guard let value = rule.constantForAll else { return nil }
                let twin = earlier.flatMap(\.rules).first { $0.constantForAll == value }
                return twin.map {
                    rule.warning("is sent by line \($0.place.line) already, to all of them: it is sent twice")
                }
            }
        }
    }

    /// nil for a rule of a section of ours: what it sends depends on the conditions.
    private static func identity(of rule: MappingRule) -> String? {
        let parts: [String]
        switch rule.value {
        case .plain(let source): parts = [source.description]
        case .extraction(let source, let extraction):
            parts = [source.description, extraction.pattern?.pattern ?? "", extraction.prefix, extraction.suffix]
        case .template, .constant: return nil
        }
        return ([rule.target.name] + parts).joined(separator: "\n")
    }
}

extension MappingRule {
    /// What the rule sends to everybody whom its section is for, whatever the login.
    fileprivate var constantForAll: EncodedAttribute? {
        guard case .constant(let value) = self.value else { return nil }
        if case .members = audience { return nil }
        return value
    }
}
