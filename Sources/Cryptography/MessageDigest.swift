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

/// Implementations are fetched once: looking one up by name costs three times the digest itself.
@safe struct FetchedDigest: @unchecked Sendable {
    static let md5 = FetchedDigest("MD5")
    static let sha1 = FetchedDigest("SHA1")
    static let sha256 = FetchedDigest("SHA256")
    static let sha512 = FetchedDigest("SHA512")

    /// nil where the installed OpenSSL does not offer the digest (MD5 in FIPS mode). Immutable, never freed.
    let implementation: OpaquePointer?

    private init(_ name: String) { unsafe implementation = EVP_MD_fetch(nil, name, nil) }

    static subscript(_ algorithm: DigestAlgorithm) -> FetchedDigest {
        switch algorithm {
        case .md5: md5
        case .sha1: sha1
        case .sha256: sha256
        case .sha512: sha512
        }
    }
}

/// A running digest. Owns one `EVP_MD_CTX`, cannot be copied, and starts anew after ``finish()``.
///
/// A digest that has been had once fails only where memory is gone. To go on would be to take zeroes for a digest, and
/// zeroes are what an attacker can send: the process ends instead.
@safe package struct MessageDigest: ~Copyable {
    private let context: OpaquePointer

    /// - Throws: when OpenSSL does not offer the digest, as in FIPS mode.
    package init(_ algorithm: DigestAlgorithm) throws(CryptographyError) {
        guard let implementation = unsafe FetchedDigest[algorithm].implementation else {
            throw CryptographyError(function: "EVP_MD_fetch", reason: "OpenSSL offers no \(algorithm.rawValue)")
        }
        guard let context = unsafe EVP_MD_CTX_new() else {
            throw CryptographyError(function: "EVP_MD_CTX_new", reason: "out of memory")
        }
        guard unsafe EVP_DigestInit_ex2(context, implementation, nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            throw CryptographyError(function: "EVP_DigestInit_ex2", reason: "cannot start \(algorithm.rawValue)")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    package mutating func update(_ octets: Span<UInt8>) {
        unsafe octets.withUnsafeBufferPointer { octets in
            Self.demand(unsafe EVP_DigestUpdate(context, octets.baseAddress, octets.count), "EVP_DigestUpdate")
        }
    }

    package mutating func update(_ octets: [UInt8]) { update(octets.span) }

    package mutating func update(_ octet: UInt8) {
        var octet = octet
        Self.demand(unsafe EVP_DigestUpdate(context, &octet, 1), "EVP_DigestUpdate")
    }

    /// The digest of what ``update(_:)`` was given; the next update starts a new one.
    ///
    /// The result's size is its type's: ask for the algorithm's ``DigestAlgorithm/digestSize`` or less, and the digest
    /// is cut to it.
    @inlinable
    package mutating func finish<let size: Int>() -> InlineArray<size, UInt8> {
        var digest = InlineArray<size, UInt8>(repeating: 0)
        var span = digest.mutableSpan
        finish(into: &span)
        return digest
    }

    /// The same, written to `destination`: as many octets as it has room for.
    package mutating func finish(into destination: inout MutableSpan<UInt8>) {
        let room = destination.count
        unsafe destination.withUnsafeMutableBufferPointer { buffer in
            guard room < Int(EVP_MAX_MD_SIZE) else {
                Self.demand(unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil), "EVP_DigestFinal_ex")
                return
            }
            // OpenSSL writes the whole digest, however little of it is wanted.
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { whole in
                var written: UInt32 = 0
                Self.demand(unsafe EVP_DigestFinal_ex(context, whole.baseAddress, &written), "EVP_DigestFinal_ex")
                let wanted = unsafe whole.prefix(min(room, Int(written)))
                _ = unsafe buffer.update(fromContentsOf: wanted)
            }
        }
        Self.demand(unsafe EVP_DigestInit_ex2(context, nil, nil), "EVP_DigestInit_ex2")
    }

    /// - Parameter status: what OpenSSL has returned; 1 is success.
    static func demand(_ status: Int32, _ function: String) {
        guard status != 1 else { return }
        // traps: nothing from outside makes OpenSSL refuse a digest; memory is gone, and no answer could be trusted.
        fatalError("\(function) failed: a digest cannot be computed, so nothing can be verified")
    }
}
