import Cryptography
import RadiusCodec

/// `watchword login`: a RADIUS client for people. Asks for the password, then for each challenge.
enum LoginCommand {
    static let command = Command(
        name: "login",
        summary: "Logs in at a RADIUS server and shows its reply: exit status 0 accept, 1 reject, 3 neither",
        operands: ["USER"],
        options: [server, secret, password, passwords, method],
        example: """
            watchword login alice
            watchword login alice --server 192.0.2.1:1812 --secret testing123 --password 1234755224
            """,
        action: run)

    private static let server = CommandOption(
        name: "--server", value: "ADDRESS:PORT", summary: "the server (else the one of the configuration)")
    private static let secret = CommandOption(
        name: "--secret", value: "SECRET",
        summary: "the shared secret (else that of the client at the loopback address)")
    private static let password = CommandOption(
        name: "--password", value: "PASSWORD", summary: "the password; given again, the answers to challenges in turn",
        isRepeatable: true)
    private static let passwords = CommandOption(
        name: "--password-stdin", summary: "take password and answers from standard input, one a line")
    private static let method = CommandOption(name: "--auth", value: "pap", summary: "how the password travels")

    private struct Document: Encodable {
        let code: String
        let attributes: [AttributeDocument]
        /// What was asked on the way, oldest first.
        let challenges: [[AttributeDocument]]
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let user = try invocation.requiredOperand(0, "USER")
        try checkMethod(invocation)
        let target = try invocation.radiusTarget(server: server, secret: secret)
        var client = try RadiusClient(target)
        var printer = try PacketPrinter(invocation.dictionary())
        var answers = Answers(invocation)
        var password = try answers.first("Password for \(visible(user))")
        var state: [UInt8]?
        var challenges: [[AttributeDocument]] = []

        while true {
            let (reply, requestAuthenticator) = try client.request(user: user, password: password, state: state)
            let attributes = printer.documents(of: reply, secret: target.secret, answering: requestAuthenticator)
            if !invocation.isJSON {
                let lines = printer.lines(of: reply, secret: target.secret, answering: requestAuthenticator)
                try invocation.console.show(([reply.code.description] + lines).joined(separator: "\n"))
            }
            if reply.code == .accessChallenge, let answer = try answers.next(prompt(of: reply)) {
                challenges.append(attributes)
                password = answer
                state = reply.first(.state)
                continue
            }
            if invocation.isJSON {
                let document = Document(
                    code: reply.code.description, attributes: attributes, challenges: challenges)
                try invocation.show(document, orText: "")
            }
            guard reply.code != .accessChallenge else {
                throw .couldNot("the server asks for an answer, and there is none (expected one more --password)")
            }
            return reply.code == .accessAccept ? .done : .no
        }
    }

    private static func checkMethod(_ invocation: Invocation) throws(CommandFailure) {
        switch invocation.arguments.value(of: method) {
        case nil, "pap": return
        case "chap", "mschapv2": throw .wrongUsage("--auth takes pap; chap and mschapv2 come with a later version")
        case let other?: throw .wrongUsage("--auth is '\(other)'; it takes pap")
        }
    }

    private static func prompt(of challenge: Packet) -> String {
        let messages = challenge.values(of: .replyMessage).map { visible(String(decoding: $0, as: UTF8.self)) }
        let text = messages.joined(separator: " ").split(separator: " ").joined(separator: " ")
        guard !text.isEmpty else { return "Answer" }
        return text.hasSuffix(":") ? String(text.dropLast()) : text
    }

    /// Where passwords come from: the command line, standard input, or whoever sits at the terminal.
    private struct Answers {
        private let invocation: Invocation
        private var given: ArraySlice<String>

        init(_ invocation: Invocation) {
            self.invocation = invocation
            given = invocation.arguments.values(of: LoginCommand.password)[...]
        }

        /// The password, without which there is nothing to ask the server.
        mutating func first(_ prompt: String) throws(CommandFailure) -> SecretOctets {
            if let password = try next(prompt) { return password }
            return try invocation.console.ask(prompt)
        }

        /// nil when nobody is left to answer.
        mutating func next(_ prompt: String) throws(CommandFailure) -> SecretOctets? {
            if let password = given.popFirst() { return SecretOctets(utf8: password) }
            if invocation.arguments.isSet(LoginCommand.passwords) { return try invocation.console.line() }
            return invocation.console.isInteractive ? try invocation.console.ask(prompt) : nil
        }
    }
}
