import Cryptography
import Foundation
import TestSupport
import Testing

@testable import RadiusServer

/// A RADIUS server that does what a test says: one answer, or none, for each request.
private final class ScriptedServer: @unchecked Sendable {
    /// What is answered to one request.
    enum Answer {
        case reply(code: UInt8, [RadiusMessage.Attribute] = [])
        case silence
        case wrongSecret
        case unsigned
        case otherIdentifier
    }

    static let secret = Array("testing123".utf8)
    let socket: DatagramSocket
    private let lock = NSLock()
    private var received: [[UInt8]] = []

    var requests: [[UInt8]] { lock.withLock { received } }

    /// The request of that number, counted from 0.
    func request(_ number: Int) throws -> RadiusMessage {
        let octets = try #require(requests.dropFirst(number).first)
        return try #require(RadiusMessage(octets))
    }

    var address: String { "127.0.0.1:\(socket.address.port)" }

    init(_ answers: [Answer]) throws {
        socket = try DatagramSocket(boundTo: SocketAddress(v4: 0x7f00_0001, port: 0), sharing: false)
        Foundation.Thread.detachNewThread { [self] in
            var receiver = DatagramReceiver(capacity: 1)
            var sender = DatagramSender()
            var rest = answers[...]
            while let count = try? receiver.receive(from: socket), count > 0, let answer = rest.popFirst() {
                receiver.withDatagrams(of: 0) { datagram, path in
                    let octets = datagram.indices.map { datagram[$0] }
                    lock.withLock { received.append(octets) }
                    guard let request = RadiusMessage(octets), let reply = try? Self.octets(answer, to: request) else {
                        return
                    }
                    sender.add(reply, to: path, by: socket)
                    sender.flush()
                }
            }
        }
    }

    deinit { socket.shutDown() }

    private static func octets(_ answer: Answer, to request: RadiusMessage) throws -> [UInt8]? {
        var reply = RadiusMessage(
            code: RadiusMessage.accessAccept, identifier: request.identifier, authenticator: request.authenticator,
            attributes: [])
        var secret = Self.secret
        switch answer {
        case .silence: return nil
        case .reply(let code, let attributes): (reply.code, reply.attributes) = (code, attributes)
        case .wrongSecret: secret = Array("other".utf8)
        case .otherIdentifier: reply.identifier &+= 1
        case .unsigned: break
        }
        if case .unsigned = answer {} else { try reply.sign(with: secret) }
        var digest = try MessageDigest(.md5)
        digest.update(reply.octets + secret)
        let authenticator: InlineArray<16, UInt8> = digest.finish()
        reply.authenticator = authenticator.indices.map { authenticator[$0] }
        return reply.octets
    }
}

@Suite("watchword login")
struct LoginCommandTests {
    private func login(
        _ server: ScriptedServer, _ options: String = "--password pw", answers: [String]? = nil, input: String = ""
    ) -> Outcome {
        watchword(
            "login alice --server \(server.address) --secret testing123 \(options)", answers: answers, input: input)
    }

    private static let challenge = ScriptedServer.Answer.reply(
        code: RadiusMessage.accessChallenge,
        [.init(RadiusMessage.state, [1, 2, 3]), .init(RadiusMessage.replyMessage, "please enter otp:\u{1b}[2J ")])

    @Test("an Access-Accept is shown with its attributes")
    func accept() throws {
        let server = try ScriptedServer([
            .reply(code: RadiusMessage.accessAccept, [.init(RadiusMessage.replyMessage, "welcome")])
        ])
        let outcome = login(server)
        #expect(outcome.status == .done)
        #expect(outcome.messages == [])
        #expect(outcome.output.hasPrefix("Access-Accept\n"))
        #expect(outcome.output.contains("Reply-Message = \"welcome\"\n"))

        let request = try server.request(0)
        #expect(request.attributes.first?.type == RadiusMessage.messageAuthenticator)
        #expect(request.text(RadiusMessage.userName) == "alice")
        #expect(request.text(32) == "watchword")
        #expect(request.first(6) == [0, 0, 0, 1])
        #expect(request.first(RadiusMessage.state) == nil)
    }

    @Test("an Access-Reject is an answer, and the answer is no")
    func reject() throws {
        let server = try ScriptedServer([.reply(code: RadiusMessage.accessReject)])
        let outcome = login(server, "--password pw --json")
        #expect(outcome.status == .no)
        #expect(try outcome.object()["code"] as? String == "Access-Reject")
        #expect(try (outcome.object()["challenges"] as? [Any])?.isEmpty == true)
    }

    @Test("each password answers the next challenge, with its State")
    func challenges() throws {
        let server = try ScriptedServer([Self.challenge, .reply(code: RadiusMessage.accessAccept)])
        let outcome = login(server, "--password 1234 --password 755224 --json")
        #expect(outcome.status == .done)
        let document = try outcome.object()
        #expect(document["code"] as? String == "Access-Accept")
        let challenges = try #require(document["challenges"] as? [[[String: String]]])
        #expect(challenges.count == 1)
        #expect(challenges.first?.contains { $0["name"] == "Reply-Message" } == true)
        let second = try server.request(1)
        #expect(second.first(RadiusMessage.state) == [1, 2, 3])
        #expect(try server.request(0).identifier != second.identifier)
    }

    @Test("a person is asked with the server's words, which cannot move the cursor")
    func prompts() throws {
        let server = try ScriptedServer([Self.challenge, .reply(code: RadiusMessage.accessAccept)])
        let outcome = login(server, "", answers: ["1234", "755224"])
        #expect(outcome.status == .done)
        #expect(outcome.prompts == ["Password for alice", "please enter otp:\u{fffd}[2J"])
    }

    @Test("answers come from standard input, one a line")
    func standardInput() throws {
        let server = try ScriptedServer([Self.challenge, .reply(code: RadiusMessage.accessAccept)])
        #expect(login(server, "--password-stdin", input: "1234\n755224\n").status == .done)
    }

    @Test(
        "a challenge that nobody is there to answer is shown, and is neither yes nor no",
        arguments: [("--password 1234", ""), ("--password-stdin", "1234\n")])
    func unanswered(options: String, input: String) throws {
        let server = try ScriptedServer([Self.challenge])
        let outcome = login(server, options, input: input)
        #expect(outcome.status == .couldNot)
        #expect(outcome.output.hasPrefix("Access-Challenge\n"))
        #expect(outcome.messages.count == 1)
        #expect(outcome.messages.first?.contains("the server asks for an answer") == true)
    }

    @Test("the same octets are sent again when no answer comes")
    func retransmission() throws {
        let server = try ScriptedServer([.silence, .reply(code: RadiusMessage.accessAccept)])
        #expect(login(server).status == .done)
        #expect(server.requests.count == 2)
        #expect(server.requests.first == server.requests.last)
    }

    @Test("a reply that only an attacker would send is passed over until the time is up")
    func forged() throws {
        let server = try ScriptedServer([.wrongSecret, .unsigned, .otherIdentifier])
        let outcome = login(server)
        #expect(outcome.status == .couldNot)
        #expect(outcome.output == "")
        #expect(outcome.messages.first?.contains("no valid answer from \(server.address)") == true)
        #expect(outcome.messages.contains { $0.contains("Response Authenticator is wrong") })
        #expect(outcome.messages.contains { $0.contains("no Message-Authenticator") })
        #expect(outcome.messages.contains { $0.contains("Identifier") })
    }

    @Test("where nothing listens is said at once")
    func nobody() throws {
        let outcome = watchword("login alice --server 127.0.0.1:1 --secret s --password pw")
        #expect(outcome.status == .couldNot)
        #expect(outcome.messages.first?.contains("refused") == true)
    }

    @Test(
        "what cannot be asked is wrong usage",
        arguments: [
            "login", "login alice bob --server 127.0.0.1:1 --secret s",
            "login alice --server 127.0.0.1:1 --secret s --auth chap",
            "login alice --server 127.0.0.1:1 --secret s --auth mschapv2",
            "login alice --server 127.0.0.1:1 --secret s --auth eap",
            "login alice --server 127.0.0.1:1 --secret s",
            "login alice --server 127.0.0.1:1 --secret s --password \(String(repeating: "x", count: 129))",
            "login \(String(repeating: "x", count: 254)) --server 127.0.0.1:1 --secret s --password x",
        ])
    func wrongUsage(line: String) {
        #expect(watchword(line).status == .wrongUsage)
    }

    @Test(
        "an address that leads nowhere could not be asked",
        arguments: [
            "", ":1812", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "[::1", "[::1]1812",
            "no.such.host.invalid:1812",
        ])
    func addresses(text: String) {
        let outcome = watchword(["login", "alice", "--server", text, "--secret", "s", "--password", "x"])
        #expect(outcome.status == .couldNot)
        #expect(outcome.messages.first?.contains("it takes ADDRESS:PORT") == true)
    }

    @Test(
        "an address is read with and without a port",
        arguments: [
            ("127.0.0.1:18", "127.0.0.1:18"), ("127.0.0.1", "127.0.0.1:1812"), ("[::1]:18", "[::1]:18"),
            ("[::1]", "[::1]:1812"), ("::1", "[::1]:1812"),
        ])
    func resolving(text: String, address: String) {
        #expect(SocketAddress.resolving(text)?.description == address)
    }
}
