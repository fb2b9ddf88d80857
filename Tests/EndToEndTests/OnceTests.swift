import Foundation
import TestSupport
import Testing

@Suite("A one-time password buys one accept")
struct OnceTests {
    /// Sends one password from as many sockets as there are requests, then takes the answers.
    private func burst(
        _ count: Int, _ password: String, at server: ServerProcess, state: [UInt8]? = nil
    ) throws -> [RadiusMessage] {
        let secret = server.installation.secret
        let requests = try (0..<count).map { index in
            try RadiusMessage.request(
                user: "alice", password: password, secret: secret, identifier: UInt8(index & 255), state: state)
        }
        let sockets = try requests.map { _ in try server.socket() }
        for (request, socket) in zip(requests, sockets) { try socket.send(request.octets) }
        return try zip(requests, sockets).map { request, socket in
            let answer = try #require(try socket.receive().flatMap { RadiusMessage($0) }, "\(server.log.textSoFar)")
            #expect(try answer.isAnswer(to: request, secret: secret))
            return answer
        }
    }

    @Test("32 concurrent sends of one TOTP value give exactly one accept")
    func concurrentTOTP() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "totp")
        let server = try ServerProcess(installation)
        let value = try OneTimePasswordGenerator.rfc4226.value(atSecond: Int64(Date.now.timeIntervalSince1970))
        let codes = try burst(32, "1234" + value, at: server).map(\.code)
        #expect(codes.count { $0 == RadiusMessage.accessAccept } == 1)
        #expect(codes.count { $0 == RadiusMessage.accessReject } == 31)
        server.stop()
    }

    @Test("round after round of HOTP values, each sent eight times at once")
    func rounds() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        for counter in UInt64(0)..<50 {
            let value = try OneTimePasswordGenerator.rfc4226.value(at: counter)
            let codes = try burst(8, "1234" + value, at: server).map(\.code)
            #expect(codes.count { $0 == RadiusMessage.accessAccept } == 1, "counter \(counter)")
        }
        #expect(try installation.token(serial).failCounter == 7)
        server.stop()
    }

    @Test("32 concurrent answers to one challenge give exactly one accept")
    func concurrentAnswers() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let state = try server.login("alice", "1234").first(RadiusMessage.state)
        let codes = try burst(32, "755224", at: server, state: state).map(\.code)
        #expect(codes.count { $0 == RadiusMessage.accessAccept } == 1)
        #expect(codes.count { $0 == RadiusMessage.accessReject } == 31)
        server.stop()
    }

    @Test("wrong guesses sent at once are all counted")
    func concurrentGuesses() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        _ = try burst(8, "1234000000", at: server)
        #expect(try installation.token(serial).failCounter == 8)
        _ = try burst(8, "9999000000", at: server)
        #expect(try installation.token(serial).failCounter == 10)
        server.stop()
    }
}

@Suite("What was told survives kill -9")
struct DurabilityTests {
    @Test("an accepted one-time password is refused after a restart", arguments: ["hotp", "totp"])
    func accepted(type: String) throws {
        let installation = try Installation()
        try installation.enrol("alice", type: type)
        let value =
            try type == "hotp"
            ? "755224" : OneTimePasswordGenerator.rfc4226.value(atSecond: Int64(Date.now.timeIntervalSince1970))
        let first = try ServerProcess(installation)
        #expect(try first.login("alice", "1234" + value).code == RadiusMessage.accessAccept)
        first.crash()
        let second = try ServerProcess(installation)
        #expect(try second.login("alice", "1234" + value).code == RadiusMessage.accessReject)
        if type == "hotp" { #expect(try second.login("alice", "1234287082").code == RadiusMessage.accessAccept) }
        second.stop()
    }

    @Test("round after round, nothing is accepted twice and no failure is forgotten")
    func rounds() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        for round in UInt64(0)..<5 {
            let server = try ServerProcess(installation)
            let accepted = try "1234" + OneTimePasswordGenerator.rfc4226.value(at: round)
            #expect(try server.login("alice", accepted).code == RadiusMessage.accessAccept)
            #expect(try server.login("alice", accepted).code == RadiusMessage.accessReject)
            server.crash()
            #expect(try installation.token(serial).failCounter == 1)
        }
    }

    @Test("an open challenge can be answered after a restart, and once only")
    func challenge() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let first = try ServerProcess(installation)
        let state = try first.login("alice", "1234").first(RadiusMessage.state)
        first.crash()
        let second = try ServerProcess(installation)
        #expect(try second.login("alice", "755224", state: state).code == RadiusMessage.accessAccept)
        second.crash()
        let third = try ServerProcess(installation)
        #expect(try third.login("alice", "287082", state: state).code == RadiusMessage.accessReject)
        third.stop()
    }
}
