import RadiusCodec

/// Silence, and why. RFC 2865 §3 asks for it where a packet cannot be trusted, and a client that hears nothing turns to
/// its second server. Each case is counted by its name; none is ever an answer (``Verdict`` has the answers).
enum Discard: Error {
    /// Nobody configured this address (RFC 2865 §3).
    case unknownClient
    /// Not a RADIUS packet.
    case malformed(MalformedPacket)
    /// A code that does not belong on this port, such as accounting (RFC 2866 §3) or what changes sessions (RFC 5176 §2).
    case unexpectedCode(PacketCode)
    /// This client must sign its requests, and this one is not signed (CVE-2024-3596).
    case messageAuthenticatorMissing
    /// Proxy-State without Message-Authenticator, which the known forgery needs (CVE-2024-3596).
    case proxyStateUnsigned
    /// Signed with another secret, or changed on the way (RFC 3579 §3.2).
    case messageAuthenticatorWrong
    /// A retransmission of what is still being decided (RFC 5080 §2.2.2).
    case duplicatePending
    /// More requests wait than the line can hold.
    case overloaded
    /// A stored hash could not be checked: memory ran out.
    case slowCheckFailed
    /// The store failed: nothing was committed, so nothing may be said.
    case storeUnavailable

    /// The name of its counter, as in `watchword_discards_total{reason="…"}`.
    var name: String {
        switch self {
        case .unknownClient: "unknown_client"
        case .malformed(let packet): "malformed_\(packet.reason.counterName)"
        case .unexpectedCode(let code): "unexpected_\(code.counterName)"
        case .messageAuthenticatorMissing: "message_authenticator_missing"
        case .proxyStateUnsigned: "proxy_state_unsigned"
        case .messageAuthenticatorWrong: "message_authenticator_wrong"
        case .duplicatePending: "duplicate_pending"
        case .overloaded: "overloaded"
        case .slowCheckFailed: "slow_check_failed"
        case .storeUnavailable: "store_unavailable"
        }
    }
}

extension PacketCode {
    /// The RFC's name in the spelling of metrics: `CoA-Request` becomes `coa_request`. Codes without a name share one counter.
    var counterName: String {
        guard !description.hasPrefix("Code-") else { return "code" }
        return String(description.lowercased().map { $0 == "-" ? "_" : $0 })
    }

    /// What the operator can do about one that came in here.
    fileprivate var advice: String {
        switch self {
        case .accountingRequest, .accountingResponse:
            "send accounting to an accounting server, usually port 1813; this one keeps none"
        case .disconnectRequest, .disconnectACK, .disconnectNAK, .coaRequest, .coaACK, .coaNAK:
            "it is for devices, usually port 3799"
        default: "only Access-Request and Status-Server do"
        }
    }
}

extension MalformedPacket.Reason {
    /// The raw value in the spelling of metrics: `lengthTooSmall` becomes `length_too_small`.
    var counterName: String {
        var name = ""
        for character in rawValue {
            if character.isUppercase { name += "_" }
            name += character.lowercased()
        }
        return name
    }
}

extension Discard: CustomStringConvertible {
    /// What is wrong, and what the operator can do about it.
    var description: String {
        switch self {
        case .unknownClient: "unknown client"
        case .malformed(let packet): "not a RADIUS packet, \(packet)"
        case .unexpectedCode(let code): "\(code) does not belong on this port; \(code.advice)"
        case .messageAuthenticatorMissing:
            "Message-Authenticator is missing; have the device send it, or set require_message_authenticator = no "
                + "for this client if it cannot"
        case .proxyStateUnsigned:
            "Proxy-State without Message-Authenticator; have the proxy sign its requests, or set limit_proxy_state = no "
                + "for this client if it cannot"
        case .messageAuthenticatorWrong:
            "Message-Authenticator is wrong; compare the secret of the device with that of its client section"
        case .duplicatePending: "retransmission of a request that is being decided"
        case .overloaded: "more requests wait than the line can hold"
        case .slowCheckFailed: "a stored hash cannot be checked"
        case .storeUnavailable: "the store failed"
        }
    }
}
