/// Who is meant: the members of any of these groups.
struct Membership: Sendable, Hashable {
    struct Alternative: Sendable, Hashable {
        /// Where the groups of somebody stand in the detail.
        let source: MappingSource
        /// Its number in ``GroupPatterns``.
        let pattern: Int
    }

    var alternatives: [Alternative] = []

    mutating func formUnion(_ other: Membership) {
        var known = Set(alternatives)
        alternatives += other.alternatives.filter { known.insert($0).inserted }
    }
}

/// What the groups of the user of one reply match, worked out at the first question about them.
struct GroupMemory {
    private let patterns: GroupPatterns
    private var known: [(source: MappingSource, matches: GroupMatches)] = []

    init(_ patterns: GroupPatterns) { self.patterns = patterns }

    mutating func holds(_ membership: Membership, for detail: some DetailSource) -> Bool {
        for alternative in membership.alternatives
        where matches(of: alternative.source, in: detail).contains(alternative.pattern) {
            return true
        }
        return false
    }

    private mutating func matches(of source: MappingSource, in detail: some DetailSource) -> GroupMatches {
        if let entry = known.first(where: { $0.source == source }) { return entry.matches }
        var matches = GroupMatches()
        for value in source.values(in: detail) {
            guard let text = value.plainText, !text.isEmpty else { continue }
            matches.formUnion(patterns.matches(of: text))
        }
        known.append((source, matches))
        return matches
    }
}
