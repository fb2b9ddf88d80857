import RadiusCodec

/// What the readers of a mapping file complain of, and what they look things up in.
struct MappingFindings {
    let file: String
    let dictionary: AttributeDictionary
    private(set) var diagnostics: [Diagnostic] = []
    /// Every pattern for groups that was read; rules know them by their places.
    private(set) var patterns: [GroupPattern] = []
    private var numbers: [GroupPattern: Int] = [:]

    init(file: String, dictionary: AttributeDictionary) {
        self.file = file
        self.dictionary = dictionary
    }

    mutating func number(of pattern: GroupPattern) -> Int {
        if let number = numbers[pattern] { return number }
        numbers[pattern] = patterns.count
        patterns.append(pattern)
        return patterns.count - 1
    }

    mutating func fail(_ message: String, at line: Int) { add(.error, message, at: line) }

    mutating func warn(_ message: String, at line: Int) { add(.warning, message, at: line) }

    /// Says what the plug-in does otherwise.
    mutating func note(_ message: String, at line: Int) { add(.note, message, at: line) }

    private mutating func add(_ severity: Diagnostic.Severity, _ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file, line: line, severity: severity, message))
    }

    mutating func failUnknown(
        _ entry: ConfigurationFile.Entry, _ section: ConfigurationFile.Section, among keys: [String]
    ) {
        let words = didYouMean(entry.key, among: keys, otherwise: "expected \(keys.joined(separator: ", "))")
        fail("unknown key \(entry.key) in \(section.heading) \(words)", at: entry.line)
    }

    /// A key that the plug-in passes over, and so do we: a file that works today need not be touched. One of ours is meant to
    /// restrict what the section sends, and would not.
    mutating func passOver(
        _ entry: ConfigurationFile.Entry, _ section: ConfigurationFile.Section, among keys: [String]
    ) {
        guard !BlockOptions.keys.contains(entry.key) else {
            fail("\(entry.key) has no effect in \(section.heading) (expected it in a [Rule NAME])", at: entry.line)
            return
        }
        let words = didYouMean(entry.key, among: keys, otherwise: "expected \(keys.joined(separator: ", "))")
        warn("unknown key \(entry.key) in \(section.heading) \(words); it has no effect", at: entry.line)
    }

    /// Of the sections of one heading the first, when one is all that there may be.
    mutating func only(_ occurrences: [ConfigurationFile.Section]) -> ConfigurationFile.Section? {
        guard let section = occurrences.first else { return nil }
        for other in occurrences.dropFirst() {
            fail("\(other.heading) is there already, in line \(section.line) (expected another name)", at: other.line)
        }
        return section
    }

    /// The attribute that `name` means; nil, with a diagnostic, for what no rule can fill.
    ///
    /// - Parameter isOurs: whether the section is one of ours. In the plug-in's a rule that cannot be filled is a warning,
    ///   and is left out: so FreeRADIUS does, and such a file works today.
    mutating func target(_ name: String, isOurs: Bool, at line: Int) -> MappingTarget? {
        do throws(MappingTarget.Refusal) {
            return try MappingTarget(name, in: dictionary)
        } catch {
            if isOurs {
                fail(error.message, at: line)
            } else {
                warn("\(error.message); the rule has no effect", at: line)
            }
            return nil
        }
    }

    /// Whether a decision can have such a value; what cannot be is told.
    mutating func exists(_ source: MappingSource, at line: Int) -> Bool {
        switch source.section {
        case nil, "user", "token": return true
        case "client":
            guard !Self.clientKeys.contains(source.key) else { return true }
            let words = didYouMean(
                source.key, among: Self.clientKeys, otherwise: "expected \(Self.clientKeys.joined(separator: ", "))")
            fail("a client has no \(source.key) \(words)", at: line)
        case "request":
            guard let definition = dictionary.definition(named: source.key) else {
                let hint = dictionary.suggestion(for: source.key).map { "did you mean \($0)?" }
                fail("unknown attribute \(source.key) (\(hint ?? "expected a name from the dictionary"))", at: line)
                return false
            }
            guard definition.isSecret else { return true }
            fail("\(definition.name) is a secret, which no rule can read (expected another attribute)", at: line)
        case let section?:
            // A detail from elsewhere may have other sections.
            guard let slip = nearest(to: section, among: ["user", "token", "client", "request"]) else { return true }
            fail("unknown section \(section) in \(source) (did you mean \(slip)?)", at: line)
        }
        return false
    }

    private static let clientKeys = ["name", "group", "address"]

    /// What a rule of ours sends; nil, with a diagnostic, for a text that is nothing or does not fit. What depends on no
    /// login is tried now.
    mutating func value(_ text: String, for target: MappingTarget, _ key: String, at line: Int) -> MappingRule.Value? {
        let template = MappingTemplate(text)
        guard !template.parts.isEmpty else {
            fail("\(key) is empty (expected what to send)", at: line)
            return nil
        }
        guard let constant = template.constant else {
            return template.sources.allSatisfy({ exists($0, at: line) }) ? .template(template) : nil
        }
        do throws(AttributeValueError) {
            return .constant(try dictionary.encode(constant, as: target.definition, tag: target.tag))
        } catch {
            fail("\(target.name) (\(target.definition.type.rawValue)): \(error)", at: line)
            return nil
        }
    }
}

/// The plug-in takes what stands behind the last blank: `[Attribute second Class]` is about Class.
func lastWord(_ text: String) -> String {
    String(text.split { $0 == " " || $0 == "\t" }.last ?? "")
}
