import Foundation
import TestSupport
import Testing

@Suite("Who guesses too often")
struct GuessTests {
    @Test("is rejected unseen, counted and logged under that reason; nobody else notices")
    func limited() throws {
        let installation = try Installation()
        try installation.configure("[Server]", "guesses_per_user = 4")
        try installation.configure("[Client other]\naddress = 127.0.0.2\nsecret = another secret, long enough")
        let serial = try installation.enrol("alice", type: "spass")
        try installation.enrol("bob", type: "spass")
        let server = try ServerProcess(installation)
        let attacker = [RadiusMessage.Attribute(31, "198.51.100.66")]
        for _ in 0..<12 {
            let answer = try server.login("alice", "guess", more: attacker)
            #expect(answer.code == RadiusMessage.accessReject)
            #expect(answer.text(RadiusMessage.replyMessage) == "Authentication failed")
        }
        #expect(try installation.token(serial).failCounter == 4)
        #expect(try installation.watchword("audit").components(separatedBy: "wrong-pin").count == 5)
        let metrics = try installation.watchword("metrics")
        #expect(metrics.contains("{decision=\"reject\",reason=\"too-many-guesses\"} 8\n"), "\(metrics)")
        // Even the right PIN, from there; from anywhere else alice does not notice.
        #expect(try server.login("alice", "1234", more: attacker).code == RadiusMessage.accessReject)
        #expect(try server.login("bob", "1234", more: attacker).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "1234", more: [.init(31, "192.0.2.1")]).code == RadiusMessage.accessAccept)
        let secret = Array("another secret, long enough".utf8)
        let request = try RadiusMessage.request(user: "alice", password: "1234", secret: secret, more: attacker)
        let other = try server.answer(to: request, over: server.socket(from: "127.0.0.2"), secret: secret)
        #expect(other.code == RadiusMessage.accessAccept)
        server.stop()
        #expect(server.log.wholeText().components(separatedBy: "reason=too-many-guesses").count == 2)
    }

    @Test("guesses no more often by sending all guesses at once")
    func burst() throws {
        let installation = try Installation()
        try installation.configure("[Server]", "guesses_per_user = 4")
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let socket = try server.socket()
        let begin = ContinuousClock.now
        // The PIN is right, and its hash is computed for the first of them: until then all of them wait for it.
        for identifier in UInt8(0)..<60 {
            try socket.send(
                RadiusMessage.request(
                    user: "alice", password: "1234000000", secret: installation.secret, identifier: identifier
                ).octets)
        }
        for _ in 0..<60 {
            let answer = try #require(try socket.receive(within: 60).flatMap { RadiusMessage($0) })
            #expect(answer.code == RadiusMessage.accessReject)
        }
        // One is given back in a quarter of a minute, should it take so long.
        let givenBack = Int((ContinuousClock.now - begin).components.seconds) / 15
        #expect(try (4...4 + givenBack).contains(installation.token(serial).failCounter))
        server.stop()
    }

    @Test("may go on where the operator sets no limit")
    func unlimited() throws {
        let installation = try Installation()
        try installation.configure("[Server]", "guesses_per_user = 0\nguesses_per_client = 0")
        let server = try ServerProcess(installation)
        for _ in 0..<60 { _ = try server.login("nobody", "guess") }
        #expect(!(try installation.watchword("metrics").contains("too-many-guesses")))
        server.stop()
    }
}
