/// How an attribute's value is written, by the names that dictionaries of FreeRADIUS 3.2 use (RFC 8044 has the rules).
package enum DataType: String, Sendable, Hashable, CaseIterable {
    /// UTF-8 text. RFC 8044 calls it "text".
    case string
    /// RFC 8044 calls it "string", and "concat" where it goes on in further attributes.
    case octets
    case ipaddr
    case ipv4prefix
    case ipv6addr
    case ipv6prefix
    case integer
    case signed
    case integer64
    case byte
    case short
    case bool
    case date
    case ifid
    case ether
    /// Ascend's packet filters (``FilterText``). What is none is carried as it came.
    case abinary
    case tlv
    case vsa
    case extended
    case longExtended = "long-extended"
    case evs
    /// An IPv4 or an IPv6 address, told apart by its size.
    case comboIP = "combo-ip"

    /// - Parameter name: in any case; the names that newer dictionaries have for the same types are understood too.
    init?(named name: String) {
        let name = name.lowercased()
        guard let type = DataType(rawValue: name) ?? Self.otherNames[name] else { return nil }
        self = type
    }

    private static let otherNames: [String: DataType] = [
        "cidr": .ipv4prefix, "uint32": .integer, "int32": .signed, "uint64": .integer64, "uint8": .byte,
        "uint16": .short,
    ]

    /// The only size in octets that a value may have; nil where there are several.
    var fixedSize: Int? {
        switch self {
        case .byte, .bool: 1
        case .short: 2
        case .ipaddr, .integer, .signed, .date: 4
        case .ether, .ipv4prefix: 6
        case .integer64, .ifid: 8
        case .ipv6addr: 16
        case .string, .octets, .ipv6prefix, .abinary, .comboIP, .tlv, .vsa, .extended, .longExtended, .evs: nil
        }
    }

    /// Whether values of this type hold other attributes.
    var isContainer: Bool {
        switch self {
        case .tlv, .vsa, .extended, .longExtended, .evs: true
        case .string, .octets, .ipaddr, .ipv4prefix, .ipv6addr, .ipv6prefix, .integer, .signed, .integer64, .byte,
            .short,
            .bool, .date, .ifid, .ether, .abinary, .comboIP:
            false
        }
    }

    /// The largest number that a VALUE of an attribute of this type may have; nil where none may be named.
    var valueMaximum: UInt32? {
        switch self {
        case .bool: 1
        case .byte: 0xff
        case .short: 0xffff
        // Octets can have no named numbers, but dictionaries in the field give them some.
        case .integer, .octets: .max
        case .string, .ipaddr, .ipv4prefix, .ipv6addr, .ipv6prefix, .signed, .integer64, .date, .ifid, .ether, .abinary,
            .tlv, .vsa, .extended, .longExtended, .evs, .comboIP:
            nil
        }
    }
}

/// How an attribute is hidden on its way; the raw values are those of the dictionary flag `encrypt`.
package enum Encryption: UInt8, Sendable, Hashable {
    /// As User-Password (RFC 2865 §5.2).
    case userPassword = 1
    /// As Tunnel-Password, with a salt (RFC 2868 §3.5, RFC 2548 §2.4.2).
    case tunnelPassword = 2
    /// As Ascend-Send-Secret, which Ascend's devices take instead of a password.
    case ascendSecret = 3
}
