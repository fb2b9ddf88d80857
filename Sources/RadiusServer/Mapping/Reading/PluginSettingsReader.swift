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

    mutating func readDefault(_ entries: [ConfigurationFile.Entry]) {
        for entry in once(entries) {
            // The plug-in takes anything with "true" in it, whatever its case.
            let isTrue = entry.value.lowercased().contains("true")
            // To the plug-in an empty value is as if the key were not there.
            switch entry.key {
            case "REALM": settings.defaults.realm = setting(entry)
            case "RESCONF": settings.defaults.resolver = setting(entry)
            case "CLIENTATTRIBUTE": readClientAttribute(entry)
            case "SPLIT_NULL_BYTE": settings.splitsPasswordAtNUL = isTrue
            case "ADD_EMPTY_PASS": settings.addsEmptyPassword = isTrue
            case "DEBUG": settings.isTracing = isTrue
            case let key where Self.idleKeys.contains(key): break
            default:
                let words = didYouMean(
                    entry.key, among: Self.keys + Self.idleKeys,
                    otherwise: "expected \(Self.keys.joined(separator: ", "))")
                findings.fail("unknown key \(entry.key) in [Default] \(words)", at: entry.line)
            }
        }
        warnOfIdleKeys(entries)
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
        guard section.name == nil, entries.allSatisfy({ (Self.keys + Self.idleKeys).contains($0.key) }),
            !Self.ownKinds.map({ $0.lowercased() }).contains(section.kind.lowercased())
        else {
            let words = didYouMean(
                section.kind, among: Self.ownKinds,
                otherwise:
                    "expected [Mapping], [Attribute Name], [Rule name], [Members Name], [Group name] or [Default]")
            findings.fail("unknown section \(section.heading) \(words)", at: section.line)
            return
        }
        guard !entries.isEmpty else { return }
        var identity = PluginSettings.Identity()
        for entry in once(entries) {
            switch entry.key {
            case "REALM": identity.realm = setting(entry)
            case "RESCONF": identity.resolver = setting(entry)
            case let key where Self.idleKeys.contains(key): break
            default:
                findings.warn(
                    "\(entry.key) has no effect in \(section.heading) (expected it in [Default])", at: entry.line)
            }
        }
        settings.authenticationTypes[section.kind] = .init(line: section.line, identity: identity)
        warnOfIdleKeys(entries)
    }

    private static let ownKinds = ["Mapping", "Attribute", "Rule", "Members", "Group", "Reply", "Default"]

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
