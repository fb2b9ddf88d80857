package import Cryptography
import Synchronization

/// Slow checks that came out well, remembered in memory only, so that the second login of a day costs no slow hash.
///
/// What is kept of a candidate is a code under a key that dies with the process, and by which stored hash, at which cost,
/// it was found right. No other candidate can be right, so a wrong one is known without hashing, too. A new PIN is a new
/// hash, which nothing is remembered of. An imported PIN becomes a hash when it is first right, and is remembered as that.
/// Bounded: beyond its capacity, the oldest is forgotten, but for what is kept with a token that is known (``Memory``).
package final class VerifiedSecrets: Sendable {
    /// How many hexadecimal digits at the end of a hash, which are as good as random, tell it from every other.
    private static let endingSize = 24

    /// Which stored hash, and what it should cost today.
    private struct Place: Hashable {
        let ending: Code<3>
        let logarithmOfN: Int

        /// - Returns: nil for a text that is too short to be one of our hashes.
        init?(_ hash: PasswordHash, _ cost: PasswordHashCost) {
            let text = hash.text.utf8
            guard text.count >= endingSize else { return nil }
            ending = Code(text.span.extracting(last: endingSize))
            logarithmOfN = cost.logarithmOfN
        }

        static func == (left: Place, right: Place) -> Bool {
            left.ending == right.ending && left.logarithmOfN == right.logarithmOfN
        }

        /// The ending is as good as random already, and nobody outside knows it.
        func hash(into hasher: inout Hasher) { hasher.combine(ending.words[0]) }
    }

    /// What is remembered of one hash, for whoever has that hash at hand: of thousands of users nothing is in a processor's cache
    /// when their login comes, and to look it up among all the others costs more than to keep it in one place with them.
    struct Memory {
        fileprivate let owner: Int
        fileprivate let ending: InlineArray<24, UInt8>
        fileprivate let logarithmOfN: Int
        fileprivate let code: Code<2>
    }

    /// Octets as words, which are cheap to keep and to compare.
    fileprivate struct Code<let count: Int>: Equatable {
        var words = InlineArray<count, UInt64>(repeating: 0)

        /// - Parameter octets: eight for each word.
        init(_ octets: Span<UInt8>) {
            for index in 0..<8 * count { words[index / 8] = words[index / 8] << 8 | UInt64(octets[index]) }
        }

        static func == (left: Code, right: Code) -> Bool {
            var difference: UInt64 = 0
            for index in 0..<count { difference |= left.words[index] ^ right.words[index] }
            return difference == 0
        }
    }

    private struct Table: ~Copyable {
        var digest: MessageDigest
        var candidates: [Place: Code<2>] = [:]
        /// The keys of ``candidates`` in the order of their coming, as a ring.
        var order: [Place] = []
        var next = 0
    }

    private static let count = Atomic<Int>(0)
    /// No two in a process have the same: what is kept of a candidate under one key says nothing under another.
    private let number = count.add(1, ordering: .relaxed).newValue
    private let key: MessageAuthenticationKey
    private let capacity: Int
    private let table: Mutex<Table>

    /// - Parameter capacity: how many secrets are remembered; about 100 octets each.
    package init(
        capacity: Int = 1 << 17, random: any RandomOctets = SecureRandom()
    ) throws(CryptographyError) {
        let digest = try MessageDigest(.sha256)
        key = try MessageAuthenticationKey(.sha256, key: SecretOctets(try random.octets(32)))
        self.capacity = max(capacity, 1)
        table = Mutex(Table(digest: digest))
    }

    /// - Returns: whether `candidate` is what is stored; nil when a slow check must tell.
    func isMatch(_ candidate: SecretPart, against stored: SlowCheck.Stored, _ cost: PasswordHashCost) -> Bool? {
        guard case .hash(let hash) = stored, let place = Place(hash, cost) else { return nil }
        return table.withLock { table in
            guard let remembered = table.candidates[place] else { return nil }
            return remembered == code(of: candidate, against: Self.ending(of: hash), &table.digest)
        }
    }

    /// The same, of a candidate that is always held against the same hash.
    ///
    /// - Parameter memory: what came of it the last time, kept with that hash.
    func isMatch(
        _ candidate: SecretPart, against hash: @autoclosure () -> PasswordHash?, _ cost: PasswordHashCost,
        _ memory: inout Memory?
    ) -> Bool? {
        table.withLock { table in
            if memory?.owner != number || memory?.logarithmOfN != cost.logarithmOfN {
                guard let hash = hash(), let place = Place(hash, cost), let code = table.candidates[place] else {
                    return nil
                }
                memory = Memory(
                    owner: number, ending: Self.ending(of: hash), logarithmOfN: cost.logarithmOfN, code: code)
            }
            guard let memory else { return nil }
            return memory.code == code(of: candidate, against: memory.ending, &table.digest)
        }
    }

    private static func ending(of hash: PasswordHash) -> InlineArray<24, UInt8> {
        let text = hash.text.utf8
        let span = text.span
        return InlineArray { span.count < endingSize ? 0 : span[span.count - endingSize + $0] }
    }

    /// Keeps what a check has found out. An outcome that renews the hash is remembered of the new hash.
    package func remember(_ check: SlowCheck, _ outcome: SlowCheck.Outcome) {
        let hash: PasswordHash
        switch (outcome, check.stored) {
        case (.matches, .hash(let stored)): hash = stored
        case (.matchesRenewed(let new), _): hash = new
        case (.matches, .sealed), (.differs, _), (.damaged, _): return
        }
        guard let place = Place(hash, check.cost) else { return }
        table.withLock { table in
            let code = code(of: check.candidate.whole, against: Self.ending(of: hash), &table.digest)
            guard table.candidates.updateValue(code, forKey: place) == nil else { return }
            if table.order.count < capacity {
                table.order.append(place)
            } else {
                table.candidates[table.order[table.next]] = nil
                table.order[table.next] = place
                table.next = (table.next + 1) % capacity
            }
        }
    }

    /// What is kept: the candidate, bound to the hash that it was held against, under the process's key. Of the hash no more
    /// than tells its place: all of it would be two blocks more to digest.
    private func code(
        of candidate: SecretPart, against ending: InlineArray<24, UInt8>, _ digest: inout MessageDigest
    ) -> Code<2> {
        key.begin(in: &digest)
        digest.update(ending.span)
        let octets = candidate.octets
        digest.update(octets.span)
        let code: InlineArray<16, UInt8> = key.finish(in: &digest)
        return Code(code.span)
    }
}
