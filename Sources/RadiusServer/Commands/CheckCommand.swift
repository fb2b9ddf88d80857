import RadiusCodec

/// `watchword check`: reads every file as the server does, and names every mistake in one run.
enum CheckCommand {
    static let command = Command(
        name: "check",
        summary: "Reads the configuration, dictionary and mapping, and names every mistake",
        example: "watchword --config /etc/watchword/watchword.ini check",
        action: run)

    private struct Document: Encodable {
        let config: String
        let valid: Bool
        let diagnostics: [DiagnosticDocument]
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let path = Configuration.search(explicit: invocation.arguments.value(of: .configuration))
        let (configuration, mistakes) = Configuration.load(path: path)
        let diagnostics = mistakes + (configuration?.review() ?? [])
        let isValid = !diagnostics.contains { $0.severity == .error }
        for diagnostic in diagnostics { invocation.console.note(diagnostic.description) }
        let warnings = diagnostics.count { $0.severity == .warning }
        let entries = diagnostics.map(DiagnosticDocument.init)
        let remark = warnings > 0 ? " (\(count(warnings, "warning")))" : ""
        if isValid || invocation.isJSON {
            try invocation.show(
                Document(config: path, valid: isValid, diagnostics: entries),
                orText: "\(path): configuration is valid\(remark)")
        }
        guard isValid else { throw .no("\(path): \(count(diagnostics.count - warnings, "error"))\(remark)") }
        return .done
    }
}

/// A diagnostic as `--json` shows it.
struct DiagnosticDocument: Encodable {
    let file: String
    /// Counted from 1; 0 when the whole file is meant.
    let line: Int
    let severity: String
    let message: String

    init(_ diagnostic: Diagnostic) {
        file = diagnostic.file
        line = diagnostic.line
        severity = diagnostic.severity.rawValue
        message = diagnostic.message
    }
}
