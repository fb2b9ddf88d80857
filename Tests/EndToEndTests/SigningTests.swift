import Foundation
import TestSupport
import Testing

@Suite("Who must sign their requests (CVE-2024-3596)")
struct SigningTests {
    private static let secret = Array("another secret, long enough".utf8)

    private func installation(_ lines: String = "") throws -> Installation {
        let installation = try Installation()
        try installation.configure(
            "[Client one]\naddress = 127.0.0.2, 127.0.0.3\nsecret = another secret, long enough\n\(lines)")
        try installation.enrol("alice", type: "spass")
        return installation
    }

    private enum Fate { case accepted, silence }

    /// What becomes of a right login.
    private func expect(
        _ fate: Fate, signed: Bool, by server: ServerProcess, from source: String = "127.0.0.2",
        more: [RadiusMessage.Attribute] = [], _ location: SourceLocation = #_sourceLocation
    ) throws {
        let request = try RadiusMessage.request(
            user: "alice", password: "1234", secret: Self.secret, more: more, signed: signed)
        let socket = try server.socket(from: source)
        switch fate {
        case .accepted:
            let answer = try server.answer(to: request, over: socket, secret: Self.secret, location)
            #expect(answer.code == RadiusMessage.accessAccept, sourceLocation: location)
        case .silence:
            try socket.send(request.octets)
            #expect(try socket.receive(within: 0.2) == nil, sourceLocation: location)
        }
    }

    @Test("init writes a client that must")
    func initialised() throws {
        let text = try Installation().text(of: "watchword.ini")
        #expect(text.contains("\nrequire_message_authenticator = yes\n"))
    }

    @Test("what was learned of a device holds after kill -9, for that device alone, and is said once")
    func restart() throws {
        let installation = try installation()
        let first = try ServerProcess(installation)
        try expect(.accepted, signed: false, by: first)
        for _ in 0..<3 { try expect(.accepted, signed: true, by: first) }
        try expect(.silence, signed: false, by: first)
        first.crash()
        #expect(first.log.wholeText().components(separatedBy: "from now on it must").count == 2)

        let second = try ServerProcess(installation)
        try expect(.silence, signed: false, by: second)
        try expect(.accepted, signed: false, by: second, from: "127.0.0.3")
        try expect(.accepted, signed: true, by: second)
        second.stop()
        #expect(!second.log.wholeText().contains("from now on it must"))
    }

    @Test("it is forgotten where the operator decides, and learned again")
    func forgotten() throws {
        let installation = try installation("require_message_authenticator = auto")
        let server = try ServerProcess(installation)
        let text = try installation.text(of: "watchword.ini")
        try expect(.accepted, signed: true, by: server)
        try expect(.silence, signed: false, by: server)
        try installation.write(
            text.replacingOccurrences(of: "authenticator = auto", with: "authenticator = no"), to: "watchword.ini")
        try installation.watchword("reload")
        try expect(.accepted, signed: false, by: server)
        try expect(.accepted, signed: true, by: server)
        try installation.write(text, to: "watchword.ini")
        try installation.watchword("reload")
        try expect(.accepted, signed: false, by: server)
        server.stop()
        let next = try ServerProcess(installation)
        try expect(.accepted, signed: false, by: next)
        try expect(.accepted, signed: true, by: next)
        try expect(.silence, signed: false, by: next)
        next.stop()
    }

    @Test("a signature that is asked of everybody teaches nothing, nor does a wrong one")
    func teachesNothing() throws {
        let installation = try installation()
        let server = try ServerProcess(installation)
        let socket = try server.socket(from: "127.0.0.2")
        let status = try RadiusMessage.statusServer(secret: Self.secret)
        #expect(try server.answer(to: status, over: socket, secret: Self.secret).code == RadiusMessage.accessAccept)
        var eap = try RadiusMessage.request(user: "alice", password: "1234", secret: Self.secret)
        eap.attributes = [.init(RadiusMessage.userName, "alice"), .init(79, [2, 1, 0, 10, 1] + Array("alice".utf8))]
        try eap.sign(with: Self.secret)
        #expect(try server.answer(to: eap, over: socket, secret: Self.secret).code == RadiusMessage.accessReject)
        var wrong = try RadiusMessage.request(user: "alice", password: "1234", secret: Self.secret)
        wrong.attributes[0] = .init(RadiusMessage.messageAuthenticator, [UInt8](repeating: 7, count: 16))
        try socket.send(wrong.octets)
        try expect(.accepted, signed: false, by: server)
        server.stop()
    }

    @Test("an unsigned Proxy-State is what a forger needs", arguments: ["yes", "auto", "no"])
    func proxyState(limit: String) throws {
        let installation = try installation("require_message_authenticator = no\nlimit_proxy_state = \(limit)")
        let server = try ServerProcess(installation)
        let more = [RadiusMessage.Attribute(RadiusMessage.proxyState, "a")]
        try expect(limit == "no" ? .accepted : .silence, signed: false, by: server, more: more)
        try expect(.accepted, signed: true, by: server, more: more)
        try expect(.accepted, signed: false, by: server)
        try expect(limit == "no" ? .accepted : .silence, signed: false, by: server, more: more)
        server.stop()
    }

    @Test("who does not is counted, shown, and warned of once")
    func warned() throws {
        let installation = try installation("require_message_authenticator = no")
        let server = try ServerProcess(installation)
        for source in ["127.0.0.2", "127.0.0.3", "127.0.0.2"] {
            try expect(.accepted, signed: false, by: server, from: source)
        }
        try expect(.accepted, signed: true, by: server)
        #expect(try installation.watchword("metrics").contains("\nwatchword_unsigned_requests_total 3\n"))
        #expect(try installation.watchword("status").contains(/clientsUnsigned +one/))
        server.stop()
        #expect(server.log.wholeText().components(separatedBy: "sends no Message-Authenticator").count == 2)
    }
}
