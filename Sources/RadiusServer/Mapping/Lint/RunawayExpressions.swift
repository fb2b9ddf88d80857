import RadiusCodec

/// Regular expressions that try for ever on the wrong value.
enum RunawayExpressions {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        let ofRules = mapping.rules.compactMap { rule -> Diagnostic? in
            guard let pattern = rule.extraction?.pattern, let value = stumblingBlock(of: pattern) else { return nil }
            return rule.warning("regex can run away: it does on \(value)")
        }
        let ofConditions = mapping.blocks.flatMap(\.conditions).compactMap { condition -> Diagnostic? in
            guard case .matches(_, let pattern) = condition.test, let value = stumblingBlock(of: pattern) else {
                return nil
            }
            return condition.place.warning("the regular expression can run away: it does on \(value)")
        }
        return ofRules + ofConditions
    }

    /// Tries the expression on values that make nested repetitions try everything.
    ///
    /// - Returns: the value that it gives up on, in words.
    private static func stumblingBlock(of pattern: RegularExpression) -> String? {
        for letter in Set(pattern.pattern + "a0 ,").sorted() {
            let value = String(repeating: letter, count: 64) + "\n!"
            do throws(RegularExpression.Runaway) {
                _ = try pattern.firstGroup(in: value)
                // With its own letters behind: a value that lacks one that must be there is not even tried.
                _ = try pattern.firstGroup(in: value + pattern.pattern)
            } catch {
                return "64 times '\(letter)' with a line feed and ! behind"
            }
        }
        return nil
    }
}
