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
package struct MappedAttribute: Sendable, Hashable {
    package let attribute: EncodedAttribute
    package let place: RulePlace
    /// Whether the login is refused when the reply has no room for it.
    let isRequired: Bool
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
        attributes.contains { $0.attribute.definition.path.isOnly(type) }
    }

    /// Appends them to a reply, in their order. One that is larger than its kind may be is left out; when the reply is full,
    /// so are this one and all that come after it. What was left out is among ``problems`` and no longer among
    /// ``attributes``.
    ///
    /// - Parameter own: what the server has said already and nothing may say again.
    package mutating func append(to packet: inout PacketBuilder, except own: [AttributeType] = []) {
        let all = attributes
        attributes.removeAll(keepingCapacity: true)
        for (index, entry) in all.enumerated() {
            if !own.isEmpty, own.contains(where: entry.attribute.definition.path.isOnly) { continue }
            do throws(AttributeDoesNotFit) {
                for part in entry.parts {
                    try packet.append(part.attribute)
                    attributes.append(part)
                }
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

    private mutating func leaveOut(_ entry: MappedAttribute, _ reason: String) {
        let name = entry.attribute.definition.name
        leaveOut(
            Diagnostic(
                file: entry.place.file, line: entry.place.line, severity: .warning, "\(name) is left out: \(reason)"),
            isRequired: entry.isRequired)
    }
}

extension MappedAttribute {
    /// A Reply-Message goes on in the next one (RFC 2865 §5.18); any other attribute is itself.
    fileprivate var parts: [MappedAttribute] {
        let definition = attribute.definition
        guard attribute.octets.count > 253, definition.path.isOnly(.replyMessage) else { return [self] }
        return String(decoding: attribute.octets, as: UTF8.self).replyMessages.map { octets in
            MappedAttribute(
                attribute: EncodedAttribute(definition: definition, octets: octets), place: place,
                isRequired: isRequired)
        }
    }
}

extension AttributePath {
    /// Whether this is the standard attribute `type`.
    fileprivate func isOnly(_ type: AttributeType) -> Bool { numbers.count == 1 && numbers[0] == UInt32(type.rawValue) }
}
