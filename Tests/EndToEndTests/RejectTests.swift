import Foundation
import TestSupport
import Testing

/// One kind of refusal: what is done beforehand, what is tried, and what it leaves behind.
struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var user = "alice"
    let password: String
    /// Done to alice's token beforehand.
    var prepare: @Sendable (Installation, ServerProcess, _ serial: String) throws -> Void = { _, _, _ in }
    /// The fail counter of alice's token afterwards.
    let failCounter: Int
    /// The reason that the log names.
    let reason: String

    static let all = [
        Refusal(testDescription: "a wrong PIN", password: "9999755224", failCounter: 1, reason: "wrong-pin"),
        Refusal(testDescription: "no PIN", password: "755224", failCounter: 1, reason: "wrong-pin"),
        Refusal(
            testDescription: "a wrong one-time password", password: "1234000000", failCounter: 1, reason: "wrong-otp"),
        Refusal(
            testDescription: "a used one-time password", password: "1234755224",
            prepare: { _, server, _ in _ = try server.login("alice", "1234755224") }, failCounter: 1,
            reason: "otp-already-used"),
        Refusal(
            testDescription: "an unknown user", user: "mallory", password: "1234755224", failCounter: 0,
            reason: "unknown-user"),
        Refusal(
            testDescription: "a user without a token", user: "carol", password: "1234755224",
            prepare: { installation, _, _ in try installation.watchword("user", "add", "carol") }, failCounter: 0,
            reason: "no-token"),
        Refusal(
            testDescription: "a disabled token", password: "1234755224",
            prepare: { installation, _, serial in try installation.watchword("token", "disable", serial) },
            failCounter: 0, reason: "token-disabled"),
        Refusal(
            testDescription: "a locked token", password: "1234755224",
            prepare: { _, server, _ in for _ in 0..<10 { _ = try server.login("alice", "1234000000") } },
            failCounter: 10, reason: "token-locked"),
        Refusal(testDescription: "an empty password", password: "", failCounter: 1, reason: "wrong-pin"),
        Refusal(
            testDescription: "a password of 128 octets", password: String(repeating: "x", count: 128), failCounter: 1,
            reason: "wrong-pin"),
    ]
}

@Suite("A login that is refused")
struct RejectTests {
    @Test("is refused, counted, explained in the log, and tells the asker nothing", arguments: Refusal.all)
    func refused(refusal: Refusal) throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        try refusal.prepare(installation, server, serial)
        let answer = try server.login(refusal.user, refusal.password)
        #expect(answer.code == RadiusMessage.accessReject)
        #expect(try installation.token(serial).failCounter == refusal.failCounter)
        #expect(server.log.line(containing: "reason=\(refusal.reason)", within: 5) != nil, "\(server.log.textSoFar)")

        // Every refusal looks the same from outside: the text of the plainest one, and nothing else.
        let plainest = try server.login("nobody-at-all", "x")
        #expect(answer.attributes.dropFirst() == plainest.attributes.dropFirst())
        #expect(answer.attributes.map(\.type) == [RadiusMessage.messageAuthenticator, RadiusMessage.replyMessage])
        server.stop()
    }

    @Test("is held back for a second, while others are answered")
    func delay() throws {
        let installation = try Installation()
        try installation.write(
            installation.text(of: "watchword.ini").replacingOccurrences(
                of: "reject_delay = 0", with: "reject_delay = 1"),
            to: "watchword.ini")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let socket = try server.socket()
        let sent = ContinuousClock.now
        for (identifier, password) in [(UInt8(1), "1234000000"), (2, "1234755224")] {
            try socket.send(
                RadiusMessage.request(
                    user: "alice", password: password, secret: installation.secret, identifier: identifier
                ).octets)
        }
        let answers = try (0..<2).map { _ in try #require(try socket.receive().flatMap { RadiusMessage($0) }) }
        #expect(answers.map(\.identifier) == [2, 1])
        #expect(answers.map(\.code) == [RadiusMessage.accessAccept, RadiusMessage.accessReject])
        #expect(ContinuousClock.now - sent > .milliseconds(900))
        server.stop()
    }

    @Test("ten refusals lock a token, and reset-failcounter unlocks it")
    func locking() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        for count in 1...9 {
            _ = try server.login("alice", "1234000000")
            #expect(try installation.token(serial).failCounter == count)
        }
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        #expect(try installation.token(serial).failCounter == 0)
        for _ in 0..<12 { _ = try server.login("alice", "1234000000") }
        #expect(try installation.token(serial).failCounter == 10)
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessReject)
        try installation.watchword("token", "reset-failcounter", serial)
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a token that is enabled again, or gets a new PIN, opens at once in a running server")
    func administration() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        try installation.watchword("token", "disable", serial)
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessReject)
        try installation.watchword("token", "enable", serial)
        try installation.watchword("token", "set-pin", serial, "--pin", "4321")
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "4321287082").code == RadiusMessage.accessAccept)
        try installation.watchword("token", "delete", serial)
        #expect(try server.login("alice", "4321359152").code == RadiusMessage.accessReject)
        server.stop()
    }
}
