import RadiusCodec

/// Regular expressions that take nothing out of a value, or another thing than their author thinks.
enum UselessGroups {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        mapping.rules.flatMap { rule -> [Diagnostic] in
            guard let extraction = rule.extraction else { return [] }
            return messages(extraction).map(rule.warning)
        }
    }

    private static func messages(_ extraction: MappingRule.Extraction) -> [String] {
        var messages: [String] = []
        for (key, text) in [("prefix", extraction.prefix), ("suffix", extraction.suffix)]
        where text.contains(/[$\\][1-9&]/) {
            messages.append(
                "\(key) is sent as it stands: $1 means nothing in it (expected (…) in regex, and nothing more)")
        }
        guard let pattern = extraction.pattern else { return messages }
        let isBare = extraction.prefix.isEmpty && extraction.suffix.isEmpty
        switch pattern.groupCount {
        case 0 where isBare:
            messages.append(
                "regex has no group and there is no prefix: nothing is ever sent (expected (…) around a part)")
        case 0: break
        case let count:
            if count > 1 {
                messages.append("of the \(count) groups of regex only the first counts (expected (?:…) for others)")
            }
            if FirstGroup(of: pattern.pattern).isOptional, !isBare {
                messages.append("regex can match without its group: prefix and suffix are then sent alone")
            }
        }
        return messages
    }
}

/// The first `(…)` of an expression that captures, found without regard to what stands in it.
private struct FirstGroup {
    /// Whether the expression can match while the group takes no part: `(a)?`, or `(a)|b`.
    private(set) var isOptional = false

    init(of pattern: String) {
        let characters = Array(pattern)
        var depth = 0
        var depthOfGroup: Int?
        var isInClass = false
        var index = 0
        while index < characters.count {
            defer { index += 1 }
            switch characters[index] {
            case "\\": index += 1
            case "[" where !isInClass: isInClass = true
            case "]": isInClass = false
            case _ where isInClass: break
            case "(":
                let isPlain = index + 1 >= characters.count || !["?", "*"].contains(characters[index + 1])
                if isPlain, depthOfGroup == nil { depthOfGroup = depth }
                depth += 1
            case ")":
                depth -= 1
                if depth == depthOfGroup, index + 1 < characters.count, ["?", "*"].contains(characters[index + 1]) {
                    isOptional = true
                }
            case "|" where depth <= (depthOfGroup ?? -1) || (depth == 0 && depthOfGroup == nil): isOptional = true
            default: break
            }
        }
    }
}
