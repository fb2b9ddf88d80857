import Cryptography

/// A RADIUS packet written and read without RadiusCodec, so that the server is not tested against itself alone.
package struct RadiusMessage: Sendable {
    package struct Attribute: Sendable, Equatable {
        package let type: UInt8
        package let value: [UInt8]

        package init(_ type: UInt8, _ value: [UInt8]) {
            self.type = type
            self.value = value
        }

        package init(_ type: UInt8, _ text: String) { self.init(type, Array(text.utf8)) }
    }

    package static let accessRequest: UInt8 = 1
    package static let accessAccept: UInt8 = 2
    package static let accessReject: UInt8 = 3
    package static let accessChallenge: UInt8 = 11
    package static let statusServer: UInt8 = 12

    package static let userName: UInt8 = 1
    package static let userPassword: UInt8 = 2
    package static let replyMessage: UInt8 = 18
    package static let state: UInt8 = 24
    package static let vendorSpecific: UInt8 = 26
    package static let sessionTimeout: UInt8 = 27
    package static let proxyState: UInt8 = 33
    package static let messageAuthenticator: UInt8 = 80

    package var code: UInt8
    package var identifier: UInt8
    package var authenticator: [UInt8]
    package var attributes: [Attribute]

    package init(code: UInt8, identifier: UInt8, authenticator: [UInt8], attributes: [Attribute]) {
        self.code = code
        self.identifier = identifier
        self.authenticator = authenticator
        self.attributes = attributes
    }

    /// Reads a packet; nil when its lengths contradict one another.
    package init?(_ octets: [UInt8]) {
        guard octets.count >= 20, Int(octets[2]) << 8 | Int(octets[3]) == octets.count else { return nil }
        self.init(code: octets[0], identifier: octets[1], authenticator: Array(octets[4..<20]), attributes: [])
        var offset = 20
        while offset < octets.count {
            guard offset + 2 <= octets.count, octets[offset + 1] >= 2,
                offset + Int(octets[offset + 1]) <= octets.count
            else { return nil }
            let end = offset + Int(octets[offset + 1])
            attributes.append(Attribute(octets[offset], Array(octets[offset + 2..<end])))
            offset = end
        }
    }

    package var octets: [UInt8] {
        let body = attributes.flatMap { [$0.type, UInt8($0.value.count + 2)] + $0.value }
        let length = 20 + body.count
        return [code, identifier, UInt8(length >> 8), UInt8(length & 255)] + authenticator + body
    }

    package func values(_ type: UInt8) -> [[UInt8]] { attributes.filter { $0.type == type }.map(\.value) }

    package func first(_ type: UInt8) -> [UInt8]? { values(type).first }

    /// The value of the first attribute of `type` as text.
    package func text(_ type: UInt8) -> String? { first(type).map { String(decoding: $0, as: UTF8.self) } }
}

extension RadiusMessage {
    /// An Access-Request with a hidden password (RFC 2865 §5.2), signed (RFC 3579 §3.2).
    ///
    /// - Parameter identifier: the request's Identifier; its Request Authenticator is random.
    package static func request(
        user: String, password: String, secret: [UInt8], identifier: UInt8 = 0, state: [UInt8]? = nil,
        more: [Attribute] = [], signed: Bool = true
    ) throws -> RadiusMessage {
        try request(
            user: Array(user.utf8), password: Array(password.utf8), secret: secret, identifier: identifier,
            state: state,
            more: more, signed: signed)
    }

    /// The same with name and password as octets of any character set.
    package static func request(
        user: [UInt8], password: [UInt8], secret: [UInt8], identifier: UInt8 = 0, state: [UInt8]? = nil,
        more: [Attribute] = [], signed: Bool = true
    ) throws -> RadiusMessage {
        let authenticator = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let hidden = try hide(password, with: secret, authenticator)
        var message = RadiusMessage(
            code: accessRequest, identifier: identifier, authenticator: authenticator,
            attributes: [Attribute(userName, user), Attribute(userPassword, hidden)])
        if let state { message.attributes.append(Attribute(Self.state, state)) }
        message.attributes += more
        if signed { try message.sign(with: secret) }
        return message
    }

    /// A Status-Server, signed as it must be (RFC 5997 §3).
    package static func statusServer(secret: [UInt8], identifier: UInt8 = 0) throws -> RadiusMessage {
        var message = RadiusMessage(
            code: statusServer, identifier: identifier, authenticator: (0..<16).map { _ in .random(in: 0...255) },
            attributes: [])
        try message.sign(with: secret)
        return message
    }

    /// Puts a Message-Authenticator first, over the packet as it then stands.
    package mutating func sign(with secret: [UInt8]) throws {
        attributes.removeAll { $0.type == Self.messageAuthenticator }
        attributes.insert(Attribute(Self.messageAuthenticator, [UInt8](repeating: 0, count: 16)), at: 0)
        attributes[0] = Attribute(Self.messageAuthenticator, try Self.code(of: octets, key: secret))
    }

    /// Whether this is the answer that a holder of `secret` gave to `request`: same Identifier, right Response
    /// Authenticator (RFC 2865 §3), and a right Message-Authenticator as the first attribute.
    package func isAnswer(to request: RadiusMessage, secret: [UInt8]) throws -> Bool {
        guard identifier == request.identifier, attributes.first?.type == Self.messageAuthenticator else {
            return false
        }
        var asked = self
        asked.authenticator = request.authenticator
        let response = try Self.digest(asked.octets + secret)
        asked.attributes[0] = Attribute(Self.messageAuthenticator, [UInt8](repeating: 0, count: 16))
        let code = try Self.code(of: asked.octets, key: secret)
        return response == authenticator && code == first(Self.messageAuthenticator)
    }

    private static func hide(_ password: [UInt8], with secret: [UInt8], _ authenticator: [UInt8]) throws -> [UInt8] {
        let size = max(16, (password.count + 15) / 16 * 16)
        let padded = password + [UInt8](repeating: 0, count: size - password.count)
        var hidden: [UInt8] = []
        var previous = authenticator
        for start in stride(from: 0, to: size, by: 16) {
            let mask = try digest(secret + previous)
            previous = zip(padded[start..<start + 16], mask).map { $0 ^ $1 }
            hidden += previous
        }
        return hidden
    }

    private static func digest(_ octets: [UInt8]) throws -> [UInt8] {
        var running = try MessageDigest(.md5)
        running.update(octets)
        let digest: InlineArray<16, UInt8> = running.finish()
        return digest.indices.map { digest[$0] }
    }

    private static func code(of octets: [UInt8], key: [UInt8]) throws -> [UInt8] {
        let code: InlineArray<16, UInt8> = try MessageAuthenticationKey(.md5, key: key).code(of: octets)
        return code.indices.map { code[$0] }
    }
}
