import COpenSSL

/// One key for each purpose from the key file's master key: HKDF with SHA-256 (RFC 5869).
///
/// - Parameters:
///   - purpose: a label, fixed for ever, such as `watchword seeds 1`.
///   - size: how many octets, at most 255 × 32.
package func derivedKey(
    from master: SecretOctets, purpose: String, size: Int = 32
) throws(CryptographyError) -> SecretOctets {
    guard let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil) else {
        throw CryptographyError(function: "EVP_PKEY_CTX_new_id", reason: "OpenSSL offers no HKDF")
    }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var key = [UInt8](repeating: 0, count: size)
    var written = size
    let label = Array(purpose.utf8)
    let master = master.octets
    let done =
        unsafe EVP_PKEY_derive_init(context) == 1
        && EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1
        && EVP_PKEY_CTX_set1_hkdf_key(context, master, Int32(master.count)) == 1
        && EVP_PKEY_CTX_add1_hkdf_info(context, label, Int32(label.count)) == 1
        && EVP_PKEY_derive(context, &key, &written) == 1
    guard done, written == size else { throw CryptographyError(function: "HKDF", reason: "cannot derive a key") }
    return SecretOctets(key)
}
