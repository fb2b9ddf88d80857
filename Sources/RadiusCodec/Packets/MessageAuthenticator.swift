import Cryptography

/// What a packet's Message-Authenticator says about it (RFC 3579 §3.2).
package enum MessageAuthenticatorStatus: Sendable, Equatable {
    /// There is none; whether that may be is the client's configuration.
    case absent
    /// Whoever sent the packet knows the secret, and nobody changed it on the way.
    case valid
    /// Another secret, or a changed packet: to be discarded.
    case invalid
}

extension Packet {
    /// Checks the Message-Authenticator of a request: HMAC-MD5 over the packet with its own 16 octets as zeroes.
    package func messageAuthenticator(
        with secret: SharedSecret, _ workspace: inout CodecWorkspace
    ) -> MessageAuthenticatorStatus {
        guard let offset = messageAuthenticatorOffset else { return .absent }
        return status(of: workspace.messageAuthenticator(of: octets, at: offset, secret), at: offset)
    }

    /// Checks the Message-Authenticator with `authenticator` in the header, which for a reply is the one of its request.
    func messageAuthenticator(
        with secret: SharedSecret, over authenticator: Authenticator, _ workspace: inout CodecWorkspace
    ) -> MessageAuthenticatorStatus {
        guard let offset = messageAuthenticatorOffset else { return .absent }
        let expected = workspace.messageAuthenticator(
            of: octets, at: offset, authenticator: authenticator, secret: secret)
        return status(of: expected, at: offset)
    }

    private func status(of expected: InlineArray<16, UInt8>, at offset: Int) -> MessageAuthenticatorStatus {
        let received = octets.span.extracting(offset..<offset + Authenticator.size)
        return equalInConstantTime(received, expected.span) ? .valid : .invalid
    }
}

extension CodecWorkspace {
    /// HMAC-MD5 of a packet as it stands.
    mutating func code(of packet: [UInt8], _ secret: SharedSecret) -> InlineArray<16, UInt8> {
        secret.key.begin(in: &digest)
        digest.update(packet)
        return secret.key.finish(in: &digest)
    }

    /// HMAC-MD5 of a packet whose Message-Authenticator has its value at `offset`; what stands there now is taken as zeroes.
    mutating func messageAuthenticator(
        of packet: [UInt8], at offset: Int, _ secret: SharedSecret
    ) -> InlineArray<16, UInt8> {
        let zeroes = InlineArray<16, UInt8>(repeating: 0)
        let span = packet.span
        secret.key.begin(in: &digest)
        digest.update(span.extracting(0..<offset))
        digest.update(zeroes.span)
        digest.update(span.extracting(offset + Authenticator.size..<span.count))
        return secret.key.finish(in: &digest)
    }

    /// The same, of a packet with another authenticator in its header.
    mutating func messageAuthenticator(
        of packet: [UInt8], at offset: Int, authenticator: Authenticator, secret: SharedSecret
    ) -> InlineArray<16, UInt8> {
        let zeroes = InlineArray<16, UInt8>(repeating: 0)
        let span = packet.span
        secret.key.begin(in: &digest)
        digest.update(span.extracting(0..<4))
        digest.update(authenticator.octets.span)
        digest.update(span.extracting(Packet.headerSize..<offset))
        digest.update(zeroes.span)
        digest.update(span.extracting(offset + Authenticator.size..<span.count))
        return secret.key.finish(in: &digest)
    }

    /// MD5(Code ‖ Identifier ‖ Length ‖ Request Authenticator ‖ attributes ‖ secret) (RFC 2865 §3), of a reply that still has
    /// the Request Authenticator in its header.
    mutating func responseAuthenticator(of reply: [UInt8], _ secret: SharedSecret) -> InlineArray<16, UInt8> {
        digest.update(reply)
        digest.update(secret.octets.octets)
        return digest.finish()
    }

    /// The same, of any reply.
    mutating func responseAuthenticator(
        of reply: [UInt8], requestAuthenticator: Authenticator, secret: SharedSecret
    ) -> InlineArray<16, UInt8> {
        let span = reply.span
        digest.update(span.extracting(0..<4))
        digest.update(requestAuthenticator.octets.span)
        digest.update(span.extracting(Packet.headerSize..<span.count))
        digest.update(secret.octets.octets)
        return digest.finish()
    }
}
