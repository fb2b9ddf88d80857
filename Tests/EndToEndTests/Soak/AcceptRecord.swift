import Foundation

/// What the load generator wrote down as it came: a line `serial position` for every Access-Accept. It is held against
/// what the database says.
struct AcceptRecord {
    struct Accept: Hashable {
        let serial: String
        /// The counter of the one-time password.
        let position: Int64
    }

    let accepts: [Accept]

    init(_ accepts: [Accept]) { self.accepts = accepts }

    /// The last line may still be in the making; it counts when it is whole.
    init(text: String) {
        accepts = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let position = Int64(words[1]) else { return nil }
            return Accept(serial: String(words[0]), position: position)
        }
    }

    /// What contradicts the record; empty when all is well.
    ///
    /// - Parameters:
    ///   - counters: each token's next counter, as stored; nil for TOTP, of which nobody is told.
    ///   - audited: how many accepts of each token are in the audit.
    func contradictions(counters: [String: Int64]?, audited: [String: Int]) -> [String] {
        var found: [String] = []
        var seen: Set<Accept> = []
        var counts: [String: Int] = [:]
        for accept in accepts {
            counts[accept.serial, default: 0] += 1
            if !seen.insert(accept).inserted {
                found.append("\(accept.serial): counter \(accept.position) was accepted twice")
            }
            if let counters, counters[accept.serial, default: 0] <= accept.position {
                let counter = counters[accept.serial].map { "is \($0)" } ?? "is gone"
                found.append("\(accept.serial): counter \(accept.position) was accepted, and the stored one \(counter)")
            }
        }
        for (serial, count) in counts.sorted(by: { $0.key < $1.key }) where audited[serial, default: 0] < count {
            found.append("\(serial): \(count) accepts were told, the audit has \(audited[serial, default: 0])")
        }
        return found
    }
}
