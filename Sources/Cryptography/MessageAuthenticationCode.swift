/// An HMAC key (RFC 2104), padded once. Immutable, hence shared by all threads; each thread brings its own
/// ``MessageDigest`` to work with.
///
/// The pads are digested anew for each code. Two blocks more cost less than copying a digest's state, for which OpenSSL
/// allocates memory and wipes it.
package final class MessageAuthenticationKey: Sendable {
    package let algorithm: DigestAlgorithm
    private let innerPad: SecretOctets
    private let outerPad: SecretOctets

    /// - Parameter key: any number of octets; longer than a block, it is digested first (RFC 2104 §2).
    /// - Throws: when OpenSSL does not offer the digest.
    package init(_ algorithm: DigestAlgorithm, key: [UInt8]) throws(CryptographyError) {
        // The whole block at once: an array that grows leaves a copy behind that nobody wipes.
        var padded = [UInt8](repeating: 0, count: algorithm.blockSize)
        // Also finds out, once and for all, whether the digest can be had.
        var digest = try MessageDigest(algorithm)
        if key.count > algorithm.blockSize {
            digest.update(key)
            var whole = padded.mutableSpan
            digest.finish(into: &whole)
        } else {
            for index in key.indices { padded[index] = key[index] }
        }
        self.algorithm = algorithm
        innerPad = SecretOctets(padded.map { $0 ^ 0x36 })
        outerPad = SecretOctets(padded.map { $0 ^ 0x5c })
        wipe(&padded)
    }

    package convenience init(_ algorithm: DigestAlgorithm, key: SecretOctets) throws(CryptographyError) {
        try self.init(algorithm, key: key.octets)
    }

    /// Starts a code in `digest`, which must be of the key's algorithm and at its beginning.
    package func begin(in digest: inout MessageDigest) { digest.update(innerPad.octets) }

    /// The code of everything that `digest` was given since ``begin(in:)``. `digest` is left ready for other work.
    @inlinable
    package func finish<let size: Int>(in digest: inout MessageDigest) -> InlineArray<size, UInt8> {
        finishInner(in: &digest)
        return digest.finish()
    }

    /// Leaves `digest` with the outer pad and the inner digest in it.
    package func finishInner(in digest: inout MessageDigest) {
        let innerDigest: InlineArray<64, UInt8> = digest.finish()
        digest.update(outerPad.octets)
        digest.update(innerDigest.span.extracting(0..<algorithm.digestSize))
    }

    /// The code of `octets`, for callers that do not count nanoseconds.
    @inlinable
    package func code<let size: Int>(of octets: [UInt8]) throws(CryptographyError) -> InlineArray<size, UInt8> {
        try code(of: octets.span)
    }

    /// The code of `octets`, for callers that do not count nanoseconds.
    @inlinable
    package func code<let size: Int>(of octets: Span<UInt8>) throws(CryptographyError) -> InlineArray<size, UInt8> {
        var digest = try MessageDigest(algorithm)
        begin(in: &digest)
        digest.update(octets)
        return finish(in: &digest)
    }
}
