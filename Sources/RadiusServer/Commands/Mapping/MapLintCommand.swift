import RadiusCodec

/// `watchword map lint`: what a mapping says that is wrong or probably not meant, and notes for those who come from
/// privacyIDEA's plug-in. Notes alone are no reason to fail.
enum MapLintCommand {
    static let command = Command(
        name: "lint",
        summary: "Names what is wrong in a mapping, and what is probably not meant",
        operands: ["[FILE]"],
        example: "watchword map lint /etc/privacyidea/rlm_perl.ini",
        action: run)

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let (paths, dictionary) = try subject(invocation)
        let findings = paths.flatMap { self.findings(in: $0, dictionary) }
        let name = paths.joined(separator: ", ")
        for finding in findings where !invocation.isJSON { invocation.console.note(finding.description) }
        try invocation.show(
            findings.map(DiagnosticDocument.init),
            orText: findings.isEmpty ? "\(name): nothing found" : "\(name): \(count(findings.count, "finding"))")
        return findings.contains { $0.severity != .note } ? .no : .done
    }

    private static func findings(in path: String, _ dictionary: AttributeDictionary) -> [Diagnostic] {
        let octets: [UInt8]
        do throws(UnreadableFile) { octets = try FileContents(path: path).octets } catch {
            return [Diagnostic(file: path, "cannot be read: \(error.reason) (expected a mapping file)")]
        }
        let (mapping, diagnostics) = AttributeMapping.parse(octets, path: path, dictionary: dictionary)
        guard let mapping else { return diagnostics }
        let file = ConfigurationFile.parse(octets, path: path).file
        let notes =
            mapping.differencesFromPlugin() + PluginNotes.notes(on: file, mapping) + RejectNotes.notes(on: mapping)
        return (diagnostics + mapping.lint() + notes).sortedByLine()
    }

    /// The file that was named, else all that the configuration names.
    private static func subject(
        _ invocation: Invocation
    ) throws(CommandFailure) -> (paths: [String], dictionary: AttributeDictionary) {
        if let path = invocation.operand(0) { return ([path], try invocation.dictionary()) }
        let configuration = try invocation.configuration()
        guard !configuration.mappingPaths.isEmpty else { throw .no("\(configuration.path) names no mapping") }
        return (configuration.mappingPaths, configuration.dictionary)
    }
}
