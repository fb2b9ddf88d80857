import Cryptography
import TokenEngine

/// `watchword explain`: what would become of a login, and why, step by step. Nothing is used up, counted or written.
enum ExplainCommand {
    static let command = Command(
        name: "explain",
        summary: "Says what would become of a login, step by step, and changes nothing",
        operands: ["USER"],
        options: [.password, .passwordFromStandardInput, client],
        example: "watchword explain alice --client 192.0.2.7 --password-stdin",
        action: run)

    private static let client = CommandOption(
        name: "--client", value: "ADDRESS", summary: "the device that asks (else 127.0.0.1)")

    private struct Document: Encodable {
        let decision: String
        let reason: String
        let user: String?
        let realm: String?
        let tokens: [String]
        let policies: [String]
        let nameReadAs: String?
        let passwordReadAs: String?
        let steps: [String]
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let user = try invocation.requiredOperand(0, "USER")
        let administration = try Administration(invocation)
        let attempt = try attempt(of: user, invocation, administration.configuration)
        let verdict = try administration.explain(attempt)
        let document = Document(
            decision: verdict.decision.name, reason: verdict.reason.rawValue, user: verdict.user?.name,
            realm: verdict.user?.realm, tokens: verdict.tokens.map(\.serial), policies: verdict.policies,
            nameReadAs: verdict.nameReadAs?.rawValue, passwordReadAs: verdict.passwordReadAs?.rawValue,
            steps: verdict.steps.map { visible($0.description) })
        let lines = ["\(document.decision): \(document.reason)"] + document.steps.map { "  \($0)" }
        try invocation.show(document, orText: lines.joined(separator: "\n"))
        if case .reject = verdict.decision { return .no }
        return .done
    }

    /// The attempt that the server would make of such a request.
    private static func attempt(
        of user: String, _ invocation: Invocation, _ configuration: Configuration
    ) throws(CommandFailure) -> Attempt {
        let text = invocation.arguments.value(of: client) ?? "127.0.0.1"
        guard let address = IPAddress(text) else {
            throw .wrongUsage("--client is '\(visible(text))'; it takes an IP address")
        }
        guard let client = ClientTable(configuration.clients).client(at: address) else {
            throw .no("no section [Client …] contains \(address): its requests are ignored")
        }
        guard let name = TextReading.name(of: Array(user.utf8), in: client.characterSet) else {
            throw .wrongUsage("'\(visible(user))' is no text")
        }
        return Attempt(
            userName: name.text, userNameReadings: name.readings, realm: client.realm, resolver: client.resolver,
            credential: .password(try password(invocation)), characterSet: client.characterSet, client: client.name,
            clientAddress: address, splitting: client.splitting)
    }

    private static func password(_ invocation: Invocation) throws(CommandFailure) -> SecretOctets {
        if let given = try invocation.givenSecret(.password) { return given }
        return invocation.console.isInteractive ? try invocation.console.ask("Password") : SecretOctets([])
    }
}

extension Administration {
    fileprivate func explain(_ attempt: Attempt) throws(CommandFailure) -> Verdict {
        let remembered: VerifiedSecrets
        do throws(CryptographyError) { remembered = try VerifiedSecrets() } catch { throw .couldNot("\(error)") }
        return try ask { (store) throws(StoreError) in
            try Decider(store: store, engine: Engine(configuration.engine), remembered: remembered)
                .explain(attempt, at: Clock.now())
        }
    }
}
