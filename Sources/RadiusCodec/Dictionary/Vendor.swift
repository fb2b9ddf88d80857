/// One who has attributes of their own (RFC 2865 §5.26).
package struct Vendor: Hashable, Sendable {
    /// As the dictionary spells it.
    package let name: String
    /// The private enterprise number, 1 to 16 777 215.
    package let number: UInt32
    package let format: VendorFormat
}

/// How wide a vendor writes the type and the length of its attributes, in octets (RFC 2865 §5.26 recommends 1 and 1).
package struct VendorFormat: Hashable, Sendable {
    /// 1, 2 or 4.
    package let typeSize: Int
    /// 0 where an attribute reaches to the end of its Vendor-Specific, 1 or 2.
    package let lengthSize: Int
    /// Whether an octet follows whose most significant bit says that the value goes on in the next attribute (WiMAX).
    package let continues: Bool

    package init(typeSize: Int = 1, lengthSize: Int = 1, continues: Bool = false) {
        self.typeSize = typeSize
        self.lengthSize = lengthSize
        self.continues = continues
    }

    /// The format of a vendor whose VENDOR line names none: three have been known by theirs for longer than the option.
    init(ofVendor number: UInt32) {
        switch number {
        case 429: self.init(typeSize: 4, lengthSize: 0)
        case 4846: self.init(typeSize: 2, lengthSize: 1)
        case 8164: self.init(typeSize: 2, lengthSize: 2)
        default: self.init()
        }
    }

    /// Reads `1,1` or `1,1,c`, as it stands behind `format=`.
    init?(_ text: Substring) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3,
            let typeSize = Int(parts[0]), [1, 2, 4].contains(typeSize),
            let lengthSize = Int(parts[1]), [0, 1, 2].contains(lengthSize)
        else { return nil }
        let continues = parts.count == 3
        guard !continues || (parts[2] == "c" && typeSize == 1 && lengthSize == 1) else { return nil }
        self.init(typeSize: typeSize, lengthSize: lengthSize, continues: continues)
    }

    /// Whether type and length are an octet each, and nothing follows.
    var isUsual: Bool { typeSize == 1 && lengthSize == 1 && !continues }

    /// The octets before a value: type, length and, where there is one, the octet with the continuation bit.
    var headerSize: Int { typeSize + lengthSize + (continues ? 1 : 0) }
    /// The largest type. Types of four octets keep their first at zero, as vendor numbers do.
    var typeMaximum: UInt32 {
        switch typeSize {
        case 1: 0xff
        case 2: 0xffff
        default: 0xff_ffff
        }
    }
}
