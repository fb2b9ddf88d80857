import RadiusCodec

/// Texts that can never be a value of their attribute, whatever the detail says.
enum UnfitValues {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        mapping.rules.compactMap { rule in
            switch rule.value {
            case .plain, .constant: nil
            case .extraction(_, let extraction):
                extraction.pattern?.groupCount == 0
                    ? constant(extraction, rule, mapping.dictionary)
                    : frame(extraction.prefix, extraction.suffix, rule, mapping.dictionary)
            case .template(let template):
                frame(template.parts.first?.text ?? "", template.parts.last?.text ?? "", rule, mapping.dictionary)
            }
        }
    }

    /// A rule whose expression has no group makes one text only, which fits or does not.
    private static func constant(
        _ extraction: MappingRule.Extraction, _ rule: MappingRule, _ dictionary: AttributeDictionary
    ) -> Diagnostic? {
        let text = extraction.prefix + extraction.suffix
        guard !text.isEmpty else { return nil }
        do throws(AttributeValueError) {
            _ = try dictionary.encode(text, as: rule.target.definition, tag: rule.target.tag)
            return nil
        } catch {
            return rule.warning("what it sends is no \(rule.target.definition.type.rawValue): \(error)")
        }
    }

    /// What stands before and behind the value.
    private static func frame(
        _ prefix: String, _ suffix: String, _ rule: MappingRule, _ dictionary: AttributeDictionary
    ) -> Diagnostic? {
        let definition = rule.target.definition
        guard !prefix.isEmpty || !suffix.isEmpty else { return nil }
        guard let alphabet = definition.type.alphabet else {
            let size = prefix.utf8.count + suffix.utf8.count
            guard size > 252, !definition.flags.isConcatenated else { return nil }
            return rule.warning("what stands around the value has \(size) octets; an attribute carries 253 in all")
        }
        let isNumber = (prefix + suffix).lowercased().allSatisfy(alphabet.contains)
        let isName = dictionary.valueNames(for: definition).contains {
            $0.count > prefix.count + suffix.count && $0.hasPrefix(prefix.lowercased())
                && $0.hasSuffix(suffix.lowercased())
        }
        guard !isNumber, !isName else { return nil }
        let around = [prefix, suffix].filter { !$0.isEmpty }.map { "'\($0)'" }.joined(separator: " and ")
        return rule.warning("no \(definition.type.rawValue) has \(around) around it: nothing is ever sent")
    }
}

extension MappingTemplate.Part {
    /// nil for a value of the detail.
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

extension DataType {
    /// The characters of which the texts of its values are made, in lower case; nil where any will do, or none is known to
    /// be wrong.
    fileprivate var alphabet: Set<Character>? {
        switch self {
        case .integer, .integer64, .byte, .short, .signed: Set("0123456789-x" + "abcdef")
        case .ipaddr, .ipv4prefix: Set("0123456789./")
        case .ipv6addr, .ipv6prefix, .comboIP: Set("0123456789abcdef:./")
        case .ifid, .ether: Set("0123456789abcdef:-.")
        case .string, .octets, .bool, .date, .abinary, .tlv, .vsa, .extended, .longExtended, .evs: nil
        }
    }
}
