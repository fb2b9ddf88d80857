import RadiusCodec
import TokenEngine

/// `watchword map`: what a response detail, or a login of somebody, becomes in a reply, without a server.
enum MapCommand {
    static let command = Command(
        name: "map",
        summary: "Shows which attributes a reply would have, of a response detail (JSON) or of a user",
        options: [mapping, detail, user, .realm, serial, client, request, result, explain, showDetail],
        example: """
            watchword map --user alice --client office-vpn --explain
            echo '{"serial": "TOTP0001", "user": {"group": "staff"}}' | watchword map --mapping rlm.ini
            watchword map lint rlm.ini
            watchword map test rlm.maptest
            watchword map diff /etc/watchword/rlm.ini rlm.ini
            """,
        subcommands: [MapLintCommand.command, MapTestCommand.command, MapDiffCommand.command],
        action: run)

    static let mapping = CommandOption(
        name: "--mapping", value: "FILE", summary: "the mapping (else the one of the configuration)")
    private static let detail = CommandOption(
        name: "--detail", value: "FILE", summary: "the response detail; - is standard input (the default)")
    private static let user = CommandOption(
        name: "--user", value: "NAME", summary: "a user of the database, with what an accept would say of them")
    private static let serial = CommandOption(
        name: "--serial", value: "SERIAL", summary: "the user's token (else the first that can be used)")
    static let client = CommandOption(
        name: "--client", value: "NAME|ADDRESS", summary: "the client that asks, whose own mapping counts")
    static let request = CommandOption(
        name: "--request", value: "NAME=VALUE", summary: "an attribute of the request", isRepeatable: true)
    static let result = CommandOption(
        name: "--result", value: resultNames.joined(separator: "|"), summary: "which reply it is (else accept)")
    private static let explain = CommandOption(
        name: "--explain", summary: "with each attribute the line of the rule that made it, and why other rules did not"
    )
    private static let showDetail = CommandOption(
        name: "--show-detail", summary: "print the detail itself, in JSON, instead of what becomes of it")

    private static let resultNames = MappedResult.allCases.map(\.rawValue)

    private struct Document: Encodable { let attributes: [AttributeDocument] }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let result = try mappedResult(invocation)
        let subject = try self.subject(invocation, result)
        guard !invocation.arguments.isSet(showDetail) else {
            try invocation.showJSON(subject.detail.members)
            return .done
        }
        let source = DetailByDictionary(detail: subject.detail, dictionary: subject.mapping.dictionary)
        guard !invocation.arguments.isSet(explain) else {
            return try MappingExplanation(subject.mapping, source, result, limit: subject.limit).show(invocation)
        }
        let mapped = subject.mapping.attributes(for: source, result: result, limit: subject.limit)
        for problem in mapped.problems { invocation.console.note(problem.description) }
        let dictionary = subject.mapping.dictionary
        let attributes = mapped.attributes.map(\.attribute)
        let document = Document(
            attributes: attributes.map { AttributeDocument(name: $0.definition.name, value: dictionary.text(of: $0)) })
        let lines = attributes.map { dictionary.line(of: $0, showingSecrets: true) }
        if invocation.isJSON || !lines.isEmpty {
            try invocation.show(document, orText: lines.joined(separator: "\n"))
        }
        guard let refusal = mapped.refusal else { return .done }
        throw .no("the login is refused, since \(refusal)")
    }

    // MARK: What is mapped

    private struct Subject {
        let detail: ResponseDetail
        let mapping: AttributeMapping
        /// The most octets that the reply may have.
        var limit = Packet.sizeMaximum
    }

    private static func subject(
        _ invocation: Invocation, _ result: MappedResult
    ) throws(CommandFailure) -> Subject {
        let arguments = invocation.arguments
        guard let name = arguments.value(of: user) else {
            for option in [CommandOption.realm, serial, client, request] where arguments.isSet(option) {
                throw .wrongUsage("\(option.name) goes with --user; a detail has all that there is")
            }
            return Subject(detail: try responseDetail(invocation), mapping: try attributeMapping(invocation))
        }
        guard !arguments.isSet(detail) else { throw .wrongUsage("--user and --detail contradict each other") }
        let administration = try Administration(invocation)
        let asking = try AskingClient(invocation, administration.configuration)
        let own = arguments.isSet(mapping) ? nil : asking.client?.mapping
        let mapping = try chosen(own, invocation)
        let scope = LoginScope(mapping, asking.client, administration.configuration)
        let found = try administration.user(
            name, realm: arguments.value(of: .realm) ?? scope.realm, resolver: scope.resolver)
        let expected = asking.detail(of: found, token: try token(of: found, administration), result: result)
        let dictionary = administration.configuration.dictionary
        var subject = Subject(detail: expected.detail(dictionary), mapping: mapping)
        if let client = asking.client { subject.limit = client.replyLimit }
        return subject
    }

    private static func chosen(
        _ own: AttributeMapping?, _ invocation: Invocation
    ) throws(CommandFailure) -> AttributeMapping {
        if let own { return own }
        return try attributeMapping(invocation)
    }

    private static func token(of user: User, _ administration: Administration) throws(CommandFailure) -> Token? {
        let tokens = try administration.ask { (store) throws(StoreError) in
            try store.tokens(TokenFilter(owner: user.id))
        }
        guard let wanted = administration.invocation.arguments.value(of: serial) else {
            return tokens.likeliest(at: Clock.now())
        }
        guard let token = tokens.first(where: { $0.serial == wanted }) else {
            let serials = tokens.map(\.serial)
            throw .no(
                "\(visible(user.name)) has no token '\(visible(wanted))' "
                    + didYouMean(wanted, among: serials, otherwise: "there is \(serials.joined(separator: ", "))"))
        }
        return token
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

    // MARK: What the commands below share

    static func mappedResult(_ invocation: Invocation) throws(CommandFailure) -> MappedResult {
        guard let text = invocation.arguments.value(of: result) else { return .accept }
        guard let result = MappedResult(rawValue: text) else {
            throw .wrongUsage("--result is '\(visible(text))'; it takes \(resultNames.joined(separator: ", "))")
        }
        return result
    }

    /// The mapping of `--mapping`, else the file of that name, else the one of the configuration.
    static func attributeMapping(
        _ invocation: Invocation, named name: String? = nil, _ known: AttributeDictionary? = nil
    ) throws(CommandFailure) -> AttributeMapping {
        guard let file = invocation.arguments.value(of: mapping) ?? name else {
            return try invocation.configuration().mapping
        }
        if let known { return try load(file, known, invocation) }
        return try load(file, try invocation.dictionary(), invocation)
    }

    /// - Throws: ``ExitStatus/no`` when the file has errors, which are then on standard error.
    static func load(
        _ file: String, _ dictionary: AttributeDictionary, _ invocation: Invocation
    ) throws(CommandFailure) -> AttributeMapping {
        let (mapping, diagnostics) = AttributeMapping.load(file: file, dictionary: dictionary)
        for diagnostic in diagnostics { invocation.console.note(diagnostic.description) }
        guard let mapping else {
            throw .no("\(file): \(count(diagnostics.count { $0.severity == .error }, "error")); nothing was mapped")
        }
        return mapping
    }
}
