import RadiusCodec

/// Replies that are too long before any value of the detail is in them.
enum LongReplies {
    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        MappedResult.allCases.compactMap { result in
            // A packet that is never sent, with what goes into every reply of this kind.
            var packet = PacketBuilder(
                requesting: .accessRequest, identifier: 0, authenticator: Authenticator(InlineArray(repeating: 0)))
            for block in mapping.blocks where block.conditions.isEmpty && block.results.contains(result) {
                for rule in block.rules {
                    guard case .constant(let attribute) = rule.value, case .everybody = rule.audience else { continue }
                    do throws(AttributeDoesNotFit) {
                        try packet.append(attribute)
                    } catch {
                        return rule.warning("the \(result.rawValue) is too long: \(rule.target.name) \(error)")
                    }
                }
                // What comes after it may never be looked at.
                if block.isLast { break }
            }
            return nil
        }
    }
}
