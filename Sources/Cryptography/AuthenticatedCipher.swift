import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) for what is encrypted at rest: seeds and reversible PINs.
///
/// A sealed value is nonce (12 octets) ‖ ciphertext ‖ tag (16 octets). The context that it belongs to, such as the
/// token's serial, is authenticated with it, so that a row copied to another token does not open.
package struct AuthenticatedCipher: Sendable {
    private static let nonceSize = 12
    private static let tagSize = 16

    private let key: SecretOctets

    /// - Parameter key: 32 octets.
    package init(key: SecretOctets) throws(CryptographyError) {
        guard key.count == 32 else {
            throw CryptographyError(function: "AES-256-GCM", reason: "the key has \(key.count) octets; it must have 32")
        }
        self.key = key
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
            return unsafe EVP_EncryptInit_ex2(cipher.context, EVP_aes_256_gcm(), key, nonce, nil) == 1
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
        let cipher = try CipherContext()
        let associated = Array(context.utf8)
        let key = key.octets
        let done = unsafe sealed.withUnsafeBufferPointer { sealed -> Bool in
            guard let base = sealed.baseAddress else { return false }
            var written: Int32 = 0
            // An empty secret has no address to decrypt to; OpenSSL is then given one that it does not write to.
            var nothing = InlineArray<16, UInt8>(repeating: 0)
            var nothingSpan = nothing.mutableSpan
            return unsafe plaintext.withUnsafeMutableBufferPointer { plaintext in
                unsafe nothingSpan.withUnsafeMutableBufferPointer { nothing in
                    unsafe EVP_DecryptInit_ex2(cipher.context, EVP_aes_256_gcm(), key, base, nil) == 1
                        && EVP_DecryptUpdate(cipher.context, nil, &written, associated, Int32(associated.count)) == 1
                        && EVP_DecryptUpdate(
                            cipher.context, plaintext.baseAddress ?? nothing.baseAddress, &written,
                            base + Self.nonceSize, Int32(size)) == 1
                        && EVP_CIPHER_CTX_ctrl(
                            cipher.context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
                        && EVP_DecryptFinal_ex(cipher.context, nothing.baseAddress, &written) == 1
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
