/// The `[Group …]` sections: which groups of the directory make one of ours, and which of ours it includes.
///
///     [Group staff]
///     groups = user.memberOf
///     below  = OU=Departments,DC=example,DC=com
///     group  = admins
struct GroupDefinitions {
    private struct Definition {
        let place: RulePlace
        var membership = Membership()
        /// `group`: those whose members are members of this one.
        var includes: [(name: String, line: Int)] = []
    }

    private(set) var findings: MappingFindings
    private var definitions: [String: Definition] = [:]
    /// In the order of the file.
    private var names: [String] = []
    private var memberships: [String: Membership] = [:]

    init(_ findings: MappingFindings) { self.findings = findings }

    mutating func read(_ occurrences: [ConfigurationFile.Section]) {
        guard let section = findings.only(occurrences), let name = section.name else { return }
        var definition = Definition(place: RulePlace(file: findings.file, line: section.line))
        let sources = findings.groupSources(of: section)
        for entry in section.entries where entry.key != "groups" {
            switch GroupWord(rawValue: entry.key) {
            case .group: definition.includes.append((entry.value, entry.line))
            case let word?:
                guard let pattern = findings.pattern(word, entry.value, at: entry.line) else { continue }
                let number = findings.number(of: pattern)
                definition.membership.alternatives += sources.map { .init(source: $0, pattern: number) }
                if sources.isEmpty { findings.failWithoutGroups(section, at: entry.line) }
            case nil: findings.failUnknown(entry, section, among: ["groups"] + GroupWord.allCases.map(\.rawValue))
            }
        }
        if !section.entries.contains(where: { GroupWord(rawValue: $0.key) != nil }) {
            findings.warn(
                "\(section.heading) has no members (expected dn, name, part, below or group)", at: section.line)
        }
        names.append(name)
        definitions[name] = definition
    }

    /// Works out who is in each group, those of the groups that it includes among them.
    mutating func resolve() {
        for (included, line) in names.flatMap({ definitions[$0]?.includes ?? [] }) where definitions[included] == nil {
            findings.fail(Self.unknown(included, names), at: line)
        }
        for name in names {
            var path: [String] = []
            resolve(name, &path)
        }
    }

    private mutating func resolve(_ name: String, _ path: inout [String]) {
        guard memberships[name] == nil, let definition = definitions[name] else { return }
        path.append(name)
        var membership = definition.membership
        for (included, line) in definition.includes {
            guard !path.contains(included) else {
                findings.fail("[Group \(included)] includes itself by way of this line (expected no circle)", at: line)
                continue
            }
            resolve(included, &path)
            if let others = memberships[included] { membership.formUnion(others) }
        }
        path.removeLast()
        memberships[name] = membership
    }

    /// Who is in the group `name`; nil, with a diagnostic, when there is none of that name.
    func membership(of name: String, _ findings: inout MappingFindings, at line: Int) -> Membership? {
        if let membership = memberships[name] { return membership }
        findings.fail(Self.unknown(name, names), at: line)
        return nil
    }

    private static func unknown(_ name: String, _ names: [String]) -> String {
        let known = names.isEmpty ? "a section [Group \(name)]" : names.joined(separator: ", ")
        return "unknown group \(name) \(didYouMean(name, among: names, otherwise: "expected \(known)"))"
    }
}

/// How a line of `[Group …]` and `[Members …]` names groups.
enum GroupWord: String, CaseIterable {
    case distinguishedName = "dn"
    case name
    case part
    case below
    case group
}

extension MappingFindings {
    /// The key `groups`: where in the detail somebody's groups stand. Empty, when there is no such key.
    mutating func groupSources(of section: ConfigurationFile.Section) -> [MappingSource] {
        var sources: [MappingSource] = []
        for entry in section.entries where entry.key == "groups" {
            for word in entry.value.split(separator: ",", omittingEmptySubsequences: false) {
                if let source = MappingSource(trimmed(word)) {
                    if exists(source, at: entry.line) { sources.append(source) }
                } else {
                    fail(
                        "groups is '\(entry.value)' (expected a value of the detail, such as user.memberOf)",
                        at: entry.line)
                }
            }
        }
        return sources
    }

    mutating func failWithoutGroups(_ section: ConfigurationFile.Section, at line: Int) {
        // What was no source is complained of already.
        guard !section.entries.contains(where: { $0.key == "groups" }) else { return }
        fail("\(section.heading) does not say where groups stand (expected groups = user.memberOf)", at: line)
    }

    /// What a line of `[Group …]` or `[Members …]` names; nil, with a diagnostic, when it names nothing.
    mutating func pattern(_ word: GroupWord, _ text: String, at line: Int) -> GroupPattern? {
        let name = DistinguishedName(text)
        switch (word, name) {
        case (.distinguishedName, let name?): return .entry(name)
        case (.part, let name?): return .part(name)
        case (.below, let name?): return .below(name)
        case (.name, nil) where !text.isEmpty: return .name(Folding.folded(text))
        case (.name, _?):
            fail("name is '\(text)' (expected the name alone, or dn = \(text))", at: line)
        default:
            let example = word == .part ? "OU=Groups" : "CN=vpn,OU=Groups,DC=example,DC=com"
            fail("\(word.rawValue) is '\(text)' (expected a name of the directory, such as \(example))", at: line)
        }
        return nil
    }
}
