import RadiusCodec

/// What the readers of a mapping file complain of.
struct MappingFindings {
    let file: String
    private(set) var diagnostics: [Diagnostic] = []

    init(file: String) { self.file = file }

    mutating func fail(_ message: String, at line: Int) { add(.error, message, at: line) }

    mutating func warn(_ message: String, at line: Int) { add(.warning, message, at: line) }

    mutating func add(_ severity: Diagnostic.Severity, _ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file, line: line, severity: severity, message))
    }

    mutating func failUnknown(
        _ entry: ConfigurationFile.Entry, _ section: ConfigurationFile.Section, among keys: [String]
    ) {
        let words = didYouMean(entry.key, among: keys, otherwise: "expected \(keys.joined(separator: ", "))")
        fail("unknown key \(entry.key) in \(section.heading) \(words)", at: entry.line)
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
    mutating func target(
        _ name: String, in dictionary: AttributeDictionary, isOurs: Bool, at line: Int
    ) -> MappingTarget? {
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

    /// What a rule of ours sends; nil, with a diagnostic, for a text that is nothing or does not fit. What depends on no
    /// login is tried now.
    mutating func value(
        _ text: String, for target: MappingTarget, in dictionary: AttributeDictionary, _ key: String, at line: Int
    ) -> MappingRule.Value? {
        let template = MappingTemplate(text)
        guard !template.parts.isEmpty else {
            fail("\(key) is empty (expected what to send)", at: line)
            return nil
        }
        guard let constant = template.constant else { return .template(template) }
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
