import Foundation
import TestSupport
import Testing

@Suite("A login by challenge")
struct ChallengeTests {
    @Test("the PIN is answered with a challenge, and the one-time password with Access-Accept")
    func twoSteps() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let challenge = try server.login("alice", "1234")
        #expect(challenge.code == RadiusMessage.accessChallenge)
        let state = try #require(challenge.first(RadiusMessage.state))
        #expect((16...32).contains(state.count))
        #expect(challenge.text(RadiusMessage.replyMessage)?.isEmpty == false)
        #expect(challenge.first(RadiusMessage.sessionTimeout) == [0, 0, 0, 120])
        let accept = try server.login("alice", "755224", state: state)
        #expect(accept.code == RadiusMessage.accessAccept)
        #expect(accept.first(RadiusMessage.state) == nil)
        server.stop()
    }

    @Test("radclient can answer a challenge")
    func radclient() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let first = try server.radclient("User-Name = alice, User-Password = 1234")
        #expect(first.output.contains("Received Access-Challenge"))
        let state = try #require(first.output.firstMatch(of: /State = (0x[0-9a-f]+)/)).1
        let second = try server.radclient("User-Name = alice, User-Password = 755224, State = \(state)")
        #expect(second.output.contains("Received Access-Accept"), "\(second.output)\(second.errors)")
        server.stop()
    }

    @Test("no two challenges have the same State, nor one that resembles the other")
    func unguessable() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let states = try (0..<8).map { _ in try #require(server.login("alice", "1234").first(RadiusMessage.state)) }
        for (index, state) in states.enumerated() {
            for other in states[(index + 1)...] {
                #expect(zip(state, other).count { $0 == $1 } < state.count / 2)
            }
        }
        server.stop()
    }

    @Test("a wrong answer is refused and counted")
    func wrongAnswer() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let state = try server.login("alice", "1234").first(RadiusMessage.state)
        #expect(try server.login("alice", "000000", state: state).code == RadiusMessage.accessReject)
        #expect(try installation.token(serial).failCounter == 1)
        #expect(try server.login("alice", "1234755224", state: state).code == RadiusMessage.accessReject)
        #expect(try installation.token(serial).failCounter == 2)
        server.stop()
    }

    @Test("a State works once")
    func reused() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let state = try server.login("alice", "1234").first(RadiusMessage.state)
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "287082", state: state).code == RadiusMessage.accessReject)
        server.stop()
    }

    @Test("a wrong answer uses the State up: the right one behind it comes too late, and buys nothing")
    func wrongThenRight() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let state = try server.login("alice", "1234").first(RadiusMessage.state)
        #expect(try server.login("alice", "000000", state: state).code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessReject)
        #expect(try installation.token(serial).failCounter == 2)
        // The one-time password was not taken for used, and a new challenge takes it.
        let fresh = try server.login("alice", "1234").first(RadiusMessage.state)
        #expect(try server.login("alice", "755224", state: fresh).code == RadiusMessage.accessAccept)
        #expect(try installation.token(serial).failCounter == 0)
        server.stop()
    }

    @Test("a State is good for the user it was given to alone")
    func otherUser() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        try installation.enrol("bob", seed: Array("bob's own seed, longer".utf8))
        let server = try ServerProcess(installation)
        let state = try server.login("alice", "1234").first(RadiusMessage.state)
        let bobs = try OneTimePasswordGenerator(seed: Array("bob's own seed, longer".utf8)).value(at: 0)
        #expect(try server.login("bob", bobs, state: state).code == RadiusMessage.accessReject)
        #expect(try server.login("bob", "755224", state: state).code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a State is good from the client it was given to alone")
    func otherClient() throws {
        let installation = try Installation()
        try installation.configure("[Client other]\naddress = 127.0.0.2\nsecret = another secret, long enough")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let state = try server.login("alice", "1234").first(RadiusMessage.state)
        let secret = Array("another secret, long enough".utf8)
        let request = try RadiusMessage.request(user: "alice", password: "755224", secret: secret, state: state)
        let answer = try server.answer(to: request, over: server.socket(from: "127.0.0.2"), secret: secret)
        #expect(answer.code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test(
        "a State that nobody gave out is refused", arguments: [[0], [UInt8](repeating: 7, count: 32), Array("x".utf8)])
    func unknown(state: [UInt8]) throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("an expired challenge is refused")
    func expired() throws {
        let installation = try Installation()
        try installation.configure("[Server]", "challenge_validity = 1")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let challenge = try server.login("alice", "1234")
        #expect(challenge.first(RadiusMessage.sessionTimeout) == [0, 0, 0, 1])
        Thread.sleep(forTimeInterval: 1.1)
        let state = challenge.first(RadiusMessage.state)
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessReject)
        server.stop()
    }
}
