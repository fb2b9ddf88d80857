import RadiusCodec

/// `watchword map`: what a response detail becomes in a reply, without a server.
enum MapCommand {
    static let command = Command(
        name: "map",
        summary: "Maps a response detail (JSON) to attributes and prints them",
        options: [mapping, detail, result],
        example: #"echo '{"serial": "TOTP0001", "user": {"group": "staff"}}' | watchword map --mapping rlm.ini"#,
        action: run)

    private static let mapping = CommandOption(
        name: "--mapping", value: "FILE", summary: "the mapping (else the one of the configuration)")
    private static let detail = CommandOption(
        name: "--detail", value: "FILE", summary: "the response detail; - is standard input (the default)")
    private static let result = CommandOption(
        name: "--result", value: "accept|challenge|reject", summary: "which reply is mapped for (else accept)")

    private struct Document: Encodable { let attributes: [AttributeDocument] }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let result = try mappedResult(invocation)
        let mapping = try attributeMapping(invocation)
        let detail = try responseDetail(invocation)
        let mapped = mapping.attributes(for: detail, result: result)
        for problem in mapped.problems { invocation.console.note(problem.description) }
        let dictionary = mapping.dictionary
        let attributes = mapped.attributes.map(\.attribute)
        let document = Document(
            attributes: attributes.map { AttributeDocument(name: $0.definition.name, value: dictionary.text(of: $0)) })
        let lines = attributes.map { dictionary.line(of: $0, showingSecrets: true) }
        if invocation.isJSON || !lines.isEmpty {
            try invocation.show(document, orText: lines.joined(separator: "\n"))
        }
        return .done
    }

    private static func mappedResult(_ invocation: Invocation) throws(CommandFailure) -> MappedResult {
        guard let text = invocation.arguments.value(of: result) else { return .accept }
        guard let result = MappedResult(rawValue: text) else {
            throw .wrongUsage("--result is '\(text)'; it takes accept, challenge or reject")
        }
        return result
    }

    private static func attributeMapping(_ invocation: Invocation) throws(CommandFailure) -> AttributeMapping {
        guard let file = invocation.arguments.value(of: mapping) else { return try invocation.configuration().mapping }
        let (mapping, diagnostics) = AttributeMapping.load(file: file, dictionary: try invocation.dictionary())
        for diagnostic in diagnostics { invocation.console.note(diagnostic.description) }
        guard let mapping else {
            throw .no("\(file): \(count(diagnostics.count { $0.severity == .error }, "error")); nothing was mapped")
        }
        return mapping
    }

    private static func responseDetail(_ invocation: Invocation) throws(CommandFailure) -> ResponseDetail {
        let name = invocation.arguments.value(of: detail) ?? "-"
        let json: [UInt8]
        if name == "-" {
            json = try invocation.console.everything(limit: FileContents.sizeMaximum)
        } else {
            do throws(UnreadableFile) { json = try FileContents(path: name).octets } catch {
                throw .couldNot(error.description)
            }
        }
        do throws(MalformedDetail) {
            return try ResponseDetail(json: json)
        } catch { throw .no("\(name == "-" ? "standard input" : name): \(error.reason)") }
    }
}
