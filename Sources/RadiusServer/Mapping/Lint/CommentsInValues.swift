import RadiusCodec

/// A comment behind a value: it belongs to the value, and goes to the device with it.
enum CommentsInValues {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        mapping.rules.flatMap { rule in
            texts(of: rule).filter { $0.text.contains(" #") || $0.text.contains(" ;") }.map {
                rule.warning("what looks like a comment belongs to \($0.key) (expected comments on lines of their own)")
            }
        }
    }

    private static func texts(of rule: MappingRule) -> [(key: String, text: String)] {
        switch rule.value {
        case .plain(let source): return [("the value's name", source.key)]
        case .extraction(let source, let extraction):
            return [
                ("dir", source.section ?? ""), ("userAttribute", source.key),
                ("regex", extraction.pattern?.pattern ?? ""), ("prefix", extraction.prefix),
                ("suffix", extraction.suffix),
            ]
        case .template(let template):
            let text = template.parts.map { part in
                if case .text(let text) = part { text } else { "" }
            }
            return [(rule.target.name, text.joined())]
        case .constant(let attribute):
            switch attribute.definition.type {
            case .string, .octets: return [(rule.target.name, String(decoding: attribute.octets, as: UTF8.self))]
            // A comment would have made another value of it none.
            default: return []
            }
        }
    }
}
