package import Cryptography

/// The secret that a client and this server share (RFC 2865 §3), with the HMAC-MD5 key made from it once.
///
/// The octets are taken as they are configured: nothing is trimmed, nothing normalised.
package final class SharedSecret: Sendable, Equatable, CustomStringConvertible {
    package let octets: SecretOctets
    let key: MessageAuthenticationKey

    /// - Throws: when OpenSSL begins no MD5.
    package init(_ octets: SecretOctets) throws(CryptographyError) {
        self.octets = octets
        key = try MessageAuthenticationKey(.md5, key: octets)
    }

    package static func == (left: SharedSecret, right: SharedSecret) -> Bool { left.octets == right.octets }

    package var description: String { "<secret>" }
}
