package import RadiusCodec

/// What is mapped for: the reply that the rules' attributes go into.
package enum MappedResult: String, Sendable, CaseIterable {
    case accept
    case challenge
    case reject

    /// Whether a rule's attribute is one that the server says itself in such a reply, and no rule may say in its place: the
    /// dialogue depends on it.
    func keeps(_ target: MappingTarget) -> Bool {
        target.type == .state || (self == .challenge && target.type == .sessionTimeout)
    }
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
        attributes.contains { $0.rule.target.type == type }
    }

    /// Appends them to a reply, in their order. One that is larger than its kind may be is left out; when the reply is full,
    /// so are this one and all that come after it. What was left out is among ``problems`` and no longer among
    /// ``attributes``.
    ///
    /// - Parameter result: of the reply, which keeps to itself what nothing may say again.
    mutating func append(to packet: inout PacketBuilder, as result: MappedResult) {
        // Nearly always all of them go in as they are.
        guard let odd = attributes.firstIndex(where: { !$0.append(to: &packet, as: result) }) else { return }
        let rest = attributes[odd...]
        attributes.removeSubrange(odd...)
        for (index, entry) in zip(rest.indices, rest) where !result.keeps(entry.rule.target) {
            do throws(AttributeDoesNotFit) {
                try append(entry, to: &packet)
            } catch {
                guard case .packetFull = error else {
                    leaveOut(entry, "\(error)")
                    continue
                }
                for rest in rest[index...] { leaveOut(rest, "\(error)") }
                return
            }
        }
    }

    /// A Reply-Message goes on in the next one (RFC 2865 §5.18); any other attribute is itself.
    private mutating func append(_ entry: MappedAttribute, to packet: inout PacketBuilder) throws(AttributeDoesNotFit) {
        guard entry.isOverlongMessage else {
            try packet.append(entry.octets, as: entry.definition, tag: entry.rule.target.tag)
            attributes.append(entry)
            return
        }
        for octets in String(decoding: entry.octets, as: UTF8.self).replyMessages {
            let part = MappedAttribute(rule: entry.rule, octets: octets, isRequired: entry.isRequired)
            try packet.append(octets, as: part.definition, tag: part.rule.target.tag)
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

extension MappedAttribute {
    /// Whether one attribute does not hold all of it, and another may go on.
    fileprivate var isOverlongMessage: Bool { octets.count > 253 && rule.target.type == .replyMessage }

    /// Appends it, where it goes in as it is.
    ///
    /// - Returns: false where it does not; the packet is then as it was before.
    fileprivate func append(to packet: inout PacketBuilder, as result: MappedResult) -> Bool {
        guard !isOverlongMessage, !result.keeps(rule.target) else { return false }
        do throws(AttributeDoesNotFit) {
            try packet.append(octets, as: rule.target.definition, tag: rule.target.tag)
            return true
        } catch {
            return false
        }
    }
}
