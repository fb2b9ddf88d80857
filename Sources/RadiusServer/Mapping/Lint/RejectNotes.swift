import RadiusCodec

/// What an Access-Reject had better not say: it goes to whoever guesses, too.
enum RejectNotes {
    /// RFC 2865 §5.44: what an Access-Reject may have that a rule can set.
    private static let inReject: AttributeType = .replyMessage

    static func notes(on mapping: AttributeMapping) -> [Diagnostic] {
        mapping.blocks.filter { $0.results.contains(.reject) }.flatMap { block in
            let conditions = block.conditions.flatMap { condition in
                condition.sources.compactMap { $0.giveaway.map { condition.place.note($0) } }
            }
            return conditions + block.rules.flatMap(notes)
        }
    }

    private static func notes(on rule: MappingRule) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if rule.target.definition.path.numbers != [UInt32(inReject.rawValue)] {
            notes.append(
                rule.place.note(
                    "RFC 2865 §5.44 lets an Access-Reject have Reply-Message, and not \(rule.target.name)"))
        }
        var sources = rule.sources
        if case .members(let membership) = rule.audience { sources += membership.alternatives.map(\.source) }
        // One is enough to make the point.
        if let giveaway = sources.lazy.compactMap(\.giveaway).first { notes.append(rule.place.note(giveaway)) }
        return notes
    }
}

extension MappingSource {
    /// What an attacker learns from a reject that depends on it; nil for nothing.
    fileprivate var giveaway: String? {
        switch (section, key) {
        case (nil, "message"): "a reject with the message tells an attacker which part was wrong"
        case ("user", _), ("token", _), (nil, "serial"), (nil, "type"), (nil, "otplen"), (nil, "user-realm"),
            (nil, "user-resolver"):
            "a reject that depends on \(self) tells an attacker which users exist"
        default: nil
        }
    }
}

extension MappingCondition {
    /// The values of the detail that it asks for.
    fileprivate var sources: [MappingSource] {
        switch test {
        case .isOneOf(let source, _), .matches(let source, _), .exists(let source), .isWithin(let source, _): [source]
        case .isMember(let membership): membership.alternatives.first.map { [$0.source] } ?? []
        }
    }
}

extension RulePlace {
    fileprivate func note(_ message: String) -> Diagnostic {
        Diagnostic(file: file, line: line, severity: .note, message)
    }
}
