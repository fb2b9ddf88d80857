import RadiusCodec

/// Makes rules of the sections of a mapping file, and reports every mistake in it.
///
/// An error is what cannot be meant as it stands. A warning is what has no effect in the incumbent either, or none any
/// more, so that a file which works today need not be touched; an attribute that the dictionary does not know is such.
struct MappingReader {
    private let file: ConfigurationFile
    private let dictionary: AttributeDictionary
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var settings = PluginSettings()

    private var attributeRules: [MappingRule] = []
    private var sectionRules: [MappingRule] = []
    private var topRules: [MappingRule] = []

    private var ruleBlocks: [MappingBlock] = []

    /// In the order in which they are applied.
    var blocks: [MappingBlock] {
        [MappingBlock(rules: attributeRules)] + ruleBlocks + [MappingBlock(rules: sectionRules + topRules)]
    }

    init(file: ConfigurationFile, dictionary: AttributeDictionary) {
        self.file = file
        self.dictionary = dictionary
    }

    mutating func read() {
        for occurrences in file.sectionsByHeading() {
            guard let section = occurrences.first else { continue }
            switch section.kind {
            case "Attribute": readAttribute(occurrences)
            case "Mapping": occurrences.forEach { readMapping($0) }
            case "Rule" where section.name != nil: readRule(occurrences)
            case "Default" where section.name == nil: readDefault(occurrences.flatMap(\.entries))
            default: readAuthenticationType(occurrences)
            }
        }
    }

    // MARK: [Mapping], [Mapping section]

    private mutating func readMapping(_ section: ConfigurationFile.Section) {
        for entry in section.entries {
            // A here-document is a list of values to the incumbent, and so a rule for each line.
            for line in entry.lines {
                guard let target = target(String(trimmed(line)), at: entry.line) else { continue }
                let rule = MappingRule(
                    place: place(entry.line),
                    source: MappingSource(section: section.name.map(lastWord), key: entry.key), target: target,
                    extraction: nil)
                if section.name == nil { topRules.append(rule) } else { sectionRules.append(rule) }
            }
        }
    }

    /// nil, with a diagnostic, for what no rule can fill.
    private mutating func target(_ name: String, at line: Int) -> MappingTarget? {
        guard !name.isEmpty else {
            warn("no attribute is named; the rule has no effect (expected the name of an attribute)", at: line)
            return nil
        }
        do throws(MappingTarget.Refusal) {
            return try MappingTarget(name, in: dictionary)
        } catch {
            diagnostics.append(
                Diagnostic(file: file.path, line: line, severity: error.severity, error.explanation))
            return nil
        }
    }

    // MARK: [Attribute name]

    /// What the lines of an `[Attribute …]` section say so far.
    private struct Draft {
        var line: Int
        var entries: [String: ConfigurationFile.Entry] = [:]
        /// The keys that stand in the section since the last rule was made of it.
        var news: Set<String> = []

        subscript(_ key: String) -> String { entries[key]?.value ?? "" }
        func asWritten(_ key: String) -> String { entries[key]?.valueAsWritten ?? "" }
    }

    private static let attributeKeys = ["dir", "userAttribute", "regex", "prefix", "suffix", "radiusAttribute"]

    /// A section that names a userAttribute is a rule. Without one, a repeated section goes on with the one before; and
    /// a repeated key makes one more rule, which has the other keys from the rule before.
    private mutating func readAttribute(_ occurrences: [ConfigurationFile.Section]) {
        guard let first = occurrences.first else { return }
        guard let name = first.name else {
            fail("[Attribute] names no attribute (expected [Attribute Filter-Id])", at: first.line)
            return
        }
        var draft = Draft(line: first.line)
        for section in occurrences {
            if section.entries.contains(where: { $0.key == "userAttribute" }), !draft.news.isEmpty {
                finish(draft, name)
                draft = Draft(line: section.line)
            }
            for entry in section.entries {
                guard Self.attributeKeys.contains(entry.key) else {
                    failUnknown(entry, section, among: Self.attributeKeys)
                    continue
                }
                if draft.news.contains(entry.key) {
                    warn(
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
            warn("[Attribute \(name)] has no effect (expected userAttribute = the value to read)", at: draft.line)
            return
        }
        let targetName = draft["radiusAttribute"]
        let target =
            targetName.isEmpty
            ? target(lastWord(name), at: draft.line)
            : target(targetName, at: draft.entries["radiusAttribute"]?.line ?? draft.line)
        var extraction = MappingRule.Extraction(prefix: draft.asWritten("prefix"), suffix: draft.asWritten("suffix"))
        if let regex = draft.entries["regex"], !regex.value.isEmpty {
            do throws(RegularExpression.Malformed) {
                extraction.pattern = try RegularExpression(regex.valueAsWritten)
            } catch {
                fail("the regular expression is not one: \(error) (expected Perl's syntax)", at: regex.line)
            }
        }
        guard let target else { return }
        attributeRules.append(
            MappingRule(
                place: place(draft.line),
                source: MappingSource(
                    section: draft["dir"].isEmpty ? nil : draft["dir"], key: draft["userAttribute"]),
                target: target, extraction: extraction))
    }

    // MARK: [Default] and the sections named after an Auth-Type

    private static let defaultKeys = [
        "REALM", "RESCONF", "CLIENTATTRIBUTE", "SPLIT_NULL_BYTE", "ADD_EMPTY_PASS", "DEBUG",
    ]
    /// How the plug-in reached privacyIDEA.
    private static let idleKeys = ["URL", "SSL_CHECK", "SSL_CA_PATH", "TIMEOUT"]

    private mutating func readDefault(_ entries: [ConfigurationFile.Entry]) {
        var seen: Set<String> = []
        var idle: [ConfigurationFile.Entry] = []
        for entry in entries {
            guard seen.insert(entry.key).inserted else {
                fail("\(entry.key) is there twice (expected it once)", at: entry.line)
                continue
            }
            // The plug-in takes anything with "true" in it, whatever its case.
            let isTrue = entry.value.lowercased().contains("true")
            switch entry.key {
            // To the plug-in an empty value is as if the key were not there.
            case "REALM" where !entry.value.isEmpty: (settings.realm, settings.realmLine) = (entry.value, entry.line)
            case "RESCONF" where !entry.value.isEmpty:
                warnOfNoEffect(entry, "expected resolvers in the section of the realm")
            case "CLIENTATTRIBUTE" where !entry.value.isEmpty:
                warnOfNoEffect(entry, "policies go by the address that a request comes from")
            case "REALM", "RESCONF", "CLIENTATTRIBUTE": break
            case "SPLIT_NULL_BYTE": settings.splitsPasswordAtNUL = isTrue
            case "ADD_EMPTY_PASS": settings.addsEmptyPassword = isTrue
            case "DEBUG": if isTrue { warnOfNoEffect(entry, "expected watchword serve -X") }
            case let key where Self.idleKeys.contains(key): idle.append(entry)
            default:
                let words = didYouMean(
                    entry.key, among: Self.defaultKeys + Self.idleKeys,
                    otherwise: "expected \(Self.defaultKeys.joined(separator: ", "))")
                fail("unknown key \(entry.key) in [Default] \(words)", at: entry.line)
            }
        }
        if let first = idle.first {
            let names = idle.map(\.key).joined(separator: ", ")
            warn("no effect any more: \(names); the token engine is within this server", at: first.line)
        }
    }

    private mutating func readAuthenticationType(_ occurrences: [ConfigurationFile.Section]) {
        guard let section = occurrences.first else { return }
        let entries = occurrences.flatMap(\.entries)
        guard section.name == nil, entries.allSatisfy({ Self.knownInPlugin.contains($0.key) }),
            !["attribute", "mapping", "rule", "default"].contains(section.kind.lowercased())
        else {
            let words = didYouMean(
                section.kind, among: ["Mapping", "Attribute", "Rule", "Default"],
                otherwise: "expected [Mapping], [Attribute Name], [Rule name] or [Default]")
            fail("unknown section \(section.heading) \(words)", at: section.line)
            return
        }
        guard !entries.isEmpty else { return }
        let advice = "expected REALM in [Default], or realm in the client's section"
        warn("\(section.heading) has no effect in this version (\(advice))", at: section.line)
    }

    private static let knownInPlugin = Set(defaultKeys + idleKeys)

    // MARK: [Rule name]

    private mutating func readRule(_ occurrences: [ConfigurationFile.Section]) {
        guard let section = occurrences.first else { return }
        for other in occurrences.dropFirst() {
            fail("\(other.heading) is there already, in line \(section.line) (expected another name)", at: other.line)
        }
        var rule = RuleSectionReader(section, file: file.path, dictionary: dictionary)
        rule.read()
        diagnostics += rule.diagnostics
        if !rule.block.rules.isEmpty { ruleBlocks.append(rule.block) }
    }

    // MARK: Diagnostics

    private func place(_ line: Int) -> RulePlace { RulePlace(file: file.path, line: line) }

    private mutating func failUnknown(
        _ entry: ConfigurationFile.Entry, _ section: ConfigurationFile.Section, among keys: [String]
    ) {
        let words = didYouMean(entry.key, among: keys, otherwise: "expected \(keys.joined(separator: ", "))")
        fail("unknown key \(entry.key) in \(section.heading) \(words)", at: entry.line)
    }

    private mutating func fail(_ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file.path, line: line, message))
    }

    private mutating func warnOfNoEffect(_ entry: ConfigurationFile.Entry, _ advice: String) {
        warn("\(entry.key) has no effect in this version (\(advice))", at: entry.line)
    }

    private mutating func warn(_ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file.path, line: line, severity: .warning, message))
    }
}

/// The plug-in takes what stands behind the last blank: `[Attribute second Class]` is about Class.
private func lastWord(_ text: String) -> String {
    String(text.split { $0 == " " || $0 == "\t" }.last ?? "")
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
