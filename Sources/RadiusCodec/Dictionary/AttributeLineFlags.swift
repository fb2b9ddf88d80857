/// The type and the flags of an ATTRIBUTE line, and which of them go together.
struct AttributeLineFlags {
    private(set) var flags = AttributeFlags()
    /// Files of the last century name the vendor here instead of in a block.
    private(set) var vendor: Vendor?
    private var names: [String] = []

    init() {}

    private static let known = [
        "has_tag", "encrypt=1", "encrypt=2", "encrypt=3", "secret", "array", "concat", "virtual",
    ]
    /// Types and flags that came with FreeRADIUS 4; a flag with `=` by what it begins with.
    private static let newerTypes: Set<String> = [
        "struct", "group", "time_delta", "attr", "union", "int8", "int16", "int64", "float32", "float64", "ipv4addr",
    ]
    private static let newerFlags = [
        "counter", "ref=", "clone=", "enum=", "key=", "long_extended", "precision=", "subtype=", "length=", "internal",
        "encrypt=user-password", "encrypt=tunnel-password", "encrypt=ascend-secret",
    ]

    /// Reads `string`, or `octets[16]`.
    static func type(_ text: String) throws(DictionaryLineProblem) -> (type: DataType, size: Int?) {
        if let type = DataType(named: text) { return (type, nil) }
        let lowercased = text.lowercased()
        if lowercased.hasPrefix("octets["), lowercased.hasSuffix("]") {
            guard let size = dictionaryNumber(lowercased.dropFirst(7).dropLast()), (1...253).contains(size) else {
                throw .mistake("\(text) has a size that no attribute can have (expected octets[1] to octets[253])")
            }
            return (.octets, Int(size))
        }
        guard !newerTypes.contains(lowercased) else { throw .newerSyntax }
        let hint = nearest(to: text, among: DataType.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
        throw .mistake("unknown type \(text) (expected string, octets, integer, ipaddr or another type\(hint))")
    }

    /// Reads `has_tag,encrypt=2`, or the name of a vendor.
    init(_ text: String, vendors: DictionaryTables) throws(DictionaryLineProblem) {
        for name in text.lowercased().split(separator: ",") {
            names.append(String(name))
            switch name {
            case "has_tag", "has_tag=1": flags.hasTag = true
            case "encrypt=0": names.removeLast()
            case "encrypt=1": flags.encryption = .userPassword
            case "encrypt=2": flags.encryption = .tunnelPassword
            case "encrypt=3": flags.encryption = .ascendSecret
            case "secret", "secret=1": flags.isSecret = true
            case "array": flags.isArray = true
            case "concat": flags.isConcatenated = true
            case "virtual": flags.isVirtual = true
            default:
                if name.count == text.count, let vendor = vendors.vendor(named: text) {
                    self.vendor = vendor
                    names.removeLast()
                    continue
                }
                guard !Self.newerFlags.contains(where: { name.hasPrefix($0) }) else { throw .newerSyntax }
                let hint = nearest(to: String(name), among: Self.known).map { "; did you mean \($0)?" } ?? ""
                throw .mistake(
                    "unknown flag \(name) (expected has_tag, encrypt=, secret, array, concat or virtual\(hint))")
            }
        }
    }

    /// Whether the flags suit the type and the place of the attribute.
    func check(
        _ type: DataType, size: Int?, path: AttributePath, isWithinTLV: Bool
    ) throws(DictionaryLineProblem) {
        let isEncryptedOnly = names == ["encrypt=1"] || names == ["encrypt=2"]
        if size != nil, !names.isEmpty, !isEncryptedOnly, names != ["secret"] {
            throw .mistake("octets[N] with \(names.joined(separator: ",")) (expected no flag, encrypt=1 or encrypt=2)")
        }
        if path.isExtended, !names.isEmpty, names != ["encrypt=2"], names != ["secret"] {
            throw .mistake(
                "an extended attribute with \(names.joined(separator: ",")) (expected no flag, or encrypt=2)")
        }
        if flags.hasTag {
            guard type == .string || type == .integer else {
                throw .mistake("has_tag with type \(type.rawValue) (expected string or integer)")
            }
            guard !isWithinTLV else { throw .mistake("has_tag within a TLV (expected none)") }
        }
        switch flags.encryption {
        case .userPassword:
            guard type == .string || (type == .octets && size != nil) else {
                throw .mistake("encrypt=1 with type \(type.rawValue) (expected string, or octets[N])")
            }
        case .tunnelPassword:
            guard [.string, .octets, .integer, .ipaddr].contains(type) else {
                throw .mistake("encrypt=2 with type \(type.rawValue) (expected string, octets, integer or ipaddr)")
            }
        case .ascendSecret:
            guard type == .string else {
                throw .mistake("encrypt=3 with type \(type.rawValue) (expected string)")
            }
        case nil: break
        }
        if flags.isArray {
            guard [.ipaddr, .ipv6addr, .byte, .short, .integer, .date, .string].contains(type) else {
                throw .mistake("array with type \(type.rawValue) (expected an address, a number, date or string)")
            }
        }
        if flags.isConcatenated {
            guard type == .octets, names == ["concat"] else {
                throw .mistake("concat with type \(type.rawValue) or other flags (expected octets and no other flag)")
            }
            guard path.vendor == 0 else { throw .mistake("concat for a vendor's attribute (expected none)") }
        }
        if flags.isVirtual {
            guard path.numbers.count == 1, path.numbers[0] > 255 else {
                throw .mistake("virtual for an attribute of packets (expected a number of 256 or more and no vendor)")
            }
        }
    }
}
