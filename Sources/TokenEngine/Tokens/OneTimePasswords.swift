package import Cryptography

/// Computes the one-time passwords of one seed (RFC 4226 §5.3).
package struct OneTimePasswords: Sendable {
    private let key: MessageAuthenticationKey
    private let digits: Int

    /// - Parameter digits: 6 to 8 (RFC 4226 §5.3 asks for at least 6).
    init(key: MessageAuthenticationKey, digits: Int) {
        self.key = key
        self.digits = digits
    }

    /// - Throws: when OpenSSL does not offer the algorithm.
    init(seed: SecretOctets, algorithm: DigestAlgorithm, digits: Int) throws(CryptographyError) {
        self.init(key: try MessageAuthenticationKey(algorithm, key: seed), digits: digits)
    }

    /// The password for `counter`, as its number: `007` is 7.
    func password(for counter: Int64) -> UInt32 {
        Self.truncated(Self.code(for: counter, key), size: key.algorithm.digestSize) % Self.modulus(digits)
    }

    /// The HMAC of the counter as eight octets, most significant first (RFC 4226 §5.2).
    private static func code(for counter: Int64, _ key: MessageAuthenticationKey) -> InlineArray<64, UInt8> {
        let message = InlineArray<8, UInt8> { UInt8(truncatingIfNeeded: counter >> Int64(56 - 8 * $0)) }
        return key.code(of: message.span)
    }

    /// The password for `counter` as a user types it, with its leading zeroes. For those who play the token's part.
    package static func text(for counter: Int64, key: MessageAuthenticationKey, digits: Int) -> [UInt8] {
        var number = truncated(code(for: counter, key), size: key.algorithm.digestSize) % modulus(digits)
        var text = [UInt8](repeating: UInt8(ascii: "0"), count: digits)
        for index in text.indices.reversed() {
            text[index] += UInt8(number % 10)
            number /= 10
        }
        return text
    }

    /// The low 31 bits of four octets, chosen by the last nibble (RFC 4226 §5.3, "dynamic truncation").
    ///
    /// - Parameter size: how many octets of `code` count: 20, 32 or 64.
    private static func truncated(_ code: InlineArray<64, UInt8>, size: Int) -> UInt32 {
        let offset = Int(code[size - 1] & 0x0f)
        return UInt32(code[offset] & 0x7f) << 24
            | UInt32(code[offset + 1]) << 16
            | UInt32(code[offset + 2]) << 8
            | UInt32(code[offset + 3])
    }

    private static func modulus(_ digits: Int) -> UInt32 {
        switch digits {
        case ...6: 1_000_000
        case 7: 10_000_000
        default: 100_000_000
        }
    }

    /// The number that `octets` spell.
    ///
    /// - Returns: nil when they are not `digits` decimal digits: such a password matches no counter.
    static func number(_ octets: some Collection<UInt8>, digits: Int) -> UInt32? {
        guard digits <= 8, octets.count == digits else { return nil }
        var number: UInt32 = 0
        for octet in octets {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) else { return nil }
            number = number * 10 + UInt32(octet - UInt8(ascii: "0"))
        }
        return number
    }
}
