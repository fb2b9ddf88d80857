/// Where an attribute stands on the wire: its number, or its numbers from the outermost container to the innermost.
///
/// `[1]` is User-Name, `[26, 9, 1]` a vendor's attribute, `[26, 24757, 1, 2]` a TLV within one, `[241, 1]` an extended and
/// `[241, 26, 11, 6]` an extended vendor-specific attribute (RFC 6929).
package struct AttributePath: Hashable, Sendable, CustomStringConvertible {
    package let numbers: [UInt32]

    package init(_ numbers: [UInt32]) { self.numbers = numbers }

    package init(_ type: AttributeType) { numbers = [UInt32(type.rawValue)] }

    /// Types whose first octet of value is a further type (RFC 6929 §2.1 and §2.2).
    static let extendedTypes: ClosedRange<UInt32> = 241...246
    /// Those of them whose second octet has flags, so that a value may go on in the next attribute (RFC 6929 §2.2).
    static let longExtendedTypes: ClosedRange<UInt32> = 245...246

    /// Whether the first number is that of an extended attribute (RFC 6929).
    var isExtended: Bool { numbers.count > 1 && Self.extendedTypes.contains(numbers[0]) }
    /// Whether values may be fragmented by the "more" flag (RFC 6929 §2.2).
    var isLongExtended: Bool { numbers.count > 1 && Self.longExtendedTypes.contains(numbers[0]) }
    /// Whether this is an attribute within Extended-Vendor-Specific (RFC 6929 §2.4).
    var isExtendedVendorSpecific: Bool { isExtended && numbers.count >= 4 && numbers[1] == 26 }
    /// Whether this is an attribute within Vendor-Specific (RFC 2865 §5.26).
    var isVendorSpecific: Bool { numbers.count >= 3 && numbers[0] == 26 }

    /// Whether this is the attribute of that type itself; looks without making a path to compare with.
    func isAttribute(_ type: AttributeType) -> Bool { numbers.count == 1 && numbers[0] == UInt32(type.rawValue) }

    /// Whether the numbers name a vendor, but none of its attributes.
    var endsWithinVendor: Bool {
        (numbers.count == 2 && numbers[0] == 26) || (numbers.count == 3 && isExtended && numbers[1] == 26)
    }

    /// The vendor's private enterprise number; 0 for an attribute that is no vendor's.
    package var vendor: UInt32 { isVendorSpecific ? numbers[1] : isExtendedVendorSpecific ? numbers[2] : 0 }

    /// How many of the numbers are those of an attribute proper; TLVs within it add one each.
    var attributeDepth: Int {
        if isVendorSpecific { return 3 }
        if isExtendedVendorSpecific { return 4 }
        return isExtended ? 2 : 1
    }

    /// Whether an attribute means something without a value.
    var mayBeEmpty: Bool {
        guard numbers.count == 1, let type = UInt8(exactly: numbers[0]) else { return false }
        return AttributeType(rawValue: type).mayBeEmpty
    }

    /// The path of the container that this attribute stands in.
    var parent: AttributePath { AttributePath(Array(numbers.dropLast())) }

    /// As one number, since an array feeds the hasher piece by piece and paths are looked up for every attribute. Who could
    /// make them collide writes the dictionary.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(numbers.reduce(UInt64(0)) { $0 &* 0x1_0000_01b3 ^ UInt64($1) })
    }

    func appending(_ number: UInt32) -> AttributePath { AttributePath(numbers + [number]) }

    /// The numbers with points between them, such as `26.9.1`.
    package var description: String { numbers.map(String.init).joined(separator: ".") }
}
