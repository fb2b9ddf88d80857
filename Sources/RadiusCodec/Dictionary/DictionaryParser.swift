/// Takes in the lines of dictionary files one by one, in the syntax of FreeRADIUS 3.2.
struct DictionaryParser {
    /// TLVs may stand within TLVs, but only so deep.
    static let tlvDepthMaximum = 4
    /// FreeRADIUS has the options of DHCP as the attributes of a vendor whom no packet of RADIUS knows.
    private static let vendorOfDHCP: UInt32 = 54

    var tables = DictionaryTables()
    /// Where each name was defined, for the message about a second definition.
    private var places: [String: DictionaryPlace] = [:]
    /// VALUE lines whose attribute is not there yet.
    var forwardValues: [ValueLine] = []
    /// Attributes that were skipped because FreeRADIUS 3 has no such type; their VALUE lines are skipped too.
    private(set) var skippedNames: Set<String> = []

    private static let directives = [
        "ATTRIBUTE", "VALUE", "VALUE-ALIAS", "VENDOR", "BEGIN-VENDOR", "END-VENDOR", "BEGIN-TLV", "END-TLV", "$INCLUDE",
        "$INCLUDE-",
    ]
    /// Directives that came with FreeRADIUS 4.
    private static let newerDirectives: Set<String> = [
        "protocol", "begin-protocol", "end-protocol", "begin", "end", "struct", "member", "enum", "flags", "alias",
        "define",
    ]

    /// Takes in one line.
    ///
    /// - Parameter fields: at least one.
    mutating func parse(
        _ fields: [String], at place: DictionaryPlace, in scope: inout DictionaryScope
    ) throws(DictionaryLineProblem) {
        switch fields[0].lowercased() {
        case "attribute": try attribute(fields, at: place, in: scope)
        case "value": try value(fields, at: place)
        case "value-alias": try valueAlias(fields)
        case "vendor": try vendor(fields)
        case "begin-vendor": try beginVendor(fields, at: place, in: &scope)
        case "end-vendor":
            try expect(fields, "name", count: 1...1)
            try scope.end(try knownVendor(fields[1]))
        case "begin-tlv": try beginTLV(fields, at: place, in: &scope)
        case "end-tlv":
            try expect(fields, "attribute", count: 1...1)
            try scope.end(try knownAttribute(fields[1]))
        case let other where Self.newerDirectives.contains(other): throw .newerSyntax
        default:
            throw .mistake(
                "unknown keyword \(fields[0]) (expected \(hint(fields[0], Self.directives, "ATTRIBUTE or VALUE")))")
        }
    }

    /// Takes in the VALUE lines that came before their attributes.
    ///
    /// - Returns: those for which no attribute has come.
    mutating func finish() -> [(message: String, place: DictionaryPlace)] {
        var mistakes: [(message: String, place: DictionaryPlace)] = []
        // A name that stood behind its attribute is shown before one that came too early; of those the last.
        for line in forwardValues.reversed() {
            do throws(DictionaryLineProblem) {
                try add(line, to: try knownAttribute(line.attribute), replacing: false)
            } catch {
                if case .mistake(let message) = error { mistakes.append((message, line.place)) }
            }
        }
        tables.settleFormats()
        return mistakes.reversed()
    }

    // MARK: ATTRIBUTE

    private mutating func attribute(
        _ fields: [String], at place: DictionaryPlace, in scope: DictionaryScope
    ) throws(DictionaryLineProblem) {
        try expect(fields, "name number type [flags]", count: 3...4)
        let name = fields[1]
        try checkName(name)
        let type: DataType
        let size: Int?
        var flags = AttributeLineFlags()
        do throws(DictionaryLineProblem) {
            (type, size) = try AttributeLineFlags.type(fields[3])
            if fields.count == 5 { flags = try AttributeLineFlags(fields[4], vendors: tables) }
        } catch {
            if error == .newerSyntax { skippedNames.insert(name.lowercased()) }
            throw error
        }
        var prefix = scope.prefix
        if let vendor = flags.vendor {
            guard prefix.isEmpty else {
                throw .mistake("a vendor's name as flag within a block (expected none: the block says whose it is)")
            }
            prefix = [26, vendor.number]
        }
        let path = AttributePath(prefix + (try numbers(fields[2])))
        try checkPath(path)
        try flags.check(type, size: size, path: path, isWithinTLV: scope.isWithinTLV)
        if type == .tlv, path.isVendorSpecific, path.vendor != Self.vendorOfDHCP,
            let format = tables.vendors[path.vendor]?.format,
            format.typeSize != 1 || format.lengthSize != 1
        {
            throw .mistake("type tlv for a vendor whose format is not 1,1 (expected another type)")
        }
        let definition = AttributeDefinition(name: name, path: path, type: type, fixedSize: size, flags: flags.flags)
        if let known = tables.definition(named: name), known.path != path {
            let before = places[name.lowercased()].map { ", in \($0.file):\($0.line)" } ?? ""
            throw .mistake("\(name) is \(known.path) already\(before) (expected another name, or the same number)")
        }
        guard tables.definitions.count < DictionaryLoader.attributesMaximum else {
            throw .mistake("more than \(DictionaryLoader.attributesMaximum) attributes (expected fewer)")
        }
        tables.add(definition)
        places[name.lowercased()] = place
    }

    private func checkName(_ name: String) throws(DictionaryLineProblem) {
        guard !name.hasPrefix("Attr-") else {
            throw .mistake("the name \(name) begins with Attr- (expected another: unknown attributes are called so)")
        }
        for octet in name.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
                UInt8(ascii: "_"):
                continue
            default:
                throw .mistake("the name \(name) has a character that no name may have (expected A-Z a-z 0-9 - . / _)")
            }
        }
    }

    /// The numbers of `1`, `0x1f`, or `241.1`.
    private func numbers(_ text: String) throws(DictionaryLineProblem) -> [UInt32] {
        var numbers: [UInt32] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = dictionaryNumber(part) else {
                throw .mistake("\(text) is no number of an attribute (expected a number such as 18, 0x12 or 241.1)")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Every container on the way must be defined as one, and every number must be one that its field can hold.
    private func checkPath(_ path: AttributePath) throws(DictionaryLineProblem) {
        let numbers = path.numbers
        guard let last = numbers.last else { return }
        if numbers.count == 1 {
            guard last > 0 else { throw .mistake("attribute 0 (expected 1 to 255, or more for one that is internal)") }
            return
        }
        guard !path.endsWithinVendor else {
            throw .mistake("\(path) is a vendor and none of its attributes (expected one more number)")
        }
        if path.isVendorSpecific || path.isExtendedVendorSpecific {
            guard let vendor = tables.vendors[path.vendor] else {
                throw .mistake("vendor \(path.vendor) is not defined (expected a VENDOR line before)")
            }
            if path.isVendorSpecific, numbers.count == 3 {
                guard last <= vendor.format.typeMaximum else {
                    throw .mistake("number \(last) is too large (expected at most \(vendor.format.typeMaximum))")
                }
                // Type 0 is against all rules, but one vendor has it.
                return
            }
        }
        guard (1...255).contains(last) else { throw .mistake("number \(last) is out of range (expected 1 to 255)") }
        guard numbers.count - path.attributeDepth <= Self.tlvDepthMaximum else {
            throw .mistake("TLVs are nested too deep (expected \(Self.tlvDepthMaximum) levels at most)")
        }
        let container =
            path.isExtendedVendorSpecific && numbers.count == 4 ? path.parent.parent : path.parent
        guard let parent = tables.definition(at: container), parent.type.isContainer else {
            throw .mistake(
                "\(container) holds no attributes (expected it to be defined before, as tlv, extended or evs)")
        }
    }

    /// A VALUE line as it was read.
    struct ValueLine {
        let attribute: String
        let name: String
        let number: UInt32
        let place: DictionaryPlace
    }

    // MARK: What is known

    func knownAttribute(_ name: String) throws(DictionaryLineProblem) -> AttributeDefinition {
        guard let definition = tables.definition(named: name) else {
            guard !skippedNames.contains(name.lowercased()) else { throw .newerSyntax }
            let names = tables.definitions.lazy.map(\.name)
            throw .mistake(
                "there is no attribute \(name) (expected \(hint(name, names, "one that is defined before")))")
        }
        return definition
    }

    func knownVendor(_ name: String) throws(DictionaryLineProblem) -> Vendor {
        guard let vendor = tables.vendor(named: name) else {
            let names = tables.vendors.values.lazy.map(\.name)
            throw .mistake("there is no vendor \(name) (expected \(hint(name, names, "a VENDOR line before")))")
        }
        return vendor
    }

    private func hint(_ name: String, _ names: some Sequence<String>, _ otherwise: String) -> String {
        nearest(to: name, among: names).map { "\(otherwise); did you mean \($0)?" } ?? otherwise
    }

    func expect(
        _ fields: [String], _ arguments: String, count: ClosedRange<Int>
    ) throws(DictionaryLineProblem) {
        guard count.contains(fields.count - 1) else {
            throw .mistake(
                "\(fields[0]) has \(fields.count - 1) arguments (expected: \(fields[0].uppercased()) \(arguments))")
        }
    }
}

/// A number of a dictionary.
///
/// - Returns: nil for what is none, and beyond 32 bits.
func dictionaryNumber(_ text: Substring) -> UInt32? {
    NumberText.unsigned(text).flatMap { UInt32(exactly: $0) }
}
