import Synchronization

/// Which patterns of a mapping a group matches, by their numbers.
struct GroupMatches: Sendable {
    private var words: [UInt64] = []

    func contains(_ number: Int) -> Bool {
        number / 64 < words.count && words[number / 64] & 1 << UInt64(number % 64) != 0
    }

    mutating func insert(_ number: Int) {
        while words.count <= number / 64 { words.append(0) }
        words[number / 64] |= 1 << UInt64(number % 64)
    }

    mutating func formUnion(_ other: GroupMatches) {
        guard !words.isEmpty else {
            words = other.words
            return
        }
        while words.count < other.words.count { words.append(0) }
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }
}

/// Every pattern that a mapping has for groups, and what is known about the groups that came by: thousands of people share a
/// few hundred groups, so that the name of each is taken apart once and not at each login.
final class GroupPatterns: Sendable {
    /// Beyond it nothing is remembered of those that came by, and it begins anew.
    private static let capacity = 8192
    /// In octets; a longer text is no name of a group that will come again.
    private static let sizeMaximum = 1024

    private let patterns: [GroupPattern]
    private let known = Mutex<[String: GroupMatches]>([:])

    init(_ patterns: [GroupPattern] = []) { self.patterns = patterns }

    /// The pattern of that number.
    subscript(number: Int) -> GroupPattern? { patterns.indices.contains(number) ? patterns[number] : nil }

    func matches(of text: String) -> GroupMatches {
        if let matches = known.withLock({ $0[text] }) { return matches }
        let name = GroupName(text)
        var matches = GroupMatches()
        for (number, pattern) in patterns.enumerated() where pattern.matches(name) { matches.insert(number) }
        guard text.utf8.count <= Self.sizeMaximum else { return matches }
        let result = matches
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
            known[text] = result
        }
        return matches
    }
}
