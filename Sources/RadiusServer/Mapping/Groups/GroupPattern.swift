/// A value that says of which group somebody is a member: the name of an entry in a directory, or a plain name. Worked out
/// once for a reply, however many rules ask.
struct GroupName: Sendable {
    /// nil for a plain name.
    let distinguishedName: DistinguishedName?
    /// The whole text, folded.
    let text: String

    init(_ text: String) {
        distinguishedName = DistinguishedName(text)
        self.text = Folding.folded(text)
    }
}

/// Which groups are meant. Case never counts: it does not in a directory.
enum GroupPattern: Sendable, Hashable {
    /// This entry and no other.
    case entry(DistinguishedName)
    /// Whatever is called so, wherever in the tree it is: the value of an entry's first component, or a plain name.
    case name(String)
    /// Whatever has these components, one after the other, somewhere in its name.
    case part(DistinguishedName)
    /// Whatever stands below this entry.
    case below(DistinguishedName)

    func matches(_ group: GroupName) -> Bool {
        switch self {
        case .entry(let entry): group.distinguishedName == entry
        case .name(let name): group.distinguishedName?.isNamed(name) ?? (group.text == name)
        case .part(let part): group.distinguishedName?.contains(part) ?? false
        case .below(let ancestor): group.distinguishedName?.isBelow(ancestor) ?? false
        }
    }
}

/// Who is meant: the members of any of these groups.
struct Membership: Sendable, Hashable {
    struct Alternative: Sendable, Hashable {
        /// Where the groups of somebody stand in the detail.
        let source: MappingSource
        let pattern: GroupPattern
    }

    var alternatives: [Alternative] = []

    mutating func formUnion(_ other: Membership) {
        var known = Set(alternatives)
        alternatives += other.alternatives.filter { known.insert($0).inserted }
    }
}

/// The groups of the user of one reply, read out of the detail at the first question about them.
struct GroupMemory {
    private var known: [(source: MappingSource, groups: [GroupName])] = []

    mutating func holds(_ membership: Membership, for detail: some DetailSource) -> Bool {
        for alternative in membership.alternatives {
            let index = index(of: alternative.source, in: detail)
            if known[index].groups.contains(where: alternative.pattern.matches) { return true }
        }
        return false
    }

    private mutating func index(of source: MappingSource, in detail: some DetailSource) -> Int {
        if let index = known.firstIndex(where: { $0.source == source }) { return index }
        let groups = source.values(in: detail).compactMap { value -> GroupName? in
            guard let text = value.plainText, !text.isEmpty else { return nil }
            return GroupName(text)
        }
        known.append((source, groups))
        return known.count - 1
    }
}
