package import Cryptography
import Synchronization

/// Slow checks that came out well, remembered in memory only, so that the second login of a day costs no slow hash.
///
/// What is kept of a candidate is a code under a key that dies with the process, and by which stored hash, at which cost,
/// it was found right. No other candidate can be right, so a wrong one is known without hashing, too. A new PIN is a new
/// hash, which nothing is remembered of. Bounded: beyond its capacity, the oldest is forgotten.
package final class VerifiedSecrets: Sendable {
    private struct Code: Hashable {
        let high: UInt64
        let low: UInt64

        /// - Parameter bitsEach: how many bits each element has; the last 128 bits count.
        init(_ elements: some Sequence<UInt8>, bitsEach: Int) {
            var (high, low): (UInt64, UInt64) = (0, 0)
            for element in elements {
                high = high << UInt64(bitsEach) | low >> UInt64(64 - bitsEach)
                low = low << UInt64(bitsEach) | UInt64(element)
            }
            self.high = high
            self.low = low
        }
    }

    /// Which stored value, and what it should cost today.
    private struct Place: Hashable {
        let stored: Code
        let logarithmOfN: Int

        /// By the octets of a stored value that are as good as random: a hash's, or a tag's.
        ///
        /// - Returns: nil for a value that is too short to be one of ours.
        init?(_ stored: SlowCheck.Stored, _ cost: PasswordHashCost) {
            switch stored {
            case .hash(let hash):
                let digits = hash.text.utf8.suffix(32)
                guard digits.count == 32 else { return nil }
                self.stored = Code(digits.lazy.map { Hexadecimal.value(of: $0) ?? 0 }, bitsEach: 4)
            case .sealed(let sealed, _):
                guard sealed.count >= 16 else { return nil }
                self.stored = Code(sealed.suffix(16), bitsEach: 8)
            }
            logarithmOfN = cost.logarithmOfN
        }
    }

    private struct Table: ~Copyable {
        var digest: MessageDigest
        var candidates: [Place: Code] = [:]
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
    ) -> Code {
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
        return finish(&digest)
    }

    private func finish(_ digest: inout MessageDigest) -> Code {
        let code: InlineArray<16, UInt8> = key.finish(in: &digest)
        return Code(code.indices.lazy.map { code[$0] }, bitsEach: 8)
    }
}
