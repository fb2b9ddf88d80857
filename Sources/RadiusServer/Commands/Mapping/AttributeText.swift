import RadiusCodec

extension AttributeDictionary {
    /// `Name = value` for people who compare: as ``line(of:showingSecrets:)``, but octets that are plain text stand as text,
    /// and with quotes, by which a text and the same text in octets look alike. What it says can be read again.
    /// Passwords and keys are not shown.
    func readableLine(of attribute: EncodedAttribute) -> String {
        let line = line(of: attribute)
        let octets = attribute.octets
        guard attribute.definition.type == .octets, !attribute.definition.isSecret, !octets.isEmpty,
            octets.allSatisfy({ (0x20...0x7e).contains($0) }), let name = line.firstRange(of: " = ")
        else { return line }
        let text = String(decoding: octets, as: UTF8.self).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\(line[..<name.lowerBound]) = \"\(text)\""
    }
}

/// How two replies differ. The order of attributes of one kind counts, as it does to devices; that of different kinds does
/// not.
struct AttributeDifference {
    /// Indices of those that only the first has, and of those that only the second has.
    private(set) var missing: [Int] = []
    private(set) var additional: [Int] = []

    var isEmpty: Bool { missing.isEmpty && additional.isEmpty }

    init(from old: [EncodedAttribute], to new: [EncodedAttribute]) {
        var groups: [AttributePath: (old: [Int], new: [Int])] = [:]
        for index in old.indices { groups[old[index].definition.path, default: ([], [])].old.append(index) }
        for index in new.indices { groups[new[index].definition.path, default: ([], [])].new.append(index) }
        for group in groups.values {
            let changes = group.new.map { Value(new[$0]) }.difference(from: group.old.map { Value(old[$0]) })
            for case .remove(let offset, _, _) in changes { missing.append(group.old[offset]) }
            for case .insert(let offset, _, _) in changes { additional.append(group.new[offset]) }
        }
        missing.sort()
        additional.sort()
    }

    /// What is sent, whatever the dictionary calls it.
    private struct Value: Equatable {
        let tag: UInt8?
        let octets: [UInt8]

        init(_ attribute: EncodedAttribute) {
            tag = attribute.tag
            octets = attribute.octets
        }
    }
}
