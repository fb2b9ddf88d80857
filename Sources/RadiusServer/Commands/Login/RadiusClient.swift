import Cryptography
import RadiusCodec

/// The client's side of RADIUS, for one user at one server: a socket, a secret, and identifiers that count up.
struct RadiusClient: ~Copyable {
    private static let triesMaximum = 3
    private static let patienceInMilliseconds: Int64 = 3000

    private let socket: DatagramClient
    private let secret: SharedSecret
    private var workspace: CodecWorkspace
    private var identifier: UInt8

    init(_ target: RadiusTarget) throws(CommandFailure) {
        do {
            let first = try SecureRandom().octets(1)
            let workspace = try CodecWorkspace()
            let socket = try DatagramClient(to: target.address)
            self.socket = socket
            self.workspace = workspace
            secret = target.secret
            identifier = first.first ?? 0
        } catch {
            throw .couldNot("\(error)")
        }
    }

    /// Asks once, and again with the very same octets while nobody answers (RFC 5080 §2.2.1).
    ///
    /// - Parameter state: of the challenge that the password answers (RFC 2865 §5.24).
    /// - Returns: the reply, verified, and the Request Authenticator that it answers.
    mutating func request(
        user: String, password: SecretOctets, state: [UInt8]?
    ) throws(CommandFailure) -> (reply: Packet, requestAuthenticator: Authenticator) {
        let octets = try accessRequest(user: user, password: password, state: state)
        let request: Packet
        do throws(MalformedPacket) { request = try Packet(parsing: octets) } catch { throw .couldNot("\(error)") }
        var refusals: Set<String> = []
        for _ in 0..<Self.triesMaximum {
            do throws(SocketError) { try socket.send(octets) } catch { throw .couldNot("\(error)") }
            if let reply = try reply(to: request, &refusals) { return (reply, request.authenticator) }
        }
        let hints =
            refusals.isEmpty
            ? ["is the server running, is this machine one of its clients, and is the secret the same on both sides?"]
            : refusals.sorted().map { "discarded: \($0)" }
        let waited = "\(Self.triesMaximum) tries, \(Self.patienceInMilliseconds / 1000) s each"
        throw CommandFailure(
            status: .couldNot, messages: ["no valid answer from \(socket.server) (\(waited))"] + hints)
    }

    private mutating func accessRequest(
        user: String, password: SecretOctets, state: [UInt8]?
    ) throws(CommandFailure) -> [UInt8] {
        identifier &+= 1
        do {
            var builder = PacketBuilder(
                requesting: .accessRequest, identifier: identifier,
                authenticator: try Authenticator(random: SecureRandom()))
            try builder.append(.userName, Array(user.utf8))
            try builder.append(password: password)
            try builder.append(.serviceType, [0, 0, 0, 1])  // Login (RFC 2865 §5.6)
            try builder.append(.nasIdentifier, Array("watchword".utf8))
            if let state { try builder.append(.state, state) }
            return builder.finish(signedWith: secret, &workspace)
        } catch let error as AttributeDoesNotFit {
            throw .wrongUsage("user name or password is too long for RADIUS: \(error)")
        } catch {
            throw .couldNot("\(error)")
        }
    }

    /// Waits for a reply as long as one try lasts. What is no valid reply is passed over, as an attacker may send it first.
    private mutating func reply(
        to request: Packet, _ refusals: inout Set<String>
    ) throws(CommandFailure) -> Packet? {
        let end = Clock.monotonic() + Self.patienceInMilliseconds
        while true {
            let datagram: [UInt8]?
            do throws(SocketError) {
                datagram = try socket.receive(within: end - Clock.monotonic())
            } catch { throw .couldNot("\(error)") }
            guard let datagram else { return nil }
            do {
                let reply = try Packet(parsing: datagram)
                try reply.verifyReply(to: request, secret: secret, &workspace)
                if [.accessAccept, .accessReject, .accessChallenge].contains(reply.code) { return reply }
                refusals.insert("\(reply.code) does not answer an Access-Request")
            } catch {
                refusals.insert("\(error)")
            }
        }
    }
}
