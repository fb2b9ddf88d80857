import COpenSSL

/// Whether two runs of octets are equal, in a time that depends on their length only.
package func equalInConstantTime(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
    guard first.count == second.count else { return false }
    return unsafe first.withUnsafeBufferPointer { first in
        unsafe second.withUnsafeBufferPointer { second in
            guard let left = first.baseAddress, let right = second.baseAddress else { return true }
            return unsafe CRYPTO_memcmp(left, right, first.count) == 0
        }
    }
}

/// Whether two runs of octets are equal, in a time that depends on their length only.
package func equalInConstantTime(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    equalInConstantTime(first.span, second.span)
}

/// Overwrites `octets` with zeroes in a way that the compiler may not leave out.
package func wipe(_ octets: inout [UInt8]) {
    unsafe octets.withUnsafeMutableBytes { buffer in unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
}
