import RadiusCodec

/// Reads the `[Attribute …]` sections of one heading.
struct AttributeSectionReader {
    private(set) var findings: MappingFindings
    private(set) var rules: [MappingRule] = []

    init(_ findings: MappingFindings) { self.findings = findings }

    /// What the lines say so far.
    private struct Draft {
        var line: Int
        var entries: [String: ConfigurationFile.Entry] = [:]
        /// The keys that stand in the section since the last rule was made of it.
        var news: Set<String> = []
        /// Where `regex` is misspelt: without it the rule would be for everybody.
        var hasSlip = false

        subscript(_ key: String) -> String { entries[key]?.value ?? "" }
        func asWritten(_ key: String) -> String { entries[key]?.valueAsWritten ?? "" }
    }

    private static let keys = ["dir", "userAttribute", "regex", "prefix", "suffix", "radiusAttribute"]

    /// A section that names a userAttribute is a rule. Without one, a repeated section goes on with the one before; and
    /// a repeated key makes one more rule, which has the other keys from the rule before.
    mutating func read(_ occurrences: [ConfigurationFile.Section]) {
        guard let first = occurrences.first else { return }
        guard let name = first.name else {
            findings.fail("[Attribute] names no attribute (expected [Attribute Filter-Id])", at: first.line)
            return
        }
        var draft = Draft(line: first.line)
        for section in occurrences {
            if section.entries.contains(where: { $0.key == "userAttribute" }), !draft.news.isEmpty {
                finish(draft, name)
                draft = Draft(line: section.line)
            }
            for entry in section.entries {
                guard Self.keys.contains(entry.key) else {
                    findings.passOver(entry, section, among: Self.keys)
                    if nearest(to: entry.key, among: Self.keys) == "regex" { draft.hasSlip = true }
                    continue
                }
                if draft.news.contains(entry.key) {
                    findings.warn(
                        "\(entry.key) is there again: it makes one more rule (better a section of its own)",
                        at: entry.line)
                    finish(draft, name)
                    draft.news = []
                    draft.line = entry.line
                }
                draft.entries[entry.key] = entry
                draft.news.insert(entry.key)
            }
        }
        if !draft.news.isEmpty { finish(draft, name) }
    }

    private mutating func finish(_ draft: Draft, _ name: String) {
        guard !draft["userAttribute"].isEmpty else {
            findings.warn(
                "[Attribute \(name)] has no effect (expected userAttribute = the value to read)", at: draft.line)
            return
        }
        guard !draft.hasSlip || draft.entries["regex"] != nil else {
            findings.warn(
                "[Attribute \(name)] has no effect, for its regex is misspelt and everybody would get it",
                at: draft.line)
            return
        }
        let isNamed = !draft["radiusAttribute"].isEmpty
        let target = findings.target(
            isNamed ? draft["radiusAttribute"] : lastWord(name), isOurs: false,
            at: isNamed ? draft.entries["radiusAttribute"]?.line ?? draft.line : draft.line)
        var pattern: RegularExpression?
        if let regex = draft.entries["regex"], !regex.value.isEmpty {
            do throws(RegularExpression.Malformed) {
                pattern = try RegularExpression(regex.valueAsWritten)
            } catch {
                findings.fail("the regular expression is not one: \(error) (expected Perl's syntax)", at: regex.line)
            }
        }
        guard let target else { return }
        let source = MappingSource(section: draft["dir"].isEmpty ? nil : draft["dir"], key: draft["userAttribute"])
        let extraction = MappingRule.Extraction(
            pattern: pattern, prefix: draft.asWritten("prefix"), suffix: draft.asWritten("suffix"))
        rules.append(
            MappingRule(
                place: RulePlace(file: findings.file, line: draft.line), target: target,
                value: .extraction(source, extraction)))
    }
}
