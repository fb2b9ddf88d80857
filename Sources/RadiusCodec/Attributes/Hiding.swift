import Cryptography

/// Values that travel hidden under the shared secret: User-Password (RFC 2865 §5.2), Tunnel-Password and the MPPE keys with
/// a salt (RFC 2868 §3.5, RFC 2548 §2.4.2), and Ascend's secrets.
extension Encryption {
    /// The largest clear value in octets. Of a salted one the padded value, with its length, salt and tag, has to fit into an
    /// attribute.
    var sizeMaximum: Int {
        switch self {
        case .userPassword: 128
        case .tunnelPassword: 239
        case .ascendSecret: 16
        }
    }

    /// How many octets are hidden for a clear value of `size`: with its length where one goes along, and padded with NULs.
    ///
    /// - Throws: when the value is larger than ``sizeMaximum``.
    func hiddenSize(of size: Int) throws(AttributeDoesNotFit) -> Int {
        guard size <= sizeMaximum else { throw .valueTooLarge(size: size, maximum: sizeMaximum) }
        switch self {
        case .userPassword, .ascendSecret: return HiddenPassword.paddedSize(size)
        case .tunnelPassword: return HiddenPassword.paddedSize(size + 1)
        }
    }
}

extension CodecWorkspace {
    /// Hides, in place, a run of ``Encryption/hiddenSize(of:)`` octets. A salt goes into the two octets before `range`.
    mutating func hide(
        _ octets: inout [UInt8], in range: Range<Int>, by method: Encryption, secret: SharedSecret,
        requestAuthenticator: Authenticator
    ) {
        switch method {
        case .userPassword:
            hide(&octets, in: range, secret: secret, start: requestAuthenticator.octets.span)
        case .tunnelPassword:
            (octets[range.lowerBound - 2], octets[range.lowerBound - 1]) = nextSalt()
            let start = salted(requestAuthenticator, octets, at: range.lowerBound - 2)
            hide(&octets, in: range, secret: secret, start: start.span)
        case .ascendSecret: maskAscend(&octets, in: range, secret: secret, requestAuthenticator: requestAuthenticator)
        }
    }

    /// Makes the hidden value of an attribute, without its tag, the clear one.
    ///
    /// - Returns: false when it cannot be one: its size is wrong, or the length within it.
    mutating func reveal(
        _ octets: inout [UInt8], of definition: AttributeDefinition, secret: SharedSecret,
        requestAuthenticator: Authenticator
    ) -> Bool {
        switch definition.encryption {
        case nil: return true
        case .userPassword:
            guard octets.count <= HiddenPassword.sizes.upperBound, octets.count.isMultiple(of: 16) else { return false }
            reveal(&octets, in: 0..<octets.count, secret: secret, start: requestAuthenticator.octets.span)
            if let size = definition.fixedSize {
                octets.removeLast(max(0, octets.count - size))
            } else {
                while octets.last == 0 { octets.removeLast() }
            }
            return true
        case .tunnelPassword:
            guard octets.count >= 18, (octets.count - 2).isMultiple(of: 16) else { return false }
            let start = salted(requestAuthenticator, octets, at: 0)
            reveal(&octets, in: 2..<octets.count, secret: secret, start: start.span)
            let size = Int(octets[2])
            guard size <= octets.count - 3 else { return false }
            octets = Array(octets[3..<3 + size])
            return true
        case .ascendSecret:
            guard octets.count == 16 else { return false }
            maskAscend(&octets, in: 0..<16, secret: secret, requestAuthenticator: requestAuthenticator)
            octets = Array(octets.prefix { $0 != 0 })
            return true
        }
    }

    private func salted(_ authenticator: Authenticator, _ octets: [UInt8], at offset: Int) -> InlineArray<18, UInt8> {
        InlineArray { $0 < 16 ? authenticator.octets[$0] : octets[offset + $0 - 16] }
    }

    /// p ⊕ MD5(Request Authenticator ‖ secret): its own reverse.
    private mutating func maskAscend(
        _ octets: inout [UInt8], in range: Range<Int>, secret: SharedSecret, requestAuthenticator: Authenticator
    ) {
        digest.update(requestAuthenticator.octets.span)
        digest.update(secret.octets.octets)
        let stream: InlineArray<16, UInt8> = digest.finish()
        octets.mask(with: stream, at: range.lowerBound)
    }
}
