package import Cryptography

/// An attribute that the packet has no room for, or whose value is larger than an attribute may be.
package enum AttributeDoesNotFit: Error, Equatable, CustomStringConvertible {
    /// The value takes this many octets; an attribute of that kind carries `maximum` at most.
    case valueTooLarge(size: Int, maximum: Int)
    /// The packet would grow beyond this many octets: 4096 (RFC 2865 §3), or what the builder was given.
    case packetFull(limit: Int)
    /// The attribute is internal to servers and stands in no packet.
    case notOfPackets

    package var description: String {
        switch self {
        case .valueTooLarge(let size, let maximum): "the value has \(size) octets; there is room for \(maximum)"
        case .packetFull(let limit): "the packet would be larger than \(limit) octets"
        case .notOfPackets: "the attribute stands in no packet"
        }
    }
}

/// A packet in the making. Message-Authenticator comes first in every packet that we sign (CVE-2024-3596), the
/// Proxy-States of the request come last in their order (RFC 2865 §5.33), and the octets are right as soon as it is
/// finished.
package struct PacketBuilder: Sendable {
    private enum Role: Sendable {
        case request
        case reply
    }

    /// A run of octets that is still in the clear and gets hidden at the end, when secret and workspace are there.
    private struct Hiding: Sendable {
        let method: Encryption
        let range: Range<Int>
    }

    private static let messageAuthenticatorOffset = Packet.headerSize + 2

    /// The most octets that the packet may have, Proxy-States included; never more than 4096 (RFC 2865 §3).
    package var sizeLimit = Packet.sizeMaximum {
        didSet { sizeLimit = min(sizeLimit, Packet.sizeMaximum) }
    }

    private let role: Role
    private let isSigned: Bool
    private let proxyStates: [UInt8]
    /// Until it is finished: with the Request Authenticator in the header, and zeroes for the Message-Authenticator.
    private(set) var octets: [UInt8]
    private var hidings: [Hiding] = []

    /// A reply to `request`: with its identifier, signed, and with its Proxy-States at the end.
    package init(replying code: PacketCode, to request: Packet) {
        var proxyStates: [UInt8] = []
        request.forEachAttribute { type, range in
            if type == .proxyState { proxyStates += request.octets[range.lowerBound - 2..<range.upperBound] }
        }
        self.init(
            .reply, code, identifier: request.identifier, authenticator: request.authenticator, isSigned: true,
            proxyStates: proxyStates)
    }

    /// A request.
    ///
    /// - Parameters:
    ///   - authenticator: the Request Authenticator, new and random for each request.
    ///   - isSigned: whether it carries a Message-Authenticator. Only a test has a reason to leave it out.
    package init(
        requesting code: PacketCode, identifier: UInt8, authenticator: Authenticator, isSigned: Bool = true
    ) {
        self.init(.request, code, identifier: identifier, authenticator: authenticator, isSigned: isSigned)
    }

    private init(
        _ role: Role, _ code: PacketCode, identifier: UInt8, authenticator: Authenticator, isSigned: Bool,
        proxyStates: [UInt8] = []
    ) {
        self.role = role
        self.isSigned = isSigned
        self.proxyStates = proxyStates
        octets = []
        octets.append(addingCapacity: 256) { output in
            output.append(code.rawValue)
            output.append(identifier)
            // The Length, which is known at the end.
            output.append(repeating: 0, count: 2)
            for index in 0..<Authenticator.size { output.append(authenticator.octets[index]) }
            guard isSigned else { return }
            output.append(AttributeType.messageAuthenticator.rawValue)
            output.append(18)
            output.append(repeating: 0, count: Authenticator.size)
        }
    }

    /// How many octets the packet has so far, Proxy-States included.
    package var count: Int { octets.count + proxyStates.count }

    /// Appends an attribute whose value is `value` as it stands.
    ///
    /// - Throws: when it does not fit; the packet is then as it was before.
    package mutating func append(_ type: AttributeType, _ value: [UInt8]) throws(AttributeDoesNotFit) {
        guard value.count <= 253 else { throw .valueTooLarge(size: value.count, maximum: 253) }
        try checkRoom(for: 2 + value.count)
        octets.append(type.rawValue)
        octets.append(UInt8(2 + value.count))
        octets += value
    }

    /// Appends a User-Password, which is hidden when the packet is finished (RFC 2865 §5.2).
    ///
    /// - Throws: for more than 128 octets, or when it does not fit; the packet is then as it was before.
    package mutating func append(password: SecretOctets) throws(AttributeDoesNotFit) {
        guard password.count <= 128 else { throw .valueTooLarge(size: password.count, maximum: 128) }
        let size = HiddenPassword.paddedSize(password.count)
        try checkRoom(for: 2 + size)
        octets.append(AttributeType.userPassword.rawValue)
        octets.append(UInt8(2 + size))
        hide(0..<size, by: .userPassword)
        octets += password.octets
        for _ in password.count..<size { octets.append(0) }
    }

    /// Makes sure that `size` more octets fit.
    func checkRoom(for size: Int) throws(AttributeDoesNotFit) {
        guard count + size <= sizeLimit else { throw .packetFull(limit: sizeLimit) }
    }

    /// Appends an octet for which there is room.
    mutating func appendOctet(_ octet: UInt8) { octets.append(octet) }

    /// Appends octets for which there is room.
    mutating func appendOctets(_ octets: ArraySlice<UInt8>) { self.octets += octets }
    mutating func appendOctets(_ octets: [UInt8]) { self.octets += octets }

    /// Takes the last `count` octets off again, which must be whole attributes in the clear.
    mutating func removeOctets(_ count: Int) { octets.removeLast(count) }

    /// Has the octets `range`, counted from the end of the packet as it is now, hidden when it is finished.
    mutating func hide(_ range: Range<Int>, by method: Encryption) {
        hidings.append(
            Hiding(method: method, range: octets.count + range.lowerBound..<octets.count + range.upperBound))
    }

    /// The packet, signed: first Message-Authenticator (RFC 3579 §3.2), then, in a reply, the Response Authenticator
    /// (RFC 2865 §3), which covers it.
    package consuming func finish(
        signedWith secret: SharedSecret, _ workspace: inout CodecWorkspace
    ) -> [UInt8] {
        if !proxyStates.isEmpty { octets += proxyStates }
        octets[2] = UInt8(truncatingIfNeeded: octets.count >> 8)
        octets[3] = UInt8(truncatingIfNeeded: octets.count)
        if !hidings.isEmpty { hide(with: secret, &workspace) }
        if isSigned {
            octets.write(workspace.code(of: octets, secret), at: Self.messageAuthenticatorOffset)
        }
        if role == .reply {
            octets.write(workspace.responseAuthenticator(of: octets, secret), at: 4)
        }
        return octets
    }

    private mutating func hide(with secret: SharedSecret, _ workspace: inout CodecWorkspace) {
        let authenticator = Authenticator(InlineArray { octets[$0 + 4] })
        for hiding in hidings {
            workspace.hide(
                &octets, in: hiding.range, by: hiding.method, secret: secret, requestAuthenticator: authenticator)
        }
    }
}

extension [UInt8] {
    /// Writes 16 octets over those from `offset` on.
    fileprivate mutating func write(_ new: InlineArray<16, UInt8>, at offset: Int) {
        var span = mutableSpan
        span.write(new.span, at: offset)
    }
}
