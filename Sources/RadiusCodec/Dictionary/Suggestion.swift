/// The one of `names` that `name` is most likely a slip of, for "did you mean"; nil when none is near.
///
/// Near is: at most one edit for each three characters. An edit inserts, removes, replaces or swaps neighbours; case does
/// not count.
package func nearest(to name: String, among names: some Sequence<String>) -> String? {
    var wanted = EditDistance(from: name)
    var best: String?
    var bestDistance = max(1, wanted.count / 3) + 1
    for candidate in names {
        guard let distance = wanted.distance(to: candidate, atMost: bestDistance) else { continue }
        // Of two that are equally near the first in the alphabet wins, so that the answer does not depend on an order.
        if distance < bestDistance || (distance == bestDistance && best.map { candidate < $0 } ?? false) {
            best = candidate
            bestDistance = distance
        }
    }
    return best
}

/// How many edits make one name into others (optimal string alignment). Its rows are used again for each: a dictionary
/// has thousands of names to compare with.
private struct EditDistance {
    private let octets: [UInt8]
    private var beforeLast: [Int]
    private var last: [Int]
    private var current: [Int]

    init(from name: String) {
        octets = name.utf8.map(lowercased)
        last = Array(0...octets.count)
        beforeLast = last
        current = last
    }

    var count: Int { octets.count }

    /// - Returns: nil when it is more than `limit`.
    mutating func distance(to other: String, atMost limit: Int) -> Int? {
        guard abs(other.utf8.count - octets.count) <= limit else { return nil }
        for column in 0...octets.count { last[column] = column }
        var row = 0
        var before: UInt8 = 0
        for octet in other.utf8.lazy.map(lowercased) {
            row += 1
            current[0] = row
            var least = row
            for column in octets.indices {
                let replacing = last[column] + (octets[column] == octet ? 0 : 1)
                var edits = min(last[column + 1] + 1, current[column] + 1, replacing)
                if row > 1, column > 0, octets[column] == before, octets[column - 1] == octet {
                    edits = min(edits, beforeLast[column - 1] + 1)
                }
                current[column + 1] = edits
                least = min(least, edits)
            }
            // No later row has less than the least of this one.
            guard least <= limit else { return nil }
            before = octet
            swap(&beforeLast, &last)
            swap(&last, &current)
        }
        return last[octets.count] <= limit ? last[octets.count] : nil
    }
}

private func lowercased(_ octet: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
}
