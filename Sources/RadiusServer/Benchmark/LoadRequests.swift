import Cryptography
import RadiusCodec

/// Makes the load generator's requests: every one with a Request Authenticator of its own, and signed.
struct LoadRequests: ~Copyable {
    /// So many random octets are drawn at a time.
    private static let randomOctetsCount = 4096

    private let secret: SharedSecret
    private var workspace: CodecWorkspace
    private var chapDigest: MessageDigest
    private var randomOctets: [UInt8] = []
    private var randomOctetsUsed = 0

    /// - Throws: when OpenSSL offers no MD5.
    init(secret: SharedSecret) throws(CryptographyError) {
        let workspace = try CodecWorkspace()
        let chapDigest = try MessageDigest(.md5)
        self.secret = secret
        self.workspace = workspace
        self.chapDigest = chapDigest
    }

    /// A Status-Server (RFC 5997).
    mutating func status(_ identifier: UInt8) throws(LoadError) -> Packet {
        try finished(
            PacketBuilder(requesting: .statusServer, identifier: identifier, authenticator: randomAuthenticator()))
    }

    /// An Access-Request.
    ///
    /// - Parameters:
    ///   - isCHAP: whether the password travels as a CHAP response (RFC 2865 §5.3) instead of User-Password.
    ///   - state: that of the challenge that this answers.
    mutating func access(
        _ identifier: UInt8, name: [UInt8], password: [UInt8], isCHAP: Bool = false, state: [UInt8]? = nil
    ) throws(LoadError) -> Packet {
        let authenticator = try randomAuthenticator()
        var builder = PacketBuilder(
            requesting: .accessRequest, identifier: identifier, authenticator: authenticator)
        do throws(AttributeDoesNotFit) {
            try builder.append(.userName, name)
            if isCHAP {
                try builder.append(.chapPassword, chapResponse(identifier, password, authenticator))
            } else {
                try builder.append(password: SecretOctets(password))
            }
            try builder.append(.nasIPAddress, [127, 0, 0, 1])
            if let state { try builder.append(.state, state) }
        } catch {
            throw LoadError("a request cannot be made: \(error)")
        }
        return try finished(builder)
    }

    /// Whether `reply` answers `request` and comes from one who knows the secret; a Message-Authenticator may be missing.
    mutating func isAnswered(_ request: Packet, by reply: Packet) -> Bool {
        (try? reply.verifyReply(to: request, secret: secret, signed: false, &workspace)) != nil
    }

    private mutating func finished(_ builder: consuming PacketBuilder) throws(LoadError) -> Packet {
        do {
            return try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        } catch {
            throw LoadError("a request cannot be made: \(error)")
        }
    }

    /// The identifier, then MD5 of identifier, password and Request Authenticator (RFC 2865 §5.3, RFC 1994 §4.1).
    private mutating func chapResponse(
        _ identifier: UInt8, _ password: [UInt8], _ authenticator: Authenticator
    ) -> [UInt8] {
        chapDigest.update(identifier)
        chapDigest.update(password)
        let challenge = authenticator.octets
        chapDigest.update(challenge.span)
        let response: InlineArray<16, UInt8> = chapDigest.finish()
        return [identifier] + response.indices.map { response[$0] }
    }

    private mutating func randomAuthenticator() throws(LoadError) -> Authenticator {
        if randomOctetsUsed + Authenticator.size > randomOctets.count {
            do {
                randomOctets = try SecureRandom().octets(Self.randomOctetsCount)
            } catch {
                throw LoadError("\(error)")
            }
            randomOctetsUsed = 0
        }
        defer { randomOctetsUsed += Authenticator.size }
        return Authenticator(InlineArray { randomOctets[randomOctetsUsed + $0] })
    }
}
