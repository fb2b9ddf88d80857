/// What a dictionary says about one attribute.
package struct AttributeDefinition: Hashable, Sendable {
    /// As the dictionary spells it.
    package let name: String
    package let path: AttributePath
    package let type: DataType
    /// The only size in octets that a value may have; nil where there are several.
    package let fixedSize: Int?
    package let flags: AttributeFlags
    /// How its vendor writes types and lengths; of no meaning for an attribute that is no vendor's.
    package internal(set) var format: VendorFormat

    package init(
        name: String, path: AttributePath, type: DataType, fixedSize: Int? = nil,
        flags: AttributeFlags = AttributeFlags(), format: VendorFormat = VendorFormat()
    ) {
        self.name = name
        self.path = path
        self.type = type
        self.fixedSize = fixedSize ?? type.fixedSize
        self.flags = flags
        self.format = format
    }

    /// An attribute that the dictionary does not have: octets by the name `Attr-` and its numbers.
    init(unknownAt path: AttributePath, format: VendorFormat = VendorFormat()) {
        self.init(name: "Attr-\(path)", path: path, type: .octets, format: format)
    }

    /// Whether the value begins with a tag that groups attributes (RFC 2868 §3.1).
    package var hasTag: Bool { flags.hasTag }
    package var encryption: Encryption? { flags.encryption }
    /// Whether it lives in a server only and can stand in no packet.
    package var isInternal: Bool { flags.isVirtual || (path.numbers.count == 1 && path.numbers[0] > 255) }

    /// Whether its value stands on the wire as it is, in one attribute of its own or of a vendor with headers of the usual
    /// size: as nearly all do.
    var isPlain: Bool {
        guard !flags.hasTag, flags.encryption == nil else { return false }
        switch path.numbers.count {
        case 1: return !flags.isConcatenated
        case 3: return path.isVendorSpecific && format.isUsual
        default: return false
        }
    }

    /// Whether this is NAS-Filter-Rule, whose attributes joined are rules with a NUL between them, wherever one attribute ends
    /// and the next begins (RFC 4849 §2).
    var holdsFilterRules: Bool { type == .string && path.isAttribute(.nasFilterRule) }

    /// Whether the value is nothing to show in a log: what is encrypted or marked `secret`, and what lets somebody in who
    /// has it, whatever the dictionary says.
    package var isSecret: Bool {
        if flags.isSecret || flags.encryption != nil { return true }
        guard path.numbers.count == 1, let type = UInt8(exactly: path.numbers[0]) else {
            return path.vendor == Self.microsoft && Self.microsoftSecrets.contains(path.numbers[2])
        }
        switch AttributeType(rawValue: type) {
        case .userPassword, .chapPassword, .state, .tunnelPassword, .arapPassword, .eapMessage: return true
        default: return false
        }
    }

    private static let microsoft: UInt32 = 311
    /// MS-CHAP responses, password changes and keys (RFC 2548 §2).
    private static let microsoftSecrets: Set<UInt32> = [1, 3, 4, 5, 6, 12, 16, 17, 25, 27]
}

/// The options of an ATTRIBUTE line.
package struct AttributeFlags: Hashable, Sendable {
    package var hasTag = false
    package var encryption: Encryption?
    package var isSecret = false
    /// Whether one attribute may carry several values of a fixed size, one after another.
    package var isArray = false
    /// Whether a value of more than 253 octets goes on in further attributes of the same type (RFC 8044 §3.6).
    package var isConcatenated = false
    package var isVirtual = false

    package init() {}
}
