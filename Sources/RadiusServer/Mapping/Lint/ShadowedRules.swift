import RadiusCodec

/// Rules that never send anything, because another one before them always has the word.
enum ShadowedRules {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        let sections = mapping.blocks.filter { $0.place != nil }
        let logic = ConditionLogic(patterns: mapping.patterns)
        return sections.flatMap { contradiction(in: $0, logic) } + stopped(sections, logic)
            + sections.flatMap { lines(of: $0, logic) }
    }

    // MARK: Sections

    /// What is asked for and ruled out at once.
    private static func contradiction(in section: MappingBlock, _ logic: ConditionLogic) -> [Diagnostic] {
        for condition in section.conditions where !condition.isNegated {
            let opposite = section.conditions.first { $0.isNegated && logic.follows($0.test, from: condition.test) }
            if let place = section.place, let opposite {
                return [
                    place.warning(
                        "never applied: lines \(condition.place.line) and \(opposite.place.line) rule each other out")
                ]
            }
        }
        return []
    }

    /// Sections behind one that stops, and that is for everybody whom they are for.
    private static func stopped(_ sections: [MappingBlock], _ logic: ConditionLogic) -> [Diagnostic] {
        sections.enumerated().compactMap { index, section in
            guard let place = section.place else { return nil }
            let stop = sections[..<index].first { $0.isLast && logic.isApplied($0, whenever: section) }
            guard let stop = stop?.place else { return nil }
            return place.warning("never applied: whoever it is for, line \(stop.line) stops before it")
        }
    }

    // MARK: Lines of [Members …]

    private static func lines(of section: MappingBlock, _ logic: ConditionLogic) -> [Diagnostic] {
        guard section.takesFirst else { return [] }
        var earlier: [(membership: Membership, line: Int)] = []
        return section.rules.compactMap { rule in
            guard case .members(let membership) = rule.audience else { return nil }
            defer { earlier.append((membership, rule.place.line)) }
            guard let other = earlier.first(where: { logic.covers($0.membership, membership) }) else { return nil }
            return rule.warning("never decides: whoever it is for, line \(other.line) is for them as well")
        }
    }
}

/// What follows from what, as far as the text of conditions tells.
struct ConditionLogic {
    let patterns: GroupPatterns

    /// Whether `test` holds whenever `other` does.
    func follows(_ test: MappingCondition.Test, from other: MappingCondition.Test) -> Bool {
        switch (test, other) {
        case (.isOneOf(let source, let texts), .isOneOf(let otherSource, let otherTexts)):
            source == otherSource && otherTexts.isSubset(of: texts)
        case (.matches(let source, let expression), .matches(let otherSource, let otherExpression)):
            source == otherSource && expression.pattern == otherExpression.pattern
        case (.exists(let source), .exists(let otherSource)), (.exists(let source), .isWithin(let otherSource, _)):
            source == otherSource
        case (.exists(let source), .isOneOf(let otherSource, let texts)):
            source == otherSource && !texts.contains("")
        case (.isMember(let membership), .isMember(let other)): covers(membership, other)
        case (.isOneOf, _), (.matches, _), (.exists, _), (.isWithin, _), (.isMember, _): false
        }
    }

    /// Whether everybody in `members` is in `membership`.
    func covers(_ membership: Membership, _ members: Membership) -> Bool {
        !members.alternatives.isEmpty
            && members.alternatives.allSatisfy { own in
                membership.alternatives.contains { $0.source == own.source && covers($0.pattern, own.pattern) }
            }
    }

    private func covers(_ number: Int, _ own: Int) -> Bool {
        guard let pattern = patterns[number], let own = patterns[own] else { return false }
        return pattern.covers(own)
    }
}

extension GroupPattern {
    /// Whether this matches whatever `other` matches.
    fileprivate func covers(_ other: GroupPattern) -> Bool {
        switch (self, other) {
        case (.name(let name), .entry(let entry)): entry.isNamed(name)
        case (.part(let part), .entry(let name)), (.part(let part), .part(let name)),
            (.part(let part), .below(let name)):
            name.contains(part)
        case (.below(let ancestor), .entry(let entry)): entry.isBelow(ancestor)
        case (.below(let ancestor), .below(let own)): own == ancestor || own.isBelow(ancestor)
        case (.entry, _), (.name, _), (.part, _), (.below, _): self == other
        }
    }
}

extension ConditionLogic {
    /// Whether `earlier` is for everybody whom `section` is for.
    func isApplied(_ earlier: MappingBlock, whenever section: MappingBlock) -> Bool {
        section.results.isSubset(of: earlier.results)
            && earlier.conditions.allSatisfy { needed in
                section.conditions.contains {
                    $0.isNegated == needed.isNegated
                        && (needed.isNegated
                            ? follows($0.test, from: needed.test) : follows(needed.test, from: $0.test))
                }
            }
    }
}
