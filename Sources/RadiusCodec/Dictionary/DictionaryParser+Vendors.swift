/// VENDOR lines, and the blocks that say whose the attributes in them are.
extension DictionaryParser {
    mutating func vendor(_ fields: [String]) throws(DictionaryLineProblem) {
        try expect(fields, "name number [format=type,length[,c]]", count: 2...3)
        guard let number = dictionaryNumber(fields[2][...]), (1...0xff_ffff).contains(number) else {
            throw .mistake("\(fields[2]) is no vendor's number (expected 1 to 16777215)")
        }
        var format = VendorFormat(ofVendor: number)
        if fields.count == 4 {
            guard fields[3].lowercased().hasPrefix("format="), let given = VendorFormat(fields[3].dropFirst(7)) else {
                throw .mistake(
                    "\(fields[3]) is no format (expected format=T,L with T 1, 2 or 4 and L 0, 1 or 2, or format=1,1,c)")
            }
            format = given
        }
        if let known = tables.vendor(named: fields[1]), known.number != number {
            throw .mistake("\(known.name) is \(known.number) already (expected another name, or the same number)")
        }
        tables.add(Vendor(name: fields[1], number: number, format: format))
    }

    func beginVendor(
        _ fields: [String], at place: DictionaryPlace, in scope: inout DictionaryScope
    ) throws(DictionaryLineProblem) {
        try expect(fields, "name [parent=attribute]", count: 1...2)
        let vendor = try knownVendor(fields[1])
        var prefix = AttributePath([26, vendor.number])
        if fields.count == 3 {
            let option = fields[2].lowercased()
            guard option.hasPrefix("format=") || option.hasPrefix("parent=") else {
                throw .mistake("unknown option \(fields[2]) (expected parent=attribute)")
            }
            let container = try knownAttribute(String(fields[2].dropFirst(7)))
            guard container.type == .evs else {
                throw .mistake("\(container.name) is of type \(container.type.rawValue) (expected one of type evs)")
            }
            prefix = container.path.appending(vendor.number)
        }
        try scope.begin(vendor, prefix: prefix, line: place.line)
    }

    func beginTLV(
        _ fields: [String], at place: DictionaryPlace, in scope: inout DictionaryScope
    ) throws(DictionaryLineProblem) {
        try expect(fields, "attribute", count: 1...1)
        let definition = try knownAttribute(fields[1])
        guard definition.type == .tlv else {
            throw .mistake("\(definition.name) is of type \(definition.type.rawValue) (expected one of type tlv)")
        }
        scope.begin(definition, line: place.line)
    }
}
