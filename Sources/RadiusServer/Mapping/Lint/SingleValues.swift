import RadiusCodec

/// Attributes that a device takes one of, and rules that can make several.
enum SingleValues {
    /// RFC 2865 §5.44: what an Access-Accept may have once.
    private static let onceInAccept: Set<UInt32> = [
        1, 6, 7, 8, 9, 10, 12, 15, 16, 19, 20, 23, 27, 28, 29, 34, 35, 36, 37, 39, 62, 63,
    ]

    /// What a device reads one of and, given several, takes whichever it likes.
    private static let onceByVendor: Set<String> = [
        "mikrotik-group", "h3c-exec-privilege", "huawei-exec-privilege", "fortinet-access-profile",
        "paloalto-admin-role", "paloalto-panorama-admin-role", "juniper-local-user-name", "aruba-user-role",
        "aruba-admin-role", "aruba-priv-admin-user", "f5-ltm-user-role", "asa-group-policy", "cp-gaia-user-role",
        "cp-gaia-superuser-access", "hp-privilege-level", "airespace-interface-name",
    ]

    @Sendable static func findings(in mapping: AttributeMapping) -> [Diagnostic] {
        var lines: [AttributePath: Int] = [:]
        var findings: [Diagnostic] = []
        for block in mapping.blocks {
            for rule in block.rules {
                guard let why = reason(rule.target.definition) else { continue }
                if let source = rule.sources.first(where: \.isProbablyList) {
                    findings.append(
                        rule.warning(
                            "\(why) one \(rule.target.name), and \(source) is a list as a rule "
                                + "(expected [Members \(rule.target.name)], which takes the first)"))
                }
                // Of those that stand in for one another, a reply has one.
                guard !block.isAlternative else { continue }
                let path = rule.target.definition.path
                if let line = lines[path] {
                    findings.append(rule.warning("\(why) one \(rule.target.name), and line \(line) makes one as well"))
                } else {
                    lines[path] = rule.place.line
                }
            }
        }
        return findings
    }

    /// How the message begins; nil for what there may be several of.
    private static func reason(_ definition: AttributeDefinition) -> String? {
        if definition.path.numbers.count == 1, let number = definition.path.numbers.first, onceInAccept.contains(number)
        {
            return "by RFC 2865 §5.44 an Access-Accept has"
        }
        return onceByVendor.contains(definition.name.lowercased()) ? "the device takes" : nil
    }
}

extension MappingSource {
    /// The names under which directories keep what people have several of.
    private static let lists: Set<String> = ["group", "groups", "memberof", "ismemberof", "role", "roles", "member_of"]

    fileprivate var isProbablyList: Bool { section == "user" && Self.lists.contains(key.lowercased()) }
}
