import COpenSSL

/// The digests that RADIUS and OATH ask for. MD5 and SHA-1 are here because RFC 2865 and RFC 4226 say so.
package enum DigestAlgorithm: String, Sendable, CaseIterable {
    case md5
    case sha1
    case sha256
    case sha512

    /// The size of the digest in octets.
    package var digestSize: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// The size of the block that HMAC pads its key to, in octets (RFC 2104 §2).
    package var blockSize: Int { self == .sha512 ? 128 : 64 }
}

extension DigestAlgorithm {
    /// What the shim knows it by.
    var number: watchword_digest {
        switch self {
        case .md5: WATCHWORD_MD5
        case .sha1: WATCHWORD_SHA1
        case .sha256: WATCHWORD_SHA256
        case .sha512: WATCHWORD_SHA512
        }
    }
}

/// A running digest. Owns its state, which is wiped, cannot be copied, and starts anew after ``finish()``.
///
/// A digest that was begun once fails for no reason that we know of. To go on would be to take zeroes for a digest, and
/// zeroes are what an attacker can send: the process ends instead.
@safe package struct MessageDigest: ~Copyable {
    package let algorithm: DigestAlgorithm
    private let state: UnsafeMutablePointer<watchword_digest_state>

    /// - Throws: when OpenSSL does not begin it.
    package init(_ algorithm: DigestAlgorithm) throws(CryptographyError) {
        let state = UnsafeMutablePointer<watchword_digest_state>.allocate(capacity: 1)
        unsafe state.initialize(to: watchword_digest_state())
        guard unsafe watchword_digest_begin(algorithm.number, state) == 1 else {
            unsafe state.deallocate()
            throw CryptographyError(function: "digest", reason: "OpenSSL offers no \(algorithm.rawValue)")
        }
        self.algorithm = algorithm
        unsafe self.state = state
    }

    deinit {
        unsafe OPENSSL_cleanse(state, MemoryLayout<watchword_digest_state>.size)
        unsafe state.deallocate()
    }

    package mutating func update(_ octets: Span<UInt8>) {
        unsafe octets.withUnsafeBufferPointer { octets in
            Self.demand(unsafe watchword_digest_update(algorithm.number, state, octets.baseAddress, octets.count))
        }
    }

    package mutating func update(_ octets: [UInt8]) { update(octets.span) }

    package mutating func update(_ octet: UInt8) {
        var octet = octet
        Self.demand(unsafe watchword_digest_update(algorithm.number, state, &octet, 1))
    }

    /// The digest of what ``update(_:)`` was given; the next update starts a new one.
    ///
    /// The result's size is its type's: ask for the algorithm's ``DigestAlgorithm/digestSize`` or less, and the digest
    /// is cut to it; of what is beyond it, zeroes. No generic function: another module's would be called as it is, and
    /// move its result octet by octet.
    package mutating func finish() -> InlineArray<16, UInt8> { finished() }
    package mutating func finish() -> InlineArray<32, UInt8> { finished() }
    package mutating func finish() -> InlineArray<64, UInt8> { finished() }

    private mutating func finished<let size: Int>() -> InlineArray<size, UInt8> {
        var digest = InlineArray<size, UInt8>(repeating: 0)
        var span = digest.mutableSpan
        finish(into: &span)
        return digest
    }

    /// Writes the digest over the beginning of `destination`: as many octets as it has room for.
    mutating func finish(into destination: inout MutableSpan<UInt8>) {
        let (room, size) = (destination.count, algorithm.digestSize)
        unsafe destination.withUnsafeMutableBufferPointer { buffer in
            guard room < size else {
                Self.demand(unsafe watchword_digest_finish(algorithm.number, state, buffer.baseAddress))
                return
            }
            // OpenSSL writes the whole digest, however little of it is wanted.
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { whole in
                Self.demand(unsafe watchword_digest_finish(algorithm.number, state, whole.baseAddress))
                _ = unsafe buffer.update(fromContentsOf: whole.prefix(room))
            }
        }
        Self.demand(unsafe watchword_digest_begin(algorithm.number, state))
    }

    /// Goes on from one of `saved`, states of the same algorithm. This one must be at its beginning.
    mutating func resume(_ saved: borrowing SavedDigests, _ place: SavedDigests.Place) {
        unsafe UnsafeMutableRawPointer(state).copyMemory(
            from: saved.octets + place.rawValue * saved.size, byteCount: saved.size)
    }

    /// Keeps the state after what ``update(_:)`` was given, which must end with a block, to begin other digests with. This
    /// one starts anew.
    mutating func save(in saved: borrowing SavedDigests, _ place: SavedDigests.Place) {
        unsafe (saved.octets + place.rawValue * saved.size).copyMemory(from: state, byteCount: saved.size)
        Self.demand(unsafe watchword_digest_begin(algorithm.number, state))
    }

    /// - Parameter status: what OpenSSL has returned; 1 is success.
    static func demand(_ status: Int32) {
        guard status != 1 else { return }
        // traps: nothing from outside makes OpenSSL refuse a digest that it has begun; no answer could be trusted.
        fatalError("OpenSSL failed: a digest cannot be computed, so nothing can be verified")
    }
}

/// Two states of a digest, each after a block, to go on from as often as one likes; wiped when they go. There is a pair for
/// each token that is known: hence one piece of memory for both, without the room for half a block.
@safe struct SavedDigests: ~Copyable, @unchecked Sendable {
    enum Place: Int {
        case inner
        case outer
    }

    fileprivate let octets: UnsafeMutableRawPointer
    /// Of one of them.
    fileprivate let size: Int

    init(_ algorithm: DigestAlgorithm) {
        size = watchword_digest_saved_size(algorithm.number)
        unsafe octets = UnsafeMutableRawPointer.allocate(byteCount: 2 * size, alignment: 16)
    }

    deinit {
        unsafe OPENSSL_cleanse(octets, 2 * size)
        unsafe octets.deallocate()
    }
}
