import RadiusCodec
import TokenEngine

/// The response detail that a login of somebody would have, without one: what ``VerdictDetail`` says of a decision.
struct ExpectedDetail {
    var user: User
    /// The one that would prove possession; nil for somebody who has none.
    var token: Token?
    /// Who asks, and from where.
    var client: (client: Client, address: String)?
    /// The attributes of the request.
    var request: [EncodedAttribute] = []
    var result = MappedResult.accept

    /// - Parameter dictionary: names the attributes of the request.
    func detail(_ dictionary: AttributeDictionary) -> ResponseDetail {
        var members: [String: DetailValue] = ["user": .object(userMembers)]
        members["user-realm"] = user.realm.map(DetailValue.text)
        members["user-resolver"] = .text(user.id.resolver)
        if let client {
            var inner = Self.lists(of: client.client.groups.map { ("group", $0) })
            inner["name"] = .text(client.client.name)
            inner["address"] = .text(client.address)
            members["client"] = .object(inner)
        }
        members["request"] = .object(
            Self.lists(of: request.map { ($0.definition.name, dictionary.text(of: $0)) }))
        if let token {
            members["serial"] = .text(token.serial)
            members["type"] = .text(token.kind.rawValue)
            members["otplen"] = .number(token.digits)
            members["token"] = .object(Self.members(of: token))
        }
        switch result {
        case .accept: members["message"] = .text("matching 1 tokens")
        case .challenge: addChallenge(to: &members)
        case .reject: members["message"] = .text("wrong otp value")
        }
        return ResponseDetail(members)
    }

    /// As the mapping reads it.
    func source(_ dictionary: AttributeDictionary) -> DetailByDictionary {
        DetailByDictionary(detail: detail(dictionary), dictionary: dictionary)
    }

    private var userMembers: [String: DetailValue] {
        var members = Self.lists(of: user.attributes.map { ($0.name, $0.value) })
        members["username"] = .text(user.name)
        members["userid"] = .text(user.id.uid)
        return members
    }

    private static func members(of token: Token) -> [String: DetailValue] {
        var members = lists(of: token.attributes.map { ($0.name, $0.value) })
        members["serial"] = .text(token.serial)
        members["type"] = .text(token.kind.rawValue)
        members["description"] = .text(token.description)
        return members
    }

    private func addChallenge(to members: inout [String: DetailValue]) {
        let (transaction, message) = (OwnAttributes.someTransaction, OwnAttributes.usualPrompt)
        members["message"] = .text(message)
        members["transaction_id"] = .text(transaction)
        members["transaction_ids"] = .texts([transaction])
        members["client_mode"] = .text("interactive")
        guard let token else { return }
        members["multi_challenge"] = .list([
            .object([
                "serial": .text(token.serial), "type": .text(token.kind.rawValue), "message": .text(message),
                "transaction_id": .text(transaction), "client_mode": .text("interactive"),
            ])
        ])
    }

    /// A name that occurs once has a text, a name that occurs again has a list.
    static func lists(of pairs: [(name: String, value: String)]) -> [String: DetailValue] {
        Dictionary(grouping: pairs, by: \.name).mapValues { pairs in
            pairs.count == 1 ? .text(pairs[0].value) : .texts(pairs.map(\.value))
        }
    }
}

/// A detail whose attributes of the request are found by any name that the dictionary has for them, as in the server.
struct DetailByDictionary: DetailSource {
    let detail: ResponseDetail
    let dictionary: AttributeDictionary

    func value(of source: MappingSource) -> DetailValue {
        guard source.section == "request" else { return detail.value(of: source) }
        return detail.value(dictionary.definition(named: source.key)?.name ?? source.key, in: source.section)
    }

    func keys(in section: String?) -> [String] { detail.keys(in: section) }
}

extension [Token] {
    /// The one that a login at `now` would most likely be proved by: the first that can be used.
    func likeliest(at now: UnixTime) -> Token? { first { $0.isUsable(at: now) } ?? first }
}
