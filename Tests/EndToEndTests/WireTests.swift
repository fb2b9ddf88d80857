import Foundation
import TestSupport
import Testing

@Suite("Octets on the wire")
struct WireTests {
    /// That nothing was answered is seen from what comes instead: the answer to the next request, and nothing after it.
    private func expectSilence(
        about octets: [UInt8], from server: ServerProcess, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let socket = try server.socket()
        try socket.send(octets)
        let next = try RadiusMessage.request(
            user: "nobody", password: "x", secret: server.installation.secret,
            identifier: (octets.dropFirst().first ?? 0) &+ 1)
        _ = try server.answer(to: next, over: socket, location)
        #expect(try socket.receive(within: 0.05) == nil, sourceLocation: location)
    }

    @Test("a request with a wrong Message-Authenticator is dropped")
    func wrongMessageAuthenticator() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        var request = try RadiusMessage.request(user: "alice", password: "1234755224", secret: installation.secret)
        request.attributes[0] = .init(RadiusMessage.messageAuthenticator, [UInt8](repeating: 7, count: 16))
        try expectSilence(about: request.octets, from: server)
        #expect(server.log.line(containing: "Message-Authenticator is wrong", within: 5) != nil)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a request that was changed on its way is dropped")
    func changed() throws {
        let installation = try Installation()
        let server = try ServerProcess(installation)
        var request = try RadiusMessage.request(user: "alice", password: "1234", secret: installation.secret)
        request.attributes.append(.init(RadiusMessage.proxyState, "injected"))
        try expectSilence(about: request.octets, from: server)
        server.stop()
    }

    @Test("an unsigned request is answered until its client has signed one, then dropped")
    func unsigned() throws {
        let installation = try Installation()
        try installation.configure("[Client one]\naddress = 127.0.0.2\nsecret = another secret, long enough")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let secret = Array("another secret, long enough".utf8)
        let socket = try server.socket(from: "127.0.0.2")
        for (identifier, password, isSigned) in [(UInt8(1), "1234755224", false), (2, "1234287082", true)] {
            let request = try RadiusMessage.request(
                user: "alice", password: password, secret: secret, identifier: identifier, signed: isSigned)
            let answer = try server.answer(to: request, over: socket, secret: secret)
            #expect(answer.code == RadiusMessage.accessAccept)
        }
        let unsigned = try RadiusMessage.request(user: "alice", password: "1234359152", secret: secret, signed: false)
        try socket.send(unsigned.octets)
        #expect(server.log.line(containing: "Message-Authenticator is missing", within: 5) != nil)
        #expect(try socket.receive(within: 0.05) == nil)
        server.stop()
    }

    @Test("an unsigned request is dropped where Message-Authenticator is required")
    func required() throws {
        let installation = try Installation()
        // As init writes it.
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let request = try RadiusMessage.request(
            user: "alice", password: "1234755224", secret: installation.secret, signed: false)
        try expectSilence(about: request.octets, from: server)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a stranger hears nothing, and the log shows the section that would let it in")
    func unknownClient() throws {
        let installation = try Installation()
        let server = try ServerProcess(installation)
        let stranger = try server.socket(from: "127.0.0.99")
        try stranger.send(RadiusMessage.request(user: "alice", password: "1234", secret: installation.secret).octets)
        #expect(server.log.line(containing: "127.0.0.99", within: 5) != nil, "\(server.log.textSoFar)")
        #expect(server.log.textSoFar.contains("[Client "))
        #expect(server.log.textSoFar.contains("address = 127.0.0.99"))
        #expect(try stranger.receive(within: 0.05) == nil)
        server.stop()
    }

    @Test("a retransmission gets the same octets, and is decided once")
    func retransmission() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let socket = try server.socket()
        for password in ["1234000000", "1234755224", "1234"] {
            let request = try RadiusMessage.request(user: "alice", password: password, secret: installation.secret)
            try socket.send(request.octets)
            let first = try #require(try socket.receive())
            try socket.send(request.octets)
            #expect(try socket.receive() == first)
            try socket.send(request.octets)
            #expect(try socket.receive() == first)
            if password == "1234000000" { #expect(try installation.token(serial).failCounter == 1) }
        }
        server.stop()
    }

    @Test("the same identifier with other content is a new request")
    func sameIdentifier() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let socket = try server.socket()
        for (password, code) in [
            ("1234755224", RadiusMessage.accessAccept), ("1234755224", RadiusMessage.accessReject),
            ("1234287082", RadiusMessage.accessAccept), ("1234", RadiusMessage.accessChallenge),
        ] {
            let request = try RadiusMessage.request(
                user: "alice", password: password, secret: installation.secret, identifier: 42)
            #expect(try server.answer(to: request, over: socket).code == code)
        }
        server.stop()
    }

    @Test("the same octets from another port are a new request")
    func otherPort() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let request = try RadiusMessage.request(user: "alice", password: "1234755224", secret: installation.secret)
        #expect(try server.answer(to: request, over: server.socket()).code == RadiusMessage.accessAccept)
        #expect(try server.answer(to: request, over: server.socket()).code == RadiusMessage.accessReject)
        server.stop()
    }

    @Test("Proxy-States come back in order, on every kind of answer")
    func proxyState() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let states: [RadiusMessage.Attribute] = [
            .init(RadiusMessage.proxyState, "inner"), .init(RadiusMessage.proxyState, [0, 255]),
            .init(RadiusMessage.proxyState, "outer"),
        ]
        for password in ["1234", "1234000000", "1234755224"] {
            let answer = try server.login("alice", password, more: states)
            #expect(answer.attributes.suffix(3) == states[...])
        }
        server.stop()
    }

    @Test("a Class that a device sends is not believed, and does not come back")
    func requestClass() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let answer = try server.login("alice", "1234755224", more: [.init(25, "admin")])
        #expect(answer.code == RadiusMessage.accessAccept)
        #expect(answer.values(25).isEmpty)
        server.stop()
    }

    @Test("Status-Server is answered, and only when signed")
    func statusServer() throws {
        let installation = try Installation()
        let server = try ServerProcess(installation)
        var request = RadiusMessage(
            code: RadiusMessage.statusServer, identifier: 9, authenticator: (0..<16).map { _ in .random(in: 0...255) },
            attributes: [])
        try expectSilence(about: request.octets, from: server)
        try request.sign(with: installation.secret)
        #expect(try server.answer(to: request, over: server.socket()).code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("what is no Access-Request is met with silence, and the server goes on")
    func malformed() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let good = try RadiusMessage.request(user: "alice", password: "1234755224", secret: installation.secret).octets
        var changed: [[UInt8]] = [
            [], [1], Array(good.prefix(19)), Array(good.dropLast()), [UInt8](repeating: 1, count: 5000),
        ]
        for (position, octet) in [(0, 2), (0, 4), (0, 255), (2, 255), (3, 0), (3, 19), (21, 0), (21, 1), (21, 255)] {
            var octets = good
            octets[position] = UInt8(octet)
            changed.append(octets)
        }
        for octets in changed { try expectSilence(about: octets, from: server) }
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }
}
