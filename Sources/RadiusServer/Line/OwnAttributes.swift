import RadiusCodec
import TokenEngine

/// What the server says itself in a reply, before the mapping has its turn: how much room that leaves is the same for a
/// reply that is sent and for one that is only imagined.
struct OwnAttributes: Sendable {
    let result: MappedResult
    /// State and Session-Timeout of a challenge; nil for other replies.
    private let dialogue: (state: [UInt8], validityInSeconds: Int64)?
    /// A piece for each Reply-Message.
    private let message: [[UInt8]]

    private static let welcome = "Access granted".replyMessages
    /// One text for every reason: it tells an attacker nothing. The reason is in the audit and the log.
    private static let rejection = "Authentication failed".replyMessages
    /// What is asked where no policy says otherwise.
    static let usualPrompt = EngineSettings().challengeText
    /// A transaction has another name each time; this one is as long, and nobody's.
    static let someTransaction = String(repeating: "0", count: 32)

    /// Access-Accept, Access-Challenge or Access-Reject.
    var code: PacketCode {
        switch result {
        case .accept: .accessAccept
        case .challenge: .accessChallenge
        case .reject: .accessReject
        }
    }

    init(_ decision: Decision) {
        switch decision {
        case .accept: (result, dialogue, message) = (.accept, nil, Self.welcome)
        case .challenge(let prompt):
            (result, message) = (.challenge, prompt.text.replyMessages)
            dialogue = (prompt.transaction.octets, prompt.validityInSeconds)
        case .reject: (result, dialogue, message) = (.reject, nil, Self.rejection)
        }
    }

    /// What a reply will have that nobody has asked for yet.
    init(expectedIn result: MappedResult) {
        self.result = result
        switch result {
        case .accept: (dialogue, message) = (nil, Self.welcome)
        case .challenge: (dialogue, message) = ((Array(Self.someTransaction.utf8), 0), Self.usualPrompt.replyMessages)
        case .reject: (dialogue, message) = (nil, Self.rejection)
        }
    }

    /// Makes room for what the server says, then appends what is mapped as far as it fits. A mapped Reply-Message takes the
    /// place of the server's; the client's limit is for what comes behind State and Session-Timeout, without which there
    /// would be no dialogue.
    ///
    /// - Parameter complain: told what of the server's own does not fit, and is not there.
    func append(
        _ mapped: inout MappedAttributes, to packet: inout PacketBuilder, limit: Int,
        complain: (AttributeType, AttributeDoesNotFit) -> Void = { _, _ in }
    ) {
        func append(_ type: AttributeType, _ value: [UInt8]) {
            do throws(AttributeDoesNotFit) { try packet.append(type, value) } catch { complain(type, error) }
        }
        if let dialogue {
            append(.state, dialogue.state)
            append(.sessionTimeout, UInt32(clamping: dialogue.validityInSeconds).octets)
        }
        packet.sizeLimit = limit
        if !mapped.contains(.replyMessage) {
            for part in message { append(.replyMessage, part) }
        }
        if !mapped.isEmpty { mapped.append(to: &packet, as: result) }
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
