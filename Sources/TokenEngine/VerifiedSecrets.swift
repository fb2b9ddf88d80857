package import Cryptography
import Synchronization

/// Slow checks that came out well, remembered in memory only, so that the second login of a day costs no slow hash.
///
/// What is kept of a candidate is a code under a key that dies with the process, and by which stored hash, at which cost,
/// it was found right. No other candidate can be right, so a wrong one is known without hashing, too. A new PIN is a new
/// hash, which nothing is remembered of. Bounded: beyond its capacity, the oldest is forgotten.
package final class VerifiedSecrets: Sendable {
    /// Which stored value, and what it should cost today.
    private struct Place: Hashable {
        /// The last 24 octets of the value, which are as good as random: hexadecimal digits of a hash, or the end of a ciphertext with
        /// its tag.
        let ending: Code<3>
        let logarithmOfN: Int

        /// - Returns: nil for a value that is too short to be one of ours.
        init?(_ stored: SlowCheck.Stored, _ cost: PasswordHashCost) {
            switch stored {
            case .hash(let hash):
                let text = hash.text.utf8
                guard text.count >= 24 else { return nil }
                ending = Code(text.span.extracting(last: 24))
            case .sealed(let sealed, _):
                guard sealed.count >= 24 else { return nil }
                ending = Code(sealed.span.extracting(last: 24))
            }
            logarithmOfN = cost.logarithmOfN
        }

        static func == (left: Place, right: Place) -> Bool {
            left.ending == right.ending && left.logarithmOfN == right.logarithmOfN
        }

        /// The ending is as good as random already, and nobody outside knows it.
        func hash(into hasher: inout Hasher) { hasher.combine(ending.words[0]) }
    }

    /// Octets as words, which are cheap to keep and to compare.
    private struct Code<let count: Int>: Equatable {
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
        guard let place = Place(stored, cost) else { return nil }
        return table.withLock { table in
            guard let remembered = table.candidates[place] else { return nil }
            return remembered == code(of: candidate, against: stored, &table.digest)
        }
    }

    /// Keeps what a check has found out. An outcome that renews the hash is remembered of the new hash.
    package func remember(_ check: SlowCheck, _ outcome: SlowCheck.Outcome) {
        let stored: SlowCheck.Stored
        switch outcome {
        case .differs, .damaged: return
        case .matches: stored = check.stored
        case .matchesRenewed(let hash): stored = .hash(hash)
        }
        guard let place = Place(stored, check.cost) else { return }
        table.withLock { table in
            let code = code(of: check.candidate.whole, against: stored, &table.digest)
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

    /// What is kept: the candidate, bound to what it was held against, under the process's key.
    private func code(
        of candidate: SecretPart, against stored: SlowCheck.Stored, _ digest: inout MessageDigest
    ) -> Code<2> {
        key.begin(in: &digest)
        switch stored {
        case .hash(let hash):
            let text = hash.text.utf8
            digest.update(text.span)
        case .sealed(let sealed, let context):
            let context = context.utf8
            digest.update(context.span)
            digest.update(sealed)
        }
        let octets = candidate.octets
        digest.update(octets.span)
        let code: InlineArray<16, UInt8> = key.finish(in: &digest)
        return Code(code.span)
    }
}
