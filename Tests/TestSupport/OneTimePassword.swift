package import Cryptography

/// One-time passwords worked out without the engine, so that the engine's are compared with something else.
package struct OneTimePasswordGenerator: Sendable {
    package var seed: [UInt8]
    package var digits = 6
    package var algorithm = DigestAlgorithm.sha1
    /// The length of a time step in seconds.
    package var period: Int64 = 30

    package init(seed: [UInt8], digits: Int = 6, algorithm: DigestAlgorithm = .sha1, period: Int64 = 30) {
        self.seed = seed
        self.digits = digits
        self.algorithm = algorithm
        self.period = period
    }

    /// The seed of RFC 4226, appendix D, and of RFC 6238, appendix B, with SHA-1.
    package static let rfc4226 = OneTimePasswordGenerator(seed: Array("12345678901234567890".utf8))

    /// The value at `counter` (RFC 4226 §5.3).
    package func value(at counter: UInt64) throws -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * $0)) }
        let code: InlineArray<64, UInt8> = try MessageAuthenticationKey(algorithm, key: seed).code(of: message)
        let offset = Int(code[algorithm.digestSize - 1] & 15)
        let number = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(code[offset + $1]) } & 0x7fff_ffff
        let text = String(number)
        return String((String(repeating: "0", count: digits) + text).suffix(digits))
    }

    /// The value of the time step that `seconds` after 1970 falls into (RFC 6238 §4.2).
    package func value(atSecond seconds: Int64) throws -> String {
        try value(at: UInt64(seconds / period))
    }
}
