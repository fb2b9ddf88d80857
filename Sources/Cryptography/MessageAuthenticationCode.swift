/// An HMAC key (RFC 2104) with the digest of its inner and outer pad worked out once, so that each code costs two short
/// digests and no key schedule. Immutable, hence shared by all threads; each thread brings its own ``MessageDigest`` to
/// work with.
package final class MessageAuthenticationKey: @unchecked Sendable {
    package let algorithm: DigestAlgorithm
    private let inner: MessageDigest
    private let outer: MessageDigest

    /// - Parameter key: any number of octets; longer than a block, it is digested first (RFC 2104 §2).
    package convenience init(_ algorithm: DigestAlgorithm, key: SecretOctets) throws(CryptographyError) {
        try self.init(algorithm, key: key.octets)
    }

    /// - Parameter key: any number of octets; longer than a block, it is digested first (RFC 2104 §2).
    package init(_ algorithm: DigestAlgorithm, key: [UInt8]) throws(CryptographyError) {
        var padded = [UInt8](repeating: 0, count: algorithm.blockSize)
        if key.count > algorithm.blockSize {
            var digest = try MessageDigest(algorithm)
            digest.update(key)
            let short: InlineArray<64, UInt8> = digest.finish()
            for index in 0..<algorithm.digestSize { padded[index] = short[index] }
        } else {
            padded.replaceSubrange(0..<key.count, with: key)
        }
        var inner = try MessageDigest(algorithm)
        var outer = try MessageDigest(algorithm)
        for octet in padded { inner.update(octet ^ 0x36) }
        for octet in padded { outer.update(octet ^ 0x5c) }
        wipe(&padded)
        self.algorithm = algorithm
        self.inner = inner
        self.outer = outer
    }

    /// Starts a code in `digest`, which must be of the key's algorithm.
    package func begin(in digest: inout MessageDigest) { digest.resume(from: inner) }

    /// The code of everything that `digest` was given since ``begin(in:)``. `digest` is left ready for other work.
    package func finish<let size: Int>(in digest: inout MessageDigest) -> InlineArray<size, UInt8> {
        let innerDigest: InlineArray<64, UInt8> = digest.finish()
        digest.resume(from: outer)
        digest.update(innerDigest.span.extracting(0..<algorithm.digestSize))
        return digest.finish()
    }

    /// The code of `octets`, for callers that do not count nanoseconds.
    package func code<let size: Int>(of octets: [UInt8]) throws(CryptographyError) -> InlineArray<size, UInt8> {
        try code(of: octets.span)
    }

    /// The code of `octets`, for callers that do not count nanoseconds.
    package func code<let size: Int>(of octets: Span<UInt8>) throws(CryptographyError) -> InlineArray<size, UInt8> {
        var digest = try MessageDigest(algorithm)
        begin(in: &digest)
        digest.update(octets)
        return finish(in: &digest)
    }
}
