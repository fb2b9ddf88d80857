import COpenSSL
import Synchronization

/// AES-256-GCM (NIST SP 800-38D) for what is encrypted at rest: seeds and reversible PINs.
///
/// A sealed value is nonce (12 octets) ‖ ciphertext ‖ tag (16 octets). The context that it belongs to, such as the
/// token's serial, is authenticated with it, so that a row copied to another token does not open.
package final class AuthenticatedCipher: Sendable {
    private static let nonceSize = 12
    private static let tagSize = 16

    private let key: SecretOctets
    /// Has the key already: to open a value, it needs only the value's nonce. Every login opens a seed.
    private let opening: Mutex<CipherContext>

    /// - Parameter key: 32 octets.
    package init(key: SecretOctets) throws(CryptographyError) {
        guard key.count == 32 else {
            throw CryptographyError(function: "AES-256-GCM", reason: "the key has \(key.count) octets; it must have 32")
        }
        let opening = try CipherContext()
        let octets = key.octets
        guard unsafe EVP_DecryptInit_ex2(opening.context, FetchedCipher.aes256GCM.implementation, octets, nil, nil) == 1
        else { throw CryptographyError(function: "AES-256-GCM", reason: "OpenSSL does not offer it") }
        self.key = key
        self.opening = Mutex(opening)
    }

    /// - Parameters:
    ///   - plaintext: the secret.
    ///   - context: what the secret belongs to; the same octets are needed to open it.
    package func seal(
        _ plaintext: SecretOctets, context: String, random: any RandomOctets = SecureRandom()
    ) throws(CryptographyError) -> [UInt8] {
        let nonce = try random.octets(Self.nonceSize)
        var sealed = [UInt8](repeating: 0, count: Self.nonceSize + plaintext.count + Self.tagSize)
        for index in 0..<Self.nonceSize { sealed[index] = nonce[index] }
        let cipher = try CipherContext()
        let associated = Array(context.utf8)
        let (key, plaintext) = (key.octets, plaintext.octets)
        let done = unsafe sealed.withUnsafeMutableBufferPointer { sealed -> Bool in
            guard let base = sealed.baseAddress else { return false }
            let body = unsafe base + Self.nonceSize
            var written: Int32 = 0
            return unsafe EVP_EncryptInit_ex2(cipher.context, FetchedCipher.aes256GCM.implementation, key, nonce, nil)
                == 1
                && EVP_EncryptUpdate(cipher.context, nil, &written, associated, Int32(associated.count)) == 1
                && EVP_EncryptUpdate(cipher.context, body, &written, plaintext, Int32(plaintext.count)) == 1
                && EVP_EncryptFinal_ex(cipher.context, body + plaintext.count, &written) == 1
                && EVP_CIPHER_CTX_ctrl(
                    cipher.context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), body + plaintext.count) == 1
        }
        guard done else { throw CryptographyError(function: "AES-256-GCM", reason: "cannot encrypt") }
        return sealed
    }

    /// - Throws: when the key or the context is another than at sealing, or an octet was changed.
    package func open(_ sealed: [UInt8], context: String) throws(CryptographyError) -> SecretOctets {
        let overhead = Self.nonceSize + Self.tagSize
        guard sealed.count >= overhead else {
            throw CryptographyError(function: "AES-256-GCM", reason: "a sealed value has at least \(overhead) octets")
        }
        let size = sealed.count - overhead
        var tag = Array(sealed[(sealed.count - Self.tagSize)...])
        var plaintext = [UInt8](repeating: 0, count: size)
        let associated = Array(context.utf8)
        let done = opening.withLock { cipher in
            unsafe sealed.withUnsafeBufferPointer { sealed -> Bool in
                guard let base = sealed.baseAddress else { return false }
                var written: Int32 = 0
                // An empty secret has no address to decrypt to; OpenSSL is then given one that it does not write to.
                var nothing: UInt64 = 0
                return unsafe withUnsafeMutableBytes(of: &nothing) { nothing in
                    let spare = unsafe nothing.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    return unsafe plaintext.withUnsafeMutableBufferPointer { plaintext in
                        unsafe EVP_DecryptInit_ex2(cipher.context, nil, nil, base, nil) == 1
                            && EVP_DecryptUpdate(
                                cipher.context, nil, &written, associated, Int32(associated.count)) == 1
                            && EVP_DecryptUpdate(
                                cipher.context, plaintext.baseAddress ?? spare, &written, base + Self.nonceSize,
                                Int32(size)) == 1
                            && EVP_CIPHER_CTX_ctrl(
                                cipher.context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
                            && EVP_DecryptFinal_ex(cipher.context, spare, &written) == 1
                    }
                }
            }
        }
        guard done else {
            wipe(&plaintext)
            throw CryptographyError(
                function: "AES-256-GCM", reason: "a sealed value does not open: wrong key file, or a changed row")
        }
        return SecretOctets(plaintext)
    }
}

/// Fetched once: `EVP_aes_256_gcm()` would look the implementation up at every use.
@safe private struct FetchedCipher: @unchecked Sendable {
    static let aes256GCM = FetchedCipher()

    /// nil where OpenSSL does not offer it; every call with it fails then. Immutable, never freed.
    let implementation: OpaquePointer?

    private init() { unsafe implementation = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) }
}

/// Owns one `EVP_CIPHER_CTX`.
@safe private struct CipherContext: ~Copyable {
    let context: OpaquePointer

    init() throws(CryptographyError) {
        guard let context = unsafe EVP_CIPHER_CTX_new() else {
            throw CryptographyError(function: "EVP_CIPHER_CTX_new", reason: "out of memory")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }
}
