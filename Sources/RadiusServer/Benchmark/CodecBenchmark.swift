import Cryptography
import RadiusCodec

/// What the codec alone costs: one thread, no socket, no engine. The packets are those of a login by PAP: a signed request
/// with a name and a hidden password, and a signed Accept with a text and a vendor's attribute.
struct CodecBenchmark: ~Copyable {
    /// What is measured. `login` is the others together.
    enum Stage: String, CaseIterable {
        /// Framing checked, octets copied, name found.
        case decode
        /// The request's Message-Authenticator.
        case verify
        /// The User-Password.
        case reveal
        /// The reply: three attributes, both authenticators.
        case encode
        case login
    }

    struct Result: Encodable {
        let stage: String
        let packets: Int
        let perSecond: Double
        let nanoseconds: Double

        var text: String {
            "\(stage)\(String(repeating: " ", count: 8 - stage.utf8.count))\(Int(perSecond)) packets/s, "
                + "\(Int(nanoseconds)) ns each\n"
        }
    }

    /// The codec did not make of its own packet what it should have.
    struct Mistake: Error, CustomStringConvertible {
        let description = "the codec does not understand its own request"
    }

    private let secret: SharedSecret
    private let datagram: [UInt8]
    private let request: Packet
    private let attribute = EncodedAttribute(
        definition: AttributeDefinition(
            name: "Fortinet-Group-Name", path: AttributePath([26, 12356, 1]), type: .string),
        octets: Array("vpn-users".utf8))
    private let message = Array("Access granted".utf8)
    private let timeout: [UInt8] = [0, 0, 14, 16]
    private var workspace: CodecWorkspace

    init() throws {
        let secret = try SharedSecret(SecretOctets(utf8: "a secret of some length"))
        var workspace = try CodecWorkspace()
        var builder = PacketBuilder(
            requesting: .accessRequest, identifier: 7, authenticator: try Authenticator(random: SecureRandom()))
        try builder.append(.userName, Array("alice@example.com".utf8))
        try builder.append(password: SecretOctets(utf8: "1234755224"))
        try builder.append(.nasIPAddress, [192, 0, 2, 1])
        try builder.append(.nasIdentifier, Array("vpn.example.com".utf8))
        let datagram = builder.finish(signedWith: secret, &workspace)
        let request = try Packet(parsing: datagram)
        self.secret = secret
        self.datagram = datagram
        self.request = request
        self.workspace = workspace
    }

    /// - Returns: what `stage` costs, a packet at a time.
    mutating func run(_ stage: Stage, packets: Int) throws -> Result {
        let start = Clock.monotonic()
        var correct = 0
        for _ in 0..<packets where try step(stage) { correct += 1 }
        let milliseconds = Double(max(1, Clock.monotonic() - start))
        guard correct == packets else { throw Mistake() }
        return Result(
            stage: stage.rawValue, packets: packets, perSecond: Double(packets) * 1000 / milliseconds,
            nanoseconds: milliseconds * 1_000_000 / Double(packets))
    }

    /// - Returns: whether the outcome is right, so that nothing can be left out.
    private mutating func step(_ stage: Stage) throws -> Bool {
        switch stage {
        case .decode: return try Packet(parsing: datagram.span).first(.userName)?.count == 17
        case .verify: return request.messageAuthenticator(with: secret, &workspace) == .valid
        case .reveal: return try request.password(hiddenWith: secret, &workspace)?.count == 10
        case .encode: return try reply(to: request).count == 77
        case .login:
            let packet = try Packet(parsing: datagram.span)
            guard packet.messageAuthenticator(with: secret, &workspace) == .valid,
                packet.first(.userName)?.count == 17,
                try packet.password(hiddenWith: secret, &workspace)?.count == 10
            else { return false }
            return try reply(to: packet).count == 77
        }
    }

    private mutating func reply(to packet: Packet) throws(AttributeDoesNotFit) -> [UInt8] {
        var builder = PacketBuilder(replying: .accessAccept, to: packet)
        try builder.append(.replyMessage, message)
        try builder.append(attribute)
        try builder.append(.sessionTimeout, timeout)
        return builder.finish(signedWith: secret, &workspace)
    }
}
