import RadiusCodec

/// What surprises those who come from privacyIDEA's plug-in, beside what it does otherwise
/// (``AttributeMapping/differencesFromPlugin()``): nothing is wrong, but a reader may expect something else.
struct PluginNotes {
    private let file: ConfigurationFile
    private let mapping: AttributeMapping
    private(set) var notes: [Diagnostic] = []

    /// - Parameter file: what `mapping` was read from.
    static func notes(on file: ConfigurationFile, _ mapping: AttributeMapping) -> [Diagnostic] {
        var notes = PluginNotes(file: file, mapping: mapping)
        notes.lookAtAnchors()
        notes.lookAtChallenges()
        notes.lookAtBlanks()
        notes.lookAtOrder()
        notes.lookAtSettings()
        return notes.notes
    }

    private init(file: ConfigurationFile, mapping: AttributeMapping) {
        self.file = file
        self.mapping = mapping
    }

    private mutating func note(_ message: String, at line: Int) {
        notes.append(Diagnostic(file: file.path, line: line, severity: .note, message))
    }

    private mutating func lookAtAnchors() {
        for rule in mapping.rules {
            guard let pattern = rule.extraction?.pattern?.pattern, !pattern.contains("^"), !pattern.contains("\\A")
            else {
                continue
            }
            note("regex matches anywhere in the value (expected ^ where it is to begin)", at: rule.place.line)
        }
    }

    /// RFC 2865 §5.44: what an Access-Challenge may have beside what belongs to vendors.
    private static let inChallenge: Set<UInt32> = [18, 24, 26, 27, 28, 33, 79, 80]

    private mutating func lookAtChallenges() {
        let first = mapping.blocks.filter { $0.place == nil }.flatMap(\.rules).filter {
            $0.target.definition.path.numbers.first.map { !Self.inChallenge.contains($0) } ?? false
        }.min { $0.place.line < $1.place.line }
        guard let first else { return }
        note(
            "an Access-Challenge gets \(first.target.name) as well, which RFC 2865 §5.44 does not provide for "
                + "(expected result = accept in a section of ours, where the device minds)", at: first.place.line)
    }

    /// What stands in `[Mapping …]` is among the differences.
    private mutating func lookAtBlanks() {
        let free: Set<String> = ["regex", "prefix", "suffix"]
        for entry in file.sections.filter({ $0.kind == "Attribute" }).flatMap(\.entries)
        where !free.contains(entry.key) && entry.value != entry.valueAsWritten {
            note("the blank behind \(entry.value) does not count; to the plug-in it does", at: entry.line)
        }
    }

    private mutating func lookAtOrder() {
        guard let mapping = file.sections.first(where: { $0.kind == "Mapping" }),
            let attribute = file.sections.last(where: { $0.kind == "Attribute" }), attribute.line > mapping.line
        else { return }
        note("\(attribute.heading) is applied before \(mapping.heading), wherever it stands", at: attribute.line)
    }

    private mutating func lookAtSettings() {
        for entry in file.sections.filter({ $0.kind == "Default" }).flatMap(\.entries) {
            let isTrue = entry.value.lowercased().contains("true")
            switch entry.key {
            case "DEBUG" where isTrue:
                note("packets are logged without passwords; the plug-in logs those", at: entry.line)
            case "CLIENTATTRIBUTE" where !entry.value.isEmpty:
                note("whoever has the secret of a client can claim any address in it", at: entry.line)
            default: break
            }
        }
    }
}
