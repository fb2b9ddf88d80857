/// A packet that is no answer to the request that a client sent. The client goes on waiting (RFC 2865 §3).
package enum InvalidReply: String, Error, CaseIterable, Sendable, CustomStringConvertible {
    case otherIdentifier
    case responseAuthenticatorWrong
    case messageAuthenticatorWrong
    case messageAuthenticatorMissing

    package var description: String {
        switch self {
        case .otherIdentifier: "the reply's Identifier is another than the request's"
        case .responseAuthenticatorWrong: "the Response Authenticator is wrong; do both sides have the same secret?"
        case .messageAuthenticatorWrong: "the Message-Authenticator is wrong"
        case .messageAuthenticatorMissing: "the reply has no Message-Authenticator"
        }
    }
}

extension Packet {
    /// Makes sure that this packet answers `request` and comes from one who knows the secret.
    ///
    /// - Parameter signed: whether a reply without Message-Authenticator is refused (CVE-2024-3596). One that is there must
    ///   be right in any case.
    package func verifyReply(
        to request: Packet, secret: SharedSecret, signed: Bool = true, _ workspace: inout CodecWorkspace
    ) throws(InvalidReply) {
        guard identifier == request.identifier else { throw .otherIdentifier }
        let requestAuthenticator = request.authenticator
        let expected = workspace.responseAuthenticator(
            of: octets, requestAuthenticator: requestAuthenticator, secret: secret)
        guard authenticator == Authenticator(expected) else { throw .responseAuthenticatorWrong }
        switch messageAuthenticator(with: secret, over: requestAuthenticator, &workspace) {
        case .valid: return
        case .invalid: throw .messageAuthenticatorWrong
        case .absent: if signed { throw .messageAuthenticatorMissing }
        }
    }
}
