import RadiusCodec

/// Reads one `[Rule name]`: conditions, and what is sent when they hold.
///
///     [Rule vpn-admins]
///     when   = user.group is vpn-admins, vpn-root
///     unless = client.name is guest-wifi
///     result = accept
///     stop   = yes
///     Class  = ou=admins
///     Fortinet-Group-Name = {user.department}-admins
struct RuleSectionReader {
    private let section: ConfigurationFile.Section
    private let groups: GroupDefinitions
    private(set) var findings: MappingFindings
    private(set) var block: MappingBlock

    init(_ section: ConfigurationFile.Section, _ findings: MappingFindings, _ groups: GroupDefinitions) {
        self.section = section
        self.findings = findings
        self.groups = groups
        block = MappingBlock(place: RulePlace(file: findings.file, line: section.line))
    }

    mutating func read() {
        for entry in section.entries where !BlockOptions.take(entry, into: &block, &findings, groups) {
            readAttribute(entry)
        }
        if section.entries.allSatisfy({ BlockOptions.keys.contains($0.key) }) {
            findings.warn("\(section.heading) sends nothing (expected an attribute = a value)", at: section.line)
        }
    }

    private mutating func readAttribute(_ entry: ConfigurationFile.Entry) {
        // A slip in one of our words is more likely than an attribute that nobody knows.
        if findings.dictionary.definition(named: entry.key) == nil,
            let slip = nearest(to: entry.key, among: BlockOptions.keys)
        {
            findings.fail("unknown key \(entry.key) (did you mean \(slip)?)", at: entry.line)
            return
        }
        guard let target = findings.target(entry.key, isOurs: true, at: entry.line),
            let value = findings.value(entry.value, for: target, entry.key, at: entry.line)
        else { return }
        block.rules.append(
            MappingRule(place: RulePlace(file: findings.file, line: entry.line), target: target, value: value))
    }
}
