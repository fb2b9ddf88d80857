import COpenSSL

/// Random octets. An argument wherever the engine needs some, so that a test can replay a decision.
package protocol RandomOctets: Sendable {
    /// `count` octets that nobody can foretell.
    func octets(_ count: Int) throws(CryptographyError) -> [UInt8]
}

/// OpenSSL's generator, which fails rather than give weak octets.
package struct SecureRandom: RandomOctets {
    package init() {}

    package func octets(_ count: Int) throws(CryptographyError) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: count)
        let status = unsafe octets.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(clamping: count))
        }
        guard status == 1 else {
            throw CryptographyError(function: "RAND_bytes", reason: "no random octets are to be had")
        }
        return octets
    }
}
