/// The blocks that are open at a line of a dictionary file. A file begins outside of all blocks and ends so.
struct DictionaryScope {
    private struct Block {
        let line: Int
        let name: String
        let path: AttributePath
    }

    private var vendor: Block?
    private var tlvs: [Block] = []

    /// What the numbers of an ATTRIBUTE line stand behind.
    var prefix: [UInt32] { tlvs.last?.path.numbers ?? vendor?.path.numbers ?? [] }
    var isWithinTLV: Bool { !tlvs.isEmpty }

    /// The blocks that nobody has closed: where each was opened, how, and what was expected.
    var unclosed: [(line: Int, opening: String, closing: String)] {
        (vendor.map { [($0.line, "BEGIN-VENDOR \($0.name)", "END-VENDOR \($0.name)")] } ?? [])
            + tlvs.map { ($0.line, "BEGIN-TLV \($0.name)", "END-TLV \($0.name)") }
    }

    /// - Parameter prefix: `[26, number]`, or the path of an Extended-Vendor-Specific and the number.
    mutating func begin(_ vendor: Vendor, prefix: AttributePath, line: Int) throws(DictionaryLineProblem) {
        if let open = self.vendor {
            throw .mistake("BEGIN-VENDOR within that of line \(open.line) (expected END-VENDOR \(open.name) before it)")
        }
        self.vendor = Block(line: line, name: vendor.name, path: prefix)
    }

    mutating func end(_ vendor: Vendor) throws(DictionaryLineProblem) {
        guard let open = self.vendor else {
            throw .mistake("END-VENDOR without a block (expected BEGIN-VENDOR \(vendor.name) before it)")
        }
        // By number, since one vendor may have two names.
        guard open.path.numbers.last == vendor.number else {
            throw .mistake("END-VENDOR \(vendor.name) closes another block (expected END-VENDOR \(open.name))")
        }
        self.vendor = nil
    }

    mutating func begin(_ tlv: AttributeDefinition, line: Int) {
        tlvs.append(Block(line: line, name: tlv.name, path: tlv.path))
    }

    mutating func end(_ tlv: AttributeDefinition) throws(DictionaryLineProblem) {
        guard let open = tlvs.last else {
            throw .mistake("END-TLV without a block (expected BEGIN-TLV \(tlv.name) before it)")
        }
        guard open.path == tlv.path else {
            throw .mistake("END-TLV \(tlv.name) closes another block (expected END-TLV \(open.name))")
        }
        tlvs.removeLast()
    }
}

/// Why a line of a dictionary file is not taken in.
enum DictionaryLineProblem: Error, Equatable {
    /// What is wrong, with what was expected in parentheses.
    case mistake(String)
    /// It is good in FreeRADIUS 4 and means nothing in FreeRADIUS 3: skipped.
    case newerSyntax
}
