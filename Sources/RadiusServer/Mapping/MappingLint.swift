package import RadiusCodec

extension AttributeMapping {
    /// What the rules say that is probably not meant, in the order of the file. Mistakes that make a file useless are
    /// told when it is loaded; these are warnings for a rule that works, but not as its author thinks.
    package func lint() -> [Diagnostic] {
        var lint = MappingLint(dictionary: dictionary)
        for block in blocks {
            for rule in block.rules { lint.look(at: rule, isAlternative: block.takesFirst || block.isLast) }
        }
        return lint.findings.sortedByLine()
    }
}

/// Looks at one rule after the other, and remembers those before.
private struct MappingLint {
    let dictionary: AttributeDictionary
    private(set) var findings: [Diagnostic] = []

    private var linesOfRules: [String: Int] = [:]
    private var linesOfSingles: [AttributePath: Int] = [:]

    init(dictionary: AttributeDictionary) { self.dictionary = dictionary }

    /// - Parameter isAlternative: whether it stands in for others, so that no reply has what both make.
    mutating func look(at rule: MappingRule, isAlternative: Bool) {
        lookAtRepetition(rule)
        lookAtTarget(rule, isAlternative: isAlternative)
        guard case .extraction(let source, let extraction) = rule.value else { return }
        lookAtBlanksAndComments(rule, source, extraction)
        guard let pattern = extraction.pattern else { return }
        lookAtGroups(pattern, extraction, rule)
        lookAtConstant(pattern, extraction, rule)
        lookAtRunaway(pattern, rule)
    }

    private mutating func lookAtRepetition(_ rule: MappingRule) {
        let parts: [String]
        switch rule.value {
        case .plain(let source): parts = [source.description]
        case .extraction(let source, let extraction):
            parts = [source.description, extraction.pattern?.pattern ?? "", extraction.prefix, extraction.suffix]
        // What a section of ours sends depends on its conditions.
        case .template, .constant: return
        }
        let identity = ([rule.target.name] + parts).joined(separator: "\n")
        if let line = linesOfRules[identity] {
            report("does what the rule in line \(line) does: each value is sent twice", rule)
        } else {
            linesOfRules[identity] = rule.place.line
        }
    }

    /// RFC 2865 §5.44: what an Access-Accept may have once, and what it may not have at all.
    private static let onceInAccept: Set<UInt32> = [
        1, 6, 7, 8, 9, 10, 12, 15, 16, 19, 20, 23, 27, 28, 29, 34, 35, 36, 37, 39, 62, 63,
    ]
    private static let neverInAccept: Set<UInt32> = [3, 4, 5, 30, 31, 32, 60, 61]

    private mutating func lookAtTarget(_ rule: MappingRule, isAlternative: Bool) {
        let path = rule.target.definition.path
        guard path.numbers.count == 1, let number = path.numbers.first else { return }
        if Self.neverInAccept.contains(number) {
            report("an Access-Accept must not have \(rule.target.name) (RFC 2865 §5.44)", rule)
        }
        guard Self.onceInAccept.contains(number), !isAlternative else { return }
        if let line = linesOfSingles[path] {
            let other = "line \(line) makes one as well (RFC 2865 §5.44)"
            report("an Access-Accept may have one \(rule.target.name), and \(other)", rule)
        } else {
            linesOfSingles[path] = rule.place.line
        }
    }

    private mutating func lookAtBlanksAndComments(
        _ rule: MappingRule, _ source: MappingSource, _ extraction: MappingRule.Extraction
    ) {
        let pattern = extraction.pattern?.pattern ?? ""
        let texts = [
            ("dir", source.section ?? ""), ("userAttribute", source.key), ("regex", pattern),
            ("prefix", extraction.prefix),
            ("suffix", extraction.suffix),
        ]
        for (key, text) in texts where text.contains(" #") || text.contains(" ;") {
            report("what looks like a comment belongs to \(key) (expected comments on lines of their own)", rule)
        }
        // Behind a prefix a blank parts it from the value; behind these it is a slip of the hand.
        for (key, text) in [("regex", pattern), ("suffix", extraction.suffix)] where text != trimmed(text[...]) {
            report("the blank at the end of \(key) counts", rule)
        }
    }

    private mutating func lookAtGroups(
        _ pattern: RegularExpression, _ extraction: MappingRule.Extraction, _ rule: MappingRule
    ) {
        if pattern.groupCount == 0, extraction.prefix.isEmpty, extraction.suffix.isEmpty {
            report("regex has no group and there is no prefix: nothing is ever sent (expected (…) around a part)", rule)
        }
        if pattern.groupCount > 1 {
            let count = pattern.groupCount
            report("of the \(count) groups of regex only the first counts (expected (?:…) for others)", rule)
        }
    }

    /// A rule whose expression has no group makes one text only, which fits or does not.
    private mutating func lookAtConstant(
        _ pattern: RegularExpression, _ extraction: MappingRule.Extraction, _ rule: MappingRule
    ) {
        let text = extraction.prefix + extraction.suffix
        guard pattern.groupCount == 0, !text.isEmpty else { return }
        do throws(AttributeValueError) {
            _ = try dictionary.encode(text, as: rule.target.definition, tag: rule.target.tag)
        } catch {
            report("what it sends is no \(rule.target.definition.type.rawValue): \(error)", rule)
        }
    }

    /// Tries the expression on values that make nested repetitions try everything.
    private mutating func lookAtRunaway(_ pattern: RegularExpression, _ rule: MappingRule) {
        for letter in Set(pattern.pattern + "a0 ,") {
            let value = String(repeating: letter, count: 64) + "\n!"
            do throws(RegularExpression.Runaway) {
                _ = try pattern.firstGroup(in: value)
            } catch {
                report("regex can run away: it does on 64 times '\(letter)' with a line feed and ! behind", rule)
                return
            }
        }
    }

    private mutating func report(_ message: String, _ rule: MappingRule) {
        findings.append(Diagnostic(file: rule.place.file, line: rule.place.line, severity: .warning, message))
    }
}
