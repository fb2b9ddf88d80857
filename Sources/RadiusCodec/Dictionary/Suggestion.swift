/// The one of `names` that `name` is most likely a slip of, for "did you mean"; nil when none is near.
///
/// Near is: at most one edit for each three characters. An edit inserts, removes, replaces or swaps neighbours; case does
/// not count.
package func nearest(to name: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    var best: String?
    var bestDistance = max(1, wanted.count / 3) + 1
    for candidate in names {
        guard abs(candidate.utf8.count - wanted.count) <= bestDistance else { continue }
        let octets = Array(candidate.lowercased().utf8)
        let distance = editDistance(wanted, octets)
        // Of two that are equally near the first in the alphabet wins, so that the answer does not depend on an order.
        if distance < bestDistance || (distance == bestDistance && best.map { candidate < $0 } ?? false) {
            best = candidate
            bestDistance = distance
        }
    }
    return best
}

/// How many edits make `first` into `second` (optimal string alignment).
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: second.count + 1)
    var last = Array(0...second.count)
    for row in first.indices {
        var current = [row + 1]
        for column in second.indices {
            let replacing = last[column] + (first[row] == second[column] ? 0 : 1)
            var edits = min(last[column + 1] + 1, current[column] + 1, replacing)
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                edits = min(edits, beforeLast[column - 1] + 1)
            }
            current.append(edits)
        }
        beforeLast = last
        last = current
    }
    return last[second.count]
}
