package import Cryptography

/// What to do with a password that has a NUL octet within it.
package enum EmbeddedNUL: Sendable {
    /// No keyboard makes one: refuse it.
    case refuse
    /// Cut the password before it, for devices that append something of their own behind a NUL.
    case cut
}

extension Packet {
    /// The User-Password, revealed (RFC 2865 §5.2); nil without one. The NULs that pad it are taken off, so that an empty
    /// password is an empty secret.
    ///
    /// - Throws: when there are two, when the value is not 16, 32, … 128 octets, or for a NUL within the password.
    package func password(
        hiddenWith secret: SharedSecret, embeddedNUL: EmbeddedNUL = .refuse, _ workspace: inout CodecWorkspace
    ) throws(MalformedAttribute) -> SecretOctets? {
        var hidden = 0..<0
        var count = 0
        forEachAttribute { type, range in
            guard type == .userPassword else { return }
            hidden = range
            count += 1
        }
        guard count > 0 else { return nil }
        guard count == 1 else { throw MalformedAttribute(.userPassword, .repeated) }
        guard HiddenPassword.sizes.contains(hidden.count), hidden.count.isMultiple(of: 16) else {
            throw MalformedAttribute(.userPassword, .size)
        }
        var password = Array(octets[hidden])
        workspace.reveal(&password, in: 0..<password.count, secret: secret, start: authenticator.octets.span)
        while password.last == 0 { password.removeLast() }
        if let index = password.firstIndex(of: 0) {
            defer { wipe(&password) }
            guard embeddedNUL == .cut else { throw MalformedAttribute(.userPassword, .embeddedNUL) }
            return SecretOctets(Array(password[..<index]))
        }
        return SecretOctets(password)
    }
}

/// The sizes of User-Password on the wire, in octets (RFC 2865 §5.2).
enum HiddenPassword {
    static let sizes = 16...128

    /// How many octets a password of `size` takes on the wire.
    static func paddedSize(_ size: Int) -> Int { max(16, (size + 15) / 16 * 16) }
}

extension CodecWorkspace {
    /// Hides the octets `range`, a multiple of 16, in place: c1 = p1 ⊕ MD5(S ‖ start), ci = pi ⊕ MD5(S ‖ c(i-1)).
    ///
    /// - Parameter start: the Request Authenticator, followed by the salt where there is one (RFC 2868 §3.5).
    mutating func hide(
        _ octets: inout [UInt8], in range: Range<Int>, secret: SharedSecret, start: borrowing Span<UInt8>
    ) {
        var block = range.lowerBound
        while block < range.upperBound {
            digest.update(secret.octets.octets)
            if block == range.lowerBound {
                digest.update(start)
            } else {
                digest.update(octets.span.extracting(block - 16..<block))
            }
            let stream: InlineArray<16, UInt8> = digest.finish()
            octets.mask(with: stream, at: block)
            block += 16
        }
    }

    /// The reverse of ``hide(_:in:secret:start:)``: from the last block to the first, since each needs the hidden one before.
    mutating func reveal(
        _ octets: inout [UInt8], in range: Range<Int>, secret: SharedSecret, start: borrowing Span<UInt8>
    ) {
        var block = range.upperBound - 16
        while block >= range.lowerBound {
            digest.update(secret.octets.octets)
            if block == range.lowerBound {
                digest.update(start)
            } else {
                digest.update(octets.span.extracting(block - 16..<block))
            }
            let stream: InlineArray<16, UInt8> = digest.finish()
            octets.mask(with: stream, at: block)
            block -= 16
        }
    }
}

extension [UInt8] {
    /// Masks 16 octets from `offset` on by exclusive or.
    mutating func mask(with stream: InlineArray<16, UInt8>, at offset: Int) {
        var span = mutableSpan
        for index in stream.indices { span[offset + index] ^= stream[index] }
    }
}
