import RadiusCodec
import TokenEngine

/// What a decision hands to the mapping, under privacyIDEA's names. Nothing is made before a rule asks for it: most
/// mappings read a serial and a group.
struct VerdictDetail<Request: RequestContent>: DetailSource {
    let verdict: Verdict
    let request: Request

    func value(_ key: String, in section: String?) -> DetailValue {
        switch section {
        case nil: topLevel(key)
        case "user": user(key)
        case "token": token(key)
        case "client": client(key)
        case "request": requestAttribute(key)
        default: .null
        }
    }

    private func topLevel(_ key: String) -> DetailValue {
        switch key {
        case "message": .text(verdict.message)
        case "serial": verdict.tokens.first.map { .text($0.serial) } ?? .null
        case "type": verdict.tokens.isEmpty ? .null : .text(verdict.commonKind?.rawValue ?? "undetermined")
        case "otplen": verdict.tokens.first.map { .number($0.digits) } ?? .null
        case "user-realm": verdict.user?.realm.map(DetailValue.text) ?? .null
        case "user-resolver": verdict.user.map { .text($0.id.resolver) } ?? .null
        default: ofChallenge(key)
        }
    }

    private func ofChallenge(_ key: String) -> DetailValue {
        guard case .challenge(let prompt) = verdict.decision else { return .null }
        switch key {
        case "transaction_id": return .text(prompt.transaction.text)
        case "transaction_ids": return .list(verdict.tokens.map { _ in .text(prompt.transaction.text) })
        case "client_mode": return .text("interactive")
        case "multi_challenge": return .list(verdict.tokens.map { Self.challenge(of: $0, prompt) })
        default: return .null
        }
    }

    private static func challenge(of token: Token, _ prompt: Prompt) -> DetailValue {
        .object([
            "serial": .text(token.serial), "type": .text(token.kind.rawValue),
            "transaction_id": .text(prompt.transaction.text), "client_mode": .text("interactive"),
            "message": .text(prompt.text),
        ])
    }

    private func user(_ key: String) -> DetailValue {
        guard let user = verdict.user else { return .null }
        switch key {
        case "username": return .text(user.name)
        case "userid": return .text(user.id.uid)
        default: return .oneOrMany(user.attributes.lazy.filter { $0.name == key }.map(\.value))
        }
    }

    private func token(_ key: String) -> DetailValue {
        guard let token = verdict.tokens.first else { return .null }
        switch key {
        case "serial": return .text(token.serial)
        case "type": return .text(token.kind.rawValue)
        case "description": return .text(token.description)
        default: return .oneOrMany(token.attributes.lazy.filter { $0.name == key }.map(\.value))
        }
    }

    private func client(_ key: String) -> DetailValue {
        switch key {
        case "name": .text(request.client.name)
        case "group": .oneOrMany(request.client.groups)
        case "address": .text(request.peer.addressText)
        default: .null
        }
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
    /// A name that occurs once has a text, a name that occurs again has a list; one that does not occur is null.
    fileprivate static func oneOrMany(_ texts: some Sequence<String>) -> DetailValue {
        var values = texts.map(DetailValue.text)
        guard let last = values.popLast() else { return .null }
        return values.isEmpty ? last : .list(values + [last])
    }
}

extension Verdict {
    /// The kind that all of the verdict's tokens share; nil when they differ.
    fileprivate var commonKind: TokenKind? {
        guard let first = tokens.first, tokens.allSatisfy({ $0.kind == first.kind }) else { return nil }
        return first.kind
    }
}
