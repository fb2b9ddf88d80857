import RadiusCodec

/// Makes rules of the sections of a mapping file, and reports every mistake in it.
///
/// An error is what cannot be meant as it stands. A warning is what has no effect in the incumbent either, or none any
/// more, so that a file which works today need not be touched; an attribute that the dictionary does not know is such.
struct MappingReader {
    private let file: ConfigurationFile
    private var findings: MappingFindings
    private(set) var settings = PluginSettings()
    private(set) var misfit = MisfitHandling.leaveOut

    private var attributeRules: [MappingRule] = []
    private var ownBlocks: [MappingBlock] = []
    private var sectionRules: [MappingRule] = []
    private var topRules: [MappingRule] = []

    /// In the order in which they are applied.
    var blocks: [MappingBlock] {
        [MappingBlock(rules: attributeRules)] + ownBlocks + [MappingBlock(rules: sectionRules + topRules)]
    }

    var diagnostics: [Diagnostic] { findings.diagnostics }

    var patterns: GroupPatterns { GroupPatterns(findings.patterns) }

    init(file: ConfigurationFile, dictionary: AttributeDictionary) {
        self.file = file
        findings = MappingFindings(file: file.path, dictionary: dictionary)
    }

    mutating func read() {
        let sections = file.sectionsByHeading()
        // Rules may speak of groups that come after them.
        var groups = GroupDefinitions(findings)
        for occurrences in sections where occurrences.first?.kind == "Group" { groups.read(occurrences) }
        groups.resolve()
        findings = groups.findings
        for occurrences in sections {
            guard let section = occurrences.first else { continue }
            switch (section.kind, section.name) {
            case ("Group", _?): break
            case ("Attribute", _): readAttribute(occurrences)
            case ("Mapping", _): occurrences.forEach { readMapping($0) }
            case ("Rule", _?): readRule(occurrences, groups)
            case ("Members", _?): readMembers(occurrences, groups)
            case ("Reply", nil): readReply(occurrences.flatMap(\.entries), section)
            default: readSettings(occurrences, section)
            }
        }
    }

    // MARK: [Mapping], [Mapping section]

    private mutating func readMapping(_ section: ConfigurationFile.Section) {
        for entry in section.entries {
            if entry.valueAsWritten != entry.value, !entry.value.isEmpty {
                findings.note(
                    "the blank behind \(entry.value) does not count; the plug-in sends nothing", at: entry.line)
            }
            // A here-document is a list of values to the incumbent, and so a rule for each line.
            for line in entry.lines {
                guard
                    let target = findings.target(
                        String(trimmed(line)), isOurs: false, at: entry.line)
                else { continue }
                let source = MappingSource(section: section.name.map(lastWord), key: entry.key)
                let place = RulePlace(file: file.path, line: entry.line)
                let rule = MappingRule(place: place, target: target, value: .plain(source))
                if section.name == nil { topRules.append(rule) } else { sectionRules.append(rule) }
            }
        }
    }

    // MARK: The other sections

    private mutating func readAttribute(_ occurrences: [ConfigurationFile.Section]) {
        var reader = AttributeSectionReader(findings)
        reader.read(occurrences)
        findings = reader.findings
        attributeRules += reader.rules
    }

    private mutating func readRule(_ occurrences: [ConfigurationFile.Section], _ groups: GroupDefinitions) {
        guard let section = findings.only(occurrences) else { return }
        var reader = RuleSectionReader(section, findings, groups)
        reader.read()
        findings = reader.findings
        if !reader.block.rules.isEmpty { ownBlocks.append(reader.block) }
    }

    private mutating func readMembers(_ occurrences: [ConfigurationFile.Section], _ groups: GroupDefinitions) {
        guard let section = findings.only(occurrences) else { return }
        var reader = MembersSectionReader(section, findings, groups)
        reader.read()
        findings = reader.findings
        if !reader.block.rules.isEmpty { ownBlocks.append(reader.block) }
    }

    /// `[Reply]`: what holds for the whole file.
    private mutating func readReply(
        _ entries: [ConfigurationFile.Entry], _ section: ConfigurationFile.Section
    ) {
        for entry in entries {
            guard entry.key == "misfit" else {
                findings.failUnknown(entry, section, among: ["misfit"])
                continue
            }
            do throws(UnfitValue) {
                let context = ValueContext(file: file.path)
                misfit = try ValueType<MisfitHandling>.choice.parse(entry.value, context)
            } catch {
                findings.fail("misfit is \(error.shown) (expected \(error.expected))", at: entry.line)
            }
        }
    }

    private mutating func readSettings(
        _ occurrences: [ConfigurationFile.Section], _ section: ConfigurationFile.Section
    ) {
        var reader = PluginSettingsReader(findings, settings)
        if section.kind == "Default", section.name == nil {
            reader.readDefault(section, occurrences.flatMap(\.entries))
        } else {
            reader.readAuthenticationType(occurrences)
        }
        (findings, settings) = (reader.findings, reader.settings)
    }
}

extension ConfigurationFile {
    /// The sections of each heading together, in the order in which the headings come first.
    func sectionsByHeading() -> [[Section]] {
        var places: [String: Int] = [:]
        var groups: [[Section]] = []
        for section in sections {
            if let place = places[section.heading] {
                groups[place].append(section)
            } else {
                places[section.heading] = groups.count
                groups.append([section])
            }
        }
        return groups
    }
}
