import RadiusCodec

/// Reads `[Default]` and the sections named after an Auth-Type.
struct PluginSettingsReader {
    private(set) var findings: MappingFindings
    private(set) var settings: PluginSettings

    init(_ findings: MappingFindings, _ settings: PluginSettings) {
        self.findings = findings
        self.settings = settings
    }

    /// What goes for everybody and what an Auth-Type can have of its own.
    private static let identityKeys = ["REALM", "RESCONF"]
    private static let keys = identityKeys + ["CLIENTATTRIBUTE", "SPLIT_NULL_BYTE", "ADD_EMPTY_PASS", "DEBUG"]
    /// How the plug-in reached privacyIDEA.
    private static let idleKeys = ["URL", "SSL_CHECK", "SSL_CA_PATH", "TIMEOUT"]

    mutating func readDefault(_ section: ConfigurationFile.Section, _ entries: [ConfigurationFile.Entry]) {
        for entry in once(entries) {
            // To the plug-in an empty value is as if the key were not there.
            switch entry.key {
            case "REALM": settings.defaults.realm = setting(entry)
            case "RESCONF": settings.defaults.resolver = setting(entry)
            case "CLIENTATTRIBUTE": readClientAttribute(entry)
            case "SPLIT_NULL_BYTE": settings.splitsPasswordAtNUL = truth(of: entry)
            case "ADD_EMPTY_PASS": settings.addsEmptyPassword = truth(of: entry)
            case "DEBUG": settings.isTracing = truth(of: entry)
            case let key where Self.idleKeys.contains(key): break
            default: findings.passOver(entry, section, among: Self.keys + Self.idleKeys)
            }
        }
        warnOfIdleKeys(entries)
    }

    /// The plug-in takes anything with "true" in it, whatever its case, and nothing else: `yes` and `1` are false to it.
    private mutating func truth(of entry: ConfigurationFile.Entry) -> Bool {
        let word = entry.value.lowercased()
        let isTrue = word.contains("true")
        let plain = isTrue ? ["true"] : ["", "false", "no", "off", "0"]
        if !plain.contains(word) {
            findings.warn(
                "\(entry.key) is '\(entry.value)' and counts as \(isTrue) (expected true or false)", at: entry.line)
        }
        return isTrue
    }

    private mutating func readClientAttribute(_ entry: ConfigurationFile.Entry) {
        guard let setting = setting(entry) else { return }
        guard findings.dictionary.definition(named: setting.value) != nil else {
            let hint = findings.dictionary.suggestion(for: setting.value).map { "did you mean \($0)?" }
            findings.warn(
                "unknown attribute \(setting.value) (\(hint ?? "expected a name from the dictionary"))", at: entry.line)
            return
        }
        settings.clientAttribute = setting
    }

    mutating func readAuthenticationType(_ occurrences: [ConfigurationFile.Section]) {
        guard let section = occurrences.first else { return }
        let entries = occurrences.flatMap(\.entries)
        let known = Self.keys + Self.idleKeys
        guard section.name == nil, entries.isEmpty || entries.contains(where: { known.contains($0.key) }),
            !Self.headings.keys.contains(where: { $0.lowercased() == section.kind.lowercased() })
        else {
            reportUnknown(section, entries)
            return
        }
        guard !entries.isEmpty else { return }
        var identity = PluginSettings.Identity()
        for entry in once(entries) {
            switch entry.key {
            case "REALM": identity.realm = setting(entry)
            case "RESCONF": identity.resolver = setting(entry)
            case let key where Self.idleKeys.contains(key): break
            case let key where !known.contains(key): findings.passOver(entry, section, among: known)
            default:
                findings.warn(
                    "\(entry.key) has no effect in \(section.heading) (expected it in [Default])", at: entry.line)
            }
        }
        settings.authenticationTypes[section.kind] = .init(line: section.line, identity: identity)
        warnOfIdleKeys(entries)
    }

    /// By their kinds, as a message writes them.
    private static let headings = [
        "Mapping": "[Mapping]", "Attribute": "[Attribute NAME]", "Default": "[Default]", "Rule": "[Rule NAME]",
        "Members": "[Members ATTRIBUTE]", "Group": "[Group NAME]", "Reply": "[Reply]",
    ]

    /// What the plug-in passes over is passed over. But what was meant to be a section of ours may be there to restrict
    /// somebody.
    private mutating func reportUnknown(
        _ section: ConfigurationFile.Section, _ entries: [ConfigurationFile.Entry]
    ) {
        let slip = nearest(to: section.kind, among: Self.headings.keys)
        let expected =
            slip.flatMap { Self.headings[$0] }.map { "did you mean \($0)?" }
            ?? "expected \(Self.headings.values.sorted().joined(separator: ", "))"
        let message = "unknown section \(section.heading) (\(expected))"
        let isOurs =
            slip.map { !["Mapping", "Attribute", "Default"].contains($0) }
            ?? entries.contains { $0.key == "groups" || BlockOptions.keys.contains($0.key) }
        if isOurs {
            findings.fail(message, at: section.line)
        } else {
            findings.warn("\(message); it has no effect", at: section.line)
        }
    }

    private func setting(_ entry: ConfigurationFile.Entry) -> PluginSettings.Setting? {
        entry.value.isEmpty ? nil : .init(value: entry.value, line: entry.line)
    }

    /// The entries less those whose key was there before.
    private mutating func once(_ entries: [ConfigurationFile.Entry]) -> [ConfigurationFile.Entry] {
        var seen: Set<String> = []
        var first: [ConfigurationFile.Entry] = []
        for entry in entries {
            if seen.insert(entry.key).inserted {
                first.append(entry)
            } else {
                findings.fail("\(entry.key) is there twice (expected it once)", at: entry.line)
            }
        }
        return first
    }

    private mutating func warnOfIdleKeys(_ entries: [ConfigurationFile.Entry]) {
        let idle = entries.filter { Self.idleKeys.contains($0.key) }
        guard let first = idle.first else { return }
        let names = idle.map(\.key).joined(separator: ", ")
        findings.warn("no longer needed: \(names); the token engine is within this server", at: first.line)
    }
}
