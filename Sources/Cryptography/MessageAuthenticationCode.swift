import Synchronization

/// An HMAC key (RFC 2104), whose pads were digested once. Immutable, hence shared by all threads; each thread brings its
/// own ``MessageDigest`` to work with, or borrows one for a moment.
package final class MessageAuthenticationKey: Sendable {
    package let algorithm: DigestAlgorithm
    /// A digest that was given the inner pad, and one that was given the outer pad.
    private let pads: SavedDigests
    private let shared: SharedDigest

    /// - Parameter key: any number of octets; longer than a block, it is digested first (RFC 2104 §2).
    /// - Throws: when OpenSSL does not offer the digest.
    package init(_ algorithm: DigestAlgorithm, key: [UInt8]) throws(CryptographyError) {
        let shared = try SharedDigest.of(algorithm)
        // The whole block at once: an array that grows leaves a copy behind that nobody wipes.
        var pad = [UInt8](repeating: 0, count: algorithm.blockSize)
        if key.count > pad.count {
            shared.digest(key, into: &pad)
        } else {
            for index in key.indices { pad[index] = key[index] }
        }
        for index in pad.indices { pad[index] ^= 0x36 }
        let pads = SavedDigests(algorithm)
        shared.save(pad, in: pads, .inner)
        for index in pad.indices { pad[index] ^= 0x36 ^ 0x5c }
        shared.save(pad, in: pads, .outer)
        wipe(&pad)
        self.algorithm = algorithm
        self.shared = shared
        self.pads = pads
    }

    package convenience init(_ algorithm: DigestAlgorithm, key: SecretOctets) throws(CryptographyError) {
        try self.init(algorithm, key: key.octets)
    }

    /// Starts a code in `digest`, which must be of the key's algorithm and at its beginning.
    package func begin(in digest: inout MessageDigest) { digest.resume(pads, .inner) }

    /// The code of everything that `digest` was given since ``begin(in:)``, cut to its type's size. `digest` is left ready
    /// for other work.
    package func finish(in digest: inout MessageDigest) -> InlineArray<16, UInt8> {
        finishInner(in: &digest)
        return digest.finish()
    }

    package func finish(in digest: inout MessageDigest) -> InlineArray<32, UInt8> {
        finishInner(in: &digest)
        return digest.finish()
    }

    package func finish(in digest: inout MessageDigest) -> InlineArray<64, UInt8> {
        finishInner(in: &digest)
        return digest.finish()
    }

    /// Leaves `digest` with the outer pad and the inner digest in it.
    private func finishInner(in digest: inout MessageDigest) {
        let innerDigest: InlineArray<64, UInt8> = digest.finish()
        digest.resume(pads, .outer)
        digest.update(innerDigest.span.extracting(0..<algorithm.digestSize))
    }

    /// The code of `octets`, for callers that have no digest of their own: they wait for one another, for a moment.
    /// Followed by zeroes where the algorithm's is shorter.
    package func code(of octets: Span<UInt8>) -> InlineArray<64, UInt8> {
        var code = InlineArray<64, UInt8>(repeating: 0)
        shared.borrow { digest in
            begin(in: &digest)
            digest.update(octets)
            code = finish(in: &digest)
        }
        return code
    }

    /// The same, cut to its type's size.
    package func code<let size: Int>(of octets: [UInt8]) -> InlineArray<size, UInt8> {
        let code: InlineArray<64, UInt8> = code(of: octets.span)
        return InlineArray { $0 < code.count ? code[$0] : 0 }
    }
}

/// One digest of each algorithm for whoever needs one for a moment: making one costs more than digesting a block.
final class SharedDigest: Sendable {
    private static let md5 = make(.md5)
    private static let sha1 = make(.sha1)
    private static let sha256 = make(.sha256)
    private static let sha512 = make(.sha512)

    private let idle: Mutex<MessageDigest>

    private init(_ algorithm: DigestAlgorithm) throws(CryptographyError) {
        idle = Mutex(try MessageDigest(algorithm))
    }

    private static func make(_ algorithm: DigestAlgorithm) -> Result<SharedDigest, CryptographyError> {
        Result { () throws(CryptographyError) in try SharedDigest(algorithm) }
    }

    /// - Throws: when OpenSSL does not offer the digest.
    static func of(_ algorithm: DigestAlgorithm) throws(CryptographyError) -> SharedDigest {
        switch algorithm {
        case .md5: try md5.get()
        case .sha1: try sha1.get()
        case .sha256: try sha256.get()
        case .sha512: try sha512.get()
        }
    }

    /// `body` must leave the digest at its beginning, as ``MessageDigest/finish()`` does.
    func borrow(_ body: (inout MessageDigest) -> Void) {
        idle.withLock { digest in body(&digest) }
    }

    func save(_ block: [UInt8], in saved: borrowing SavedDigests, _ place: SavedDigests.Place) {
        idle.withLock { digest in
            digest.update(block)
            digest.save(in: saved, place)
        }
    }

    /// Writes the digest of `octets` over the beginning of `destination`.
    func digest(_ octets: [UInt8], into destination: inout [UInt8]) {
        var span = destination.mutableSpan
        borrow { digest in
            digest.update(octets)
            digest.finish(into: &span)
        }
    }
}
