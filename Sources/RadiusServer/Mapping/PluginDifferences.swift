package import RadiusCodec

extension AttributeMapping {
    /// What the plug-in makes otherwise of the rules in its own sections, each a note with its line, in the order of the
    /// file. docs/mapping.md has them as a table; what is a mistake here is told when the file is read.
    package func differencesFromPlugin() -> [Diagnostic] {
        var differences = PluginDifferences()
        for rule in rules { differences.look(at: rule) }
        return (notes + differences.found).sortedByLine()
    }
}

/// Looks at one rule after the other.
private struct PluginDifferences {
    private(set) var found: [Diagnostic] = []
    private var lines: [MappingSource: Int] = [:]

    mutating func look(at rule: MappingRule) {
        switch rule.value {
        case .plain(let source): lookAtPlain(rule, source)
        case .extraction(let source, let extraction): lookAtExtraction(rule, source, extraction)
        case .template, .constant: break
        }
    }

    /// What a user has one of, by privacyIDEA's names.
    private static let singleValues: Set<String> = [
        "username", "userid", "email", "phone", "mobile", "givenname", "surname",
    ]

    private mutating func lookAtPlain(_ rule: MappingRule, _ source: MappingSource) {
        if let line = lines[source] {
            note("\(source) is in line \(line) already: two rules here; the plug-in sends neither", rule)
        } else {
            lines[source] = rule.place.line
        }
        let isSingle = source.section == nil ? source.key != "transaction_ids" : Self.singleValues.contains(source.key)
        if !isSingle {
            note("of several values each is sent, and of none nothing; the plug-in sends ARRAY(0x…) of several", rule)
        }
    }

    private mutating func lookAtExtraction(
        _ rule: MappingRule, _ source: MappingSource, _ extraction: MappingRule.Extraction
    ) {
        let pattern = extraction.pattern
        let frame = extraction.prefix + extraction.suffix
        if pattern == nil {
            note("without a regex all of \(source) is taken; the plug-in takes the expression that matched last", rule)
        }
        // What runs away on nothing at all cannot be told of; it does not, in practice.
        if let pattern, !frame.isEmpty, (try? pattern.matches("")) ?? false {
            note("who lacks \(source) gets nothing; the plug-in gives them '\(frame)'", rule)
        }
        if !(frame + (pattern?.pattern ?? "")).utf8.allSatisfy({ $0 < 0x80 }) {
            note("letters beyond ASCII mean themselves; the plug-in takes each of their octets for a letter", rule)
        }
    }

    private mutating func note(_ message: String, _ rule: MappingRule) {
        found.append(Diagnostic(file: rule.place.file, line: rule.place.line, severity: .note, message))
    }
}
