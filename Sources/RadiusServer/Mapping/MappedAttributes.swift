package import RadiusCodec

/// What is mapped for: the reply that the rules' attributes go into.
package enum MappedResult: String, Sendable, CaseIterable {
    case accept
    case challenge
    case reject

    /// What the server says itself in such a reply, and no rule may say in its place: the dialogue depends on it.
    var serversOwn: [AttributeType] {
        switch self {
        case .challenge: [.state, .sessionTimeout]
        case .accept, .reject: [.state]
        }
    }

    /// Whether a rule's attribute is the server's own.
    func keeps(_ definition: AttributeDefinition) -> Bool { serversOwn.contains(where: definition.path.isOnly) }
}

/// One attribute of the reply, and the rule that made it.
package struct MappedAttribute: Sendable, Equatable {
    let rule: MappingRule
    /// The value of the rule's target, in the clear.
    let octets: [UInt8]
    /// Whether the login is refused when the reply has no room for it.
    let isRequired: Bool

    package var attribute: EncodedAttribute {
        EncodedAttribute(definition: definition, tag: rule.target.tag, octets: octets)
    }

    package var place: RulePlace { rule.place }

    fileprivate var definition: AttributeDefinition { rule.target.definition }

    package static func == (left: MappedAttribute, right: MappedAttribute) -> Bool {
        left.rule === right.rule && left.octets == right.octets
    }
}

/// What a mapping made of a detail.
package struct MappedAttributes: Sendable {
    package internal(set) var attributes: [MappedAttribute] = []
    /// What was left out and why, each with the place of its rule. For the log, never for the reply.
    package private(set) var problems: [Diagnostic] = []
    /// Why nobody may be let in by this reply: the rule that could not send what it must (`misfit = refuse`).
    package private(set) var refusal: Diagnostic?
    /// How many attributes were left out, those that ``problems`` has no room for included.
    package private(set) var leftOutCount = 0

    var isEmpty: Bool { attributes.isEmpty && leftOutCount == 0 }

    /// A user with a thousand groups must not make a thousand lines of log.
    private static let problemsMaximum = 20

    mutating func leaveOut(_ problem: Diagnostic, isRequired: Bool) {
        leftOutCount += 1
        if isRequired, refusal == nil { refusal = problem }
        if problems.count < Self.problemsMaximum { problems.append(problem) }
    }

    /// Whether an attribute of `type` is among them: a mapped Reply-Message takes the place of the server's own.
    package func contains(_ type: AttributeType) -> Bool {
        attributes.contains { $0.definition.path.isOnly(type) }
    }

    /// Appends them to a reply, in their order. One that is larger than its kind may be is left out; when the reply is full,
    /// so are this one and all that come after it. What was left out is among ``problems`` and no longer among
    /// ``attributes``.
    ///
    /// - Parameter own: what the server has said already and nothing may say again.
    package mutating func append(to packet: inout PacketBuilder, except own: [AttributeType] = []) {
        let all = attributes
        attributes = []
        attributes.reserveCapacity(all.count)
        for (index, entry) in all.enumerated() {
            if own.contains(where: { entry.definition.path.isOnly($0) }) { continue }
            do throws(AttributeDoesNotFit) {
                try append(entry, to: &packet)
            } catch {
                guard case .packetFull = error else {
                    leaveOut(entry, "\(error)")
                    continue
                }
                for rest in all[index...] { leaveOut(rest, "\(error)") }
                return
            }
        }
    }

    /// A Reply-Message goes on in the next one (RFC 2865 §5.18); any other attribute is itself.
    private mutating func append(_ entry: MappedAttribute, to packet: inout PacketBuilder) throws(AttributeDoesNotFit) {
        guard entry.octets.count > 253, entry.definition.path.isOnly(.replyMessage) else {
            try packet.append(entry.attribute)
            attributes.append(entry)
            return
        }
        for octets in String(decoding: entry.octets, as: UTF8.self).replyMessages {
            let part = MappedAttribute(rule: entry.rule, octets: octets, isRequired: entry.isRequired)
            try packet.append(part.attribute)
            attributes.append(part)
        }
    }

    private mutating func leaveOut(_ entry: MappedAttribute, _ reason: String) {
        leaveOut(
            Diagnostic(
                file: entry.place.file, line: entry.place.line, severity: .warning,
                "\(entry.definition.name) is left out: \(reason)"),
            isRequired: entry.isRequired)
    }
}

extension AttributePath {
    /// Whether this is the standard attribute `type`.
    fileprivate func isOnly(_ type: AttributeType) -> Bool { numbers.count == 1 && numbers[0] == UInt32(type.rawValue) }
}
