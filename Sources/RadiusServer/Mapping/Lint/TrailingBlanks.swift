import RadiusCodec

/// Blanks that nobody sees and that count.
enum TrailingBlanks {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        mapping.rules.flatMap { rule -> [Diagnostic] in
            guard let extraction = rule.extraction else { return [] }
            // Behind a prefix a blank parts it from the value; behind these it is a slip of the hand.
            return [("regex", extraction.pattern?.pattern ?? ""), ("suffix", extraction.suffix)]
                .filter { $0.1 != trimmed($0.1[...]) }.map { rule.warning("the blank at the end of \($0.0) counts") }
        }
    }
}
