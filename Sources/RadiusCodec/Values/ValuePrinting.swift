import Cryptography

extension AttributeDictionary {
    /// The value alone, as it is compared and mapped: text as it is, numbers by their VALUE names, octets as `0x…`.
    package func text(of attribute: EncodedAttribute) -> String {
        switch attribute.definition.type {
        case .string: String(decoding: attribute.octets, as: UTF8.self)
        case .date: dateText(attribute.octets) ?? hexadecimal(attribute.octets)
        default: bareText(of: attribute)
        }
    }

    /// `Name = value` as radclient prints it, with the tag behind the name: `Tunnel-Type:1 = VLAN`.
    ///
    /// - Parameter showingSecrets: whether passwords and keys are shown; otherwise `<<< secret >>>` stands for them.
    package func line(of attribute: EncodedAttribute, showingSecrets: Bool = false) -> String {
        let definition = attribute.definition
        let name = definition.hasTag ? "\(definition.name):\(attribute.tag ?? 0)" : definition.name
        guard showingSecrets || !definition.isSecret else { return "\(name) = <<< secret >>>" }
        switch definition.type {
        case .string: return "\(name) = \"\(QuotedText.escaped(attribute.octets))\""
        case .date:
            return "\(name) = \(dateText(attribute.octets).map { "\"\($0)\"" } ?? hexadecimal(attribute.octets))"
        case .abinary:
            return "\(name) = \(FilterText.text(attribute.octets).map { "\"\($0)\"" } ?? hexadecimal(attribute.octets))"
        default: return "\(name) = \(bareText(of: attribute))"
        }
    }

    /// Values that stand without quotes. Octets that are no value of their type are shown as octets.
    private func bareText(of attribute: EncodedAttribute) -> String {
        let octets = attribute.octets
        let definition = attribute.definition
        if let size = definition.type.fixedSize, octets.count != size { return hexadecimal(octets) }
        switch definition.type {
        case .integer, .byte, .short, .bool:
            let number = UInt32(truncatingIfNeeded: unsigned(octets))
            return valueName(of: number, for: definition)
                ?? (definition.type == .bool ? (number == 0 ? "no" : "yes") : String(number))
        case .signed: return String(Int32(truncatingIfNeeded: unsigned(octets)))
        case .integer64: return String(unsigned(octets))
        case .ipaddr: return IPv4Text.text(octets)
        case .ipv6addr: return IPv6Text.text(octets)
        case .comboIP:
            switch octets.count {
            case 4: return IPv4Text.text(octets)
            case 16: return IPv6Text.text(octets)
            default: return hexadecimal(octets)
            }
        case .ipv4prefix: return "\(IPv4Text.text(octets[2...]))/\(octets[1] & 0x3f)"
        case .ipv6prefix:
            guard (2...18).contains(octets.count) else { return hexadecimal(octets) }
            return "\(IPv6Text.text(octets[2...]))/\(octets[1])"
        case .ifid:
            return stride(from: 0, to: 8, by: 2)
                .map { String(Int(octets[$0]) << 8 | Int(octets[$0 + 1]), radix: 16) }.joined(separator: ":")
        case .ether: return octets.map { Hexadecimal.text([$0]) }.joined(separator: ":")
        case .abinary: return FilterText.text(octets) ?? hexadecimal(octets)
        case .string, .octets, .date, .tlv, .vsa, .extended, .longExtended, .evs: return hexadecimal(octets)
        }
    }

    private func dateText(_ octets: [UInt8]) -> String? {
        octets.count == 4 ? DateText.text(UInt32(truncatingIfNeeded: unsigned(octets))) : nil
    }

    private func unsigned(_ octets: [UInt8]) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }

    private func hexadecimal(_ octets: [UInt8]) -> String { "0x\(Hexadecimal.text(octets))" }
}
