import Cryptography
import TokenEngine

/// What kind of secret is meant: each has the same three ways in.
enum SecretKind {
    case password
    case pin

    var option: CommandOption {
        switch self {
        case .password: .password
        case .pin: .pin
        }
    }

    var standardInput: CommandOption {
        switch self {
        case .password: .passwordFromStandardInput
        case .pin: .pinFromStandardInput
        }
    }
}

extension Invocation {
    /// The `KEY=VALUE` pairs of a repeatable option, in the order given.
    func attributes(of option: CommandOption) throws(CommandFailure) -> [Attribute] {
        var attributes: [Attribute] = []
        for text in arguments.values(of: option) {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw .wrongUsage("\(option.name) is '\(visible(text))'; it takes KEY=VALUE")
            }
            attributes.append(Attribute(String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        return attributes
    }

    /// A secret from the command line or from standard input; nil when neither was asked for.
    func givenSecret(_ kind: SecretKind) throws(CommandFailure) -> SecretOctets? {
        let text = arguments.value(of: kind.option)
        guard arguments.isSet(kind.standardInput) else { return text.map { SecretOctets(utf8: $0) } }
        guard text == nil else {
            throw .wrongUsage("\(kind.option.name) and \(kind.standardInput.name) contradict each other")
        }
        guard let line = try console.line() else {
            throw .couldNot("standard input has no line for \(kind.standardInput.name)")
        }
        return line
    }

    /// A secret for something new: given, or asked for where somebody sits at the terminal; nil when it is empty.
    func newSecret(_ kind: SecretKind, _ prompt: String) throws(CommandFailure) -> SecretOctets? {
        var secret = try givenSecret(kind)
        if secret == nil, console.isInteractive { secret = try askTwice(prompt) }
        return secret?.isEmpty == true ? nil : secret
    }

    /// A secret that is needed: given, or asked for; may be empty.
    func requiredSecret(_ kind: SecretKind, _ prompt: String) throws(CommandFailure) -> SecretOctets {
        if let given = try givenSecret(kind) { return given }
        return try askTwice(prompt)
    }

    /// Asks twice, since nobody sees what is typed; once is enough for an empty answer.
    func askTwice(_ prompt: String) throws(CommandFailure) -> SecretOctets {
        let first = try console.ask(prompt)
        guard !first.isEmpty else { return first }
        guard try console.ask("Once more") == first else { throw .no("the two differ; nothing was changed") }
        return first
    }
}
