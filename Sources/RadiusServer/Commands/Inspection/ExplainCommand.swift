import Cryptography
import RadiusCodec
import TokenEngine

/// `watchword explain`: what would become of a login, and why, step by step. Nothing is used up, counted or written.
enum ExplainCommand {
    static let command = Command(
        name: "explain",
        summary: "Says what would become of a login, step by step, and changes nothing",
        operands: ["USER"],
        options: [.password, .passwordFromStandardInput, client, attribute],
        example: """
            watchword explain alice --client 192.0.2.7 --password-stdin
            watchword explain alice --client 192.0.2.7 --attribute NAS-Identifier=gate
            """,
        action: run)

    private static let client = CommandOption(
        name: "--client", value: "ADDRESS", summary: "the device that asks (else 127.0.0.1)")
    private static let attribute = CommandOption(
        name: "--attribute", value: "NAME=VALUE", summary: "an attribute of the request besides name and password",
        isRepeatable: true)

    private struct Document: Encodable {
        struct Attribute: Encodable {
            let name: String
            let value: String
            /// `file:line`.
            let rule: String
        }
        let decision: String
        let reason: String
        let user: String?
        let realm: String?
        let tokens: [String]
        let policies: [String]
        let nameReadAs: String?
        let passwordReadAs: String?
        let steps: [String]
        /// What the mapping would put into the reply.
        let attributes: [Attribute]
        let problems: [String]
        /// Absent when the mapping does not refuse the login.
        let refused: String?
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let user = try invocation.requiredOperand(0, "USER")
        let administration = try Administration(invocation)
        let request = try request(of: user, invocation, administration.configuration)
        let verdict = try administration.explain(request)
        return try show(verdict, request.mapped(for: verdict), request.dictionary, invocation)
    }

    private static func show(
        _ verdict: Verdict, _ mapped: MappedAttributes, _ dictionary: AttributeDictionary, _ invocation: Invocation
    ) throws(CommandFailure) -> ExitStatus {
        let refusal = verdict.reason == .attributeMisfit ? verdict.message : nil
        let attributes = mapped.attributes.map { entry in
            Document.Attribute(
                name: entry.attribute.definition.name,
                value: entry.attribute.definition.isSecret ? "<<< secret >>>" : dictionary.text(of: entry.attribute),
                rule: entry.place.description)
        }
        let document = Document(
            decision: verdict.decision.name, reason: verdict.reason.rawValue, user: verdict.user?.name,
            realm: verdict.user?.realm, tokens: verdict.tokens.map(\.serial), policies: verdict.policies,
            nameReadAs: verdict.nameReadAs?.rawValue, passwordReadAs: verdict.passwordReadAs?.rawValue,
            steps: verdict.steps.map { visible($0.description) }, attributes: attributes,
            problems: mapped.problems.map(\.description), refused: refusal)
        let steps = ["\(document.decision): \(document.reason)"] + document.steps.map { "  \($0)" }
        let sent = mapped.attributes.map { [dictionary.readableLine(of: $0.attribute), $0.place.description] }
        let parts = [
            steps.joined(separator: "\n"), sent.isEmpty ? "" : TextTable(sent).text,
            document.problems.joined(separator: "\n"), refusal.map { "The login is refused, since \($0)" } ?? "",
        ]
        try invocation.show(document, orText: parts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
        if case .reject = verdict.decision { return .no }
        return .done
    }

    // MARK: The request

    /// The request that the device would send: what reads one in the server reads this one, too.
    private static func request(
        of user: String, _ invocation: Invocation, _ configuration: Configuration
    ) throws(CommandFailure) -> ImaginedRequest {
        let text = invocation.arguments.value(of: client) ?? "127.0.0.1"
        guard let address = IPAddress(text) else {
            throw .wrongUsage("--client is '\(visible(text))'; it takes an IP address")
        }
        guard let client = ClientTable(configuration.clients).client(at: address) else {
            throw .no("no section [Client …] contains \(address): its requests are ignored")
        }
        let attributes = try invocation.requestAttributes(of: attribute, configuration.dictionary)
        let given = try invocation.givenSecret(.password)
        /// - Parameter password: nil for none, which is not an empty one.
        func packet(password: SecretOctets?) throws -> Packet {
            var builder = PacketBuilder(
                requesting: .accessRequest, identifier: 0, authenticator: try Authenticator(random: SecureRandom()))
            try builder.append(.userName, Array(user.utf8))
            if let password { try builder.append(password: password) }
            for (attribute, text) in zip(attributes, invocation.arguments.values(of: Self.attribute)) {
                do throws(AttributeDoesNotFit) { try builder.append(attribute) } catch {
                    throw CommandFailure.wrongUsage("--attribute '\(visible(text))': \(error)")
                }
            }
            var workspace = try CodecWorkspace()
            return try Packet(parsing: builder.finish(signedWith: client.secret, &workspace))
        }
        do {
            // Who sends CHAP, say, sends no password besides.
            var request = try packet(password: given)
            if request.offeredCredentials.isEmpty { request = try packet(password: try password(invocation)) }
            return ImaginedRequest(packet: request, client: client, peer: SocketAddress(address, port: 0))
        } catch let error as CommandFailure {
            throw error
        } catch let error as AttributeDoesNotFit {
            throw .wrongUsage("user name or password is too long for RADIUS: \(error)")
        } catch {
            throw .couldNot("\(error)")
        }
    }

    /// What somebody at the terminal types, where nothing else is offered.
    private static func password(_ invocation: Invocation) throws(CommandFailure) -> SecretOctets {
        invocation.console.isInteractive ? try invocation.console.ask("Password") : SecretOctets([])
    }
}

extension Administration {
    fileprivate func explain(_ request: ImaginedRequest) throws(CommandFailure) -> Verdict {
        let remembered: VerifiedSecrets
        let attempt: Attempt
        do throws(CryptographyError) {
            remembered = try VerifiedSecrets()
            var workspace = try CodecWorkspace()
            attempt = request.attempt(&workspace)
        } catch { throw .couldNot("\(error)") }
        return try ask { (store) throws(StoreError) in
            try Decider(store: store, engine: Engine(configuration.engine), remembered: remembered)
                .explain(attempt, at: Clock.now())
        }
    }
}
