import RadiusCodec

/// What no reply may have (RFC 2865 §5.44).
enum ForbiddenAttributes {
    private static let neverInAccept: Set<UInt32> = [3, 4, 5, 30, 31, 32, 60, 61]

    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        mapping.rules.compactMap { rule in
            let path = rule.target.definition.path.numbers
            guard path.count == 1, let number = path.first, neverInAccept.contains(number) else { return nil }
            return rule.warning("an Access-Accept must not have \(rule.target.name) (RFC 2865 §5.44)")
        }
    }
}
