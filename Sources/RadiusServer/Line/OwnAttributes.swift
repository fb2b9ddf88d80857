import RadiusCodec
import TokenEngine

/// What the server says itself in a reply, before the mapping has its turn: how much room that leaves is the same for a
/// reply that is sent and for one that is only imagined.
struct OwnAttributes: Sendable {
    let result: MappedResult
    /// State and Session-Timeout of a challenge; nil for other replies.
    private let dialogue: (state: [UInt8], validityInSeconds: Int64)?
    private let message: String

    static let welcome = "Access granted"
    /// One text for every reason: it tells an attacker nothing. The reason is in the audit and the log.
    static let rejection = "Authentication failed"
    /// What is asked where no policy says otherwise.
    static let usualPrompt = EngineSettings().challengeText
    /// A transaction has another name each time; this one is as long, and nobody's.
    static let someTransaction = String(repeating: "0", count: 32)

    init(_ decision: Decision) {
        switch decision {
        case .accept: (result, dialogue, message) = (.accept, nil, Self.welcome)
        case .challenge(let prompt):
            (result, message) = (.challenge, prompt.text)
            dialogue = (prompt.transaction.octets, prompt.validityInSeconds)
        case .reject: (result, dialogue, message) = (.reject, nil, Self.rejection)
        }
    }

    /// What a reply will have that nobody has asked for yet.
    init(expectedIn result: MappedResult) {
        self.result = result
        switch result {
        case .accept: (dialogue, message) = (nil, Self.welcome)
        case .challenge: (dialogue, message) = ((Array(Self.someTransaction.utf8), 0), Self.usualPrompt)
        case .reject: (dialogue, message) = (nil, Self.rejection)
        }
    }

    /// Makes room for what the server says, then appends what is mapped as far as it fits. A mapped Reply-Message takes the
    /// place of the server's; the client's limit is for what comes behind State and Session-Timeout, without which there
    /// would be no dialogue.
    func append(_ mapped: inout MappedAttributes, to packet: inout PacketBuilder, limit: Int) {
        if let dialogue {
            append(.state, dialogue.state, to: &packet)
            append(.sessionTimeout, UInt32(clamping: dialogue.validityInSeconds).octets, to: &packet)
        }
        packet.sizeLimit = limit
        if !mapped.contains(.replyMessage) {
            for part in message.replyMessages { append(.replyMessage, part, to: &packet) }
        }
        mapped.append(to: &packet, except: result.serversOwn)
    }

    /// What does not fit is not there.
    private func append(_ type: AttributeType, _ value: [UInt8], to packet: inout PacketBuilder) {
        try? packet.append(type, value)
    }
}

extension RequestContent {
    /// What the mapping puts into the reply to `verdict`, as far as that has room for it.
    func mapped(for verdict: Verdict) -> MappedAttributes {
        let own = OwnAttributes(verdict.decision)
        var mapped = client.mapping.evaluate(
            for: VerdictDetail(verdict: verdict, request: self), result: own.result)
        var reply = PacketBuilder(replying: .accessAccept, to: packet)
        own.append(&mapped, to: &reply, limit: client.replyLimit)
        return mapped
    }
}
