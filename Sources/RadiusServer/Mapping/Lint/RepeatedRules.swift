import RadiusCodec

/// Two rules that do the same: each value is sent twice.
enum RepeatedRules {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
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

    /// nil for a rule of a section of ours: what it sends depends on the conditions, which ``ShadowedRules`` looks at.
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
