import RadiusCodec

/// Reads one `[Members Attribute]`: which groups get which value of the attribute.
///
///     [Members Class]
///     groups    = user.memberOf
///     dn        = CN=vpn-admins,OU=Groups,DC=example,DC=com -> OU=admins;
///     name      = vpn-users -> OU=users;
///     below     = OU=Guests,DC=example,DC=com -> OU=guests;
///     otherwise = OU=nobody;
struct MembersSectionReader {
    private let section: ConfigurationFile.Section
    private let groups: GroupDefinitions
    private(set) var findings: MappingFindings
    private(set) var block: MappingBlock

    /// How many of the lines that are for a user count.
    private enum Taking: String, CaseIterable {
        case first
        case all
    }

    private static let keys =
        ["groups"] + GroupWord.allCases.map(\.rawValue) + ["otherwise", "take", "radiusAttribute"] + BlockOptions.keys

    init(_ section: ConfigurationFile.Section, _ findings: MappingFindings, _ groups: GroupDefinitions) {
        self.section = section
        self.findings = findings
        self.groups = groups
        block = MappingBlock(place: RulePlace(file: findings.file, line: section.line), takesFirst: true)
    }

    mutating func read() {
        let named = section.entries.first { $0.key == "radiusAttribute" }
        let name = named?.value ?? lastWord(section.name ?? "")
        let line = named?.line ?? section.line
        guard let target = findings.target(name, isOurs: true, at: line) else { return }
        let sources = findings.groupSources(of: section)
        for entry in section.entries where !BlockOptions.take(entry, into: &block, &findings, groups) {
            switch entry.key {
            case "groups", "radiusAttribute": break
            case "take": readTaking(entry)
            case "otherwise": append(entry.value, target, .others, entry)
            default:
                guard let word = GroupWord(rawValue: entry.key) else {
                    findings.failUnknown(entry, section, among: Self.keys)
                    continue
                }
                readLine(entry, word, sources, target)
            }
        }
        checkOtherwise()
        if block.rules.isEmpty, !findings.diagnostics.contains(where: { $0.severity == .error }) {
            findings.warn("\(section.heading) sends nothing (expected dn = CN=… -> a value)", at: section.line)
        }
    }

    private mutating func readTaking(_ entry: ConfigurationFile.Entry) {
        do throws(UnfitValue) {
            let context = ValueContext(file: findings.file)
            block.takesFirst = try ValueType<Taking>.choice.parse(entry.value, context) == .first
        } catch {
            findings.fail("take is \(error.shown) (expected \(error.expected))", at: entry.line)
        }
    }

    /// `name = vpn-users -> OU=users;`
    private mutating func readLine(
        _ entry: ConfigurationFile.Entry, _ word: GroupWord, _ sources: [MappingSource], _ target: MappingTarget
    ) {
        guard let arrow = entry.value.firstRange(of: " -> ") else {
            let example = "\(entry.key) = \(entry.value.isEmpty ? "a group" : entry.value) -> what its members get"
            findings.fail("\(entry.key) has no arrow (expected \(example))", at: entry.line)
            return
        }
        let group = String(trimmed(entry.value[..<arrow.lowerBound]))
        let value = String(trimmed(entry.value[arrow.upperBound...]))
        var membership = Membership()
        if word == .group {
            guard let known = groups.membership(of: group, &findings, at: entry.line) else { return }
            membership = known
        } else {
            guard let pattern = findings.pattern(word, group, at: entry.line) else { return }
            if sources.isEmpty { findings.failWithoutGroups(section, at: entry.line) }
            let number = findings.number(of: pattern)
            membership.alternatives = sources.map { .init(source: $0, pattern: number) }
        }
        append(value, target, .members(membership), entry)
    }

    private mutating func append(
        _ text: String, _ target: MappingTarget, _ audience: MappingRule.Audience, _ entry: ConfigurationFile.Entry
    ) {
        guard let value = findings.value(text, for: target, entry.key, at: entry.line) else { return }
        block.rules.append(
            MappingRule(
                place: RulePlace(file: findings.file, line: entry.line), target: target, value: value,
                audience: audience))
    }

    /// What is behind `otherwise` would be for nobody, or for those whom `otherwise` was for.
    private mutating func checkOtherwise() {
        let entries = section.entries.filter { $0.key == "otherwise" || GroupWord(rawValue: $0.key) != nil }
        if let entry = entries.dropLast().first(where: { $0.key == "otherwise" }) {
            findings.fail("otherwise is not the last of the lines (expected it behind all groups)", at: entry.line)
        }
    }
}
