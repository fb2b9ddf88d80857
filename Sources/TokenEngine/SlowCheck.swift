package import Cryptography

/// A memory-hard hash that has to be computed before an attempt can be decided. It never runs on the line that others
/// wait in: the server runs it beside, on a thread of its own, and hands the outcome back in ``Attempt/verified``.
package struct SlowCheck: Sendable, Hashable {
    /// What the candidate is held against.
    package enum Stored: Sendable, Hashable {
        case hash(PasswordHash)
        /// An imported PIN, still encrypted, and what it is bound to; hashed when it is first used.
        case sealed([UInt8], context: String)
    }

    package enum Outcome: Sendable, Hashable {
        case differs
        case matches
        /// The candidate is right, and here is its hash as the settings want it now.
        case matchesRenewed(PasswordHash)
        /// What is stored is no hash of ours, or does not open: nothing can be held against it.
        case damaged

        package var isMatch: Bool {
            switch self {
            case .matches, .matchesRenewed: true
            case .differs, .damaged: false
            }
        }
    }

    package let stored: Stored
    package let candidate: SecretOctets
    /// What a stored hash should cost by today's settings.
    package let cost: PasswordHashCost

    package static func == (left: SlowCheck, right: SlowCheck) -> Bool {
        left.stored == right.stored && left.cost == right.cost && left.candidate == right.candidate
    }

    /// The candidate stays out of it: a hash of a secret has no business in a table's order.
    package func hash(into hasher: inout Hasher) { hasher.combine(stored) }

    /// Takes milliseconds to tenths of seconds, and megabytes. Safe to call on any thread.
    ///
    /// - Throws: when memory runs out; that is not a wrong password.
    package func run(
        keys: KeyFile, random: any RandomOctets = SecureRandom()
    ) throws(CryptographyError) -> Outcome {
        switch stored {
        case .hash(let hash):
            guard let costThen = hash.cost else { return .damaged }
            guard try hash.matches(candidate, pepper: keys.pepper) else { return .differs }
            if costThen == cost { return .matches }
        case .sealed(let sealed, let context):
            // Opening takes no memory from OpenSSL: it fails by what is stored alone.
            guard let secret = try? keys.cipher.open(sealed, context: context) else { return .damaged }
            guard secret == candidate else { return .differs }
        }
        return .matchesRenewed(try PasswordHash(of: candidate, pepper: keys.pepper, cost: cost, random: random))
    }
}
