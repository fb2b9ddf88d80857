import RadiusCodec
import TokenEngine

/// What a decision hands to the mapping, under privacyIDEA's names. Nothing is made before a rule asks for it: most
/// mappings read a serial and a group.
struct VerdictDetail<Request: RequestContent>: DetailSource {
    let verdict: Verdict
    let request: Request

    func value(of source: MappingSource) -> DetailValue {
        switch source.field {
        case .message: .text(verdict.message)
        case .serial, .tokenSerial: .textOrNull(verdict.tokens.first?.serial)
        case .kind: verdict.tokens.isEmpty ? .null : .text(verdict.commonKind?.rawValue ?? "undetermined")
        case .digits: verdict.tokens.first.map { .number($0.digits) } ?? .null
        case .realm: .textOrNull(verdict.user?.realm)
        case .resolver: .textOrNull(verdict.user?.id.resolver)
        case .transaction: ofChallenge { .text($0.transaction.text) }
        case .transactions:
            ofChallenge { prompt in .list(verdict.tokens.map { _ in .text(prompt.transaction.text) }) }
        case .clientMode: ofChallenge { _ in .text("interactive") }
        case .challenges:
            ofChallenge { prompt in .list(verdict.tokens.map { Self.challenge(of: $0, prompt) }) }
        case .userName: .textOrNull(verdict.user?.name)
        case .userID: .textOrNull(verdict.user?.id.uid)
        case .userAttribute: .values(of: source.key, among: verdict.user?.attributes)
        case .tokenKind: .textOrNull(verdict.tokens.first?.kind.rawValue)
        case .tokenDescription: .textOrNull(verdict.tokens.first?.description)
        case .tokenAttribute: .values(of: source.key, among: verdict.tokens.first?.attributes)
        case .clientName: .text(request.client.name)
        case .clientGroups: .oneOrMany(request.client.groups)
        case .clientAddress: .text(request.peer.addressText)
        case .requestAttribute: requestAttribute(source.key)
        case nil: .null
        }
    }

    private func ofChallenge(_ value: (Prompt) -> DetailValue) -> DetailValue {
        guard case .challenge(let prompt) = verdict.decision else { return .null }
        return value(prompt)
    }

    private static func challenge(of token: Token, _ prompt: Prompt) -> DetailValue {
        .object([
            "serial": .text(token.serial), "type": .text(token.kind.rawValue),
            "transaction_id": .text(prompt.transaction.text), "client_mode": .text("interactive"),
            "message": .text(prompt.text),
        ])
    }

    /// An attribute of the request by its dictionary name; one that holds a secret is not there.
    private func requestAttribute(_ name: String) -> DetailValue {
        guard let definition = request.dictionary.definition(named: name),
            !definition.isSecret
        else { return .null }
        return .oneOrMany(request.texts(of: definition))
    }
}

extension DetailValue {
    fileprivate static func textOrNull(_ text: String?) -> DetailValue { text.map(DetailValue.text) ?? .null }

    fileprivate static func values(of name: String, among attributes: [Attribute]?) -> DetailValue {
        guard let attributes else { return .null }
        return .oneOrMany(attributes.lazy.filter { $0.name == name }.map(\.value))
    }

    /// A name that occurs once has a text, a name that occurs again has a list; one that does not occur is null.
    fileprivate static func oneOrMany(_ texts: some Sequence<String>) -> DetailValue {
        var only: String?
        var all: [DetailValue] = []
        for text in texts {
            if let only, all.isEmpty { all.append(.text(only)) }
            if only == nil { only = text } else { all.append(.text(text)) }
        }
        return all.isEmpty ? .textOrNull(only) : .list(all)
    }
}

extension Verdict {
    /// The kind that all of the verdict's tokens share; nil when they differ.
    fileprivate var commonKind: TokenKind? {
        guard let first = tokens.first, tokens.allSatisfy({ $0.kind == first.kind }) else { return nil }
        return first.kind
    }
}
