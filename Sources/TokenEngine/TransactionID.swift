package import Cryptography

/// The name of an open challenge, known to nobody but the client that it was sent to; on the wire, the State
/// (RFC 2865 §5.24). The store keeps a digest of it only.
package struct TransactionID: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package let octets: [UInt8]

    /// Takes what a client sent, whatever it is.
    package init(octets: [UInt8]) { self.octets = octets }

    /// A fresh one: 128 bits that nobody can foretell, as 32 hexadecimal digits, for some devices cut a State at a NUL.
    package init(random: any RandomOctets) throws(CryptographyError) {
        octets = Array(Hexadecimal.text(try random.octets(16)).utf8)
    }

    /// For response details: the digits.
    package var text: String { String(decoding: octets, as: UTF8.self) }

    package var description: String { "<transaction>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// What the store knows it by: SHA-256.
    func digest() throws(CryptographyError) -> [UInt8] {
        var digest = try MessageDigest(.sha256)
        digest.update(octets)
        let value: InlineArray<32, UInt8> = digest.finish()
        return value.indices.map { value[$0] }
    }
}
