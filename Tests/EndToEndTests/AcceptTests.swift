import Cryptography
import Foundation
import TestSupport
import Testing

@Suite("A login in one step")
struct AcceptTests {
    @Test("PIN and one-time password give Access-Accept, by radclient")
    func radclient() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let result = try server.radclient("User-Name = alice, User-Password = 1234755224")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("Received Access-Accept"))
        #expect(try installation.token(serial).failCounter == 0)
        server.stop()
    }

    static let kinds: [(type: String, generator: OneTimePasswordGenerator)] = [
        ("hotp", .init(seed: Array("12345678901234567890".utf8))),
        ("hotp", .init(seed: Array("12345678901234567890".utf8), digits: 8)),
        ("hotp", .init(seed: Array("12345678901234567890123456789012".utf8), digits: 7, algorithm: .sha256)),
        ("totp", .init(seed: Array("12345678901234567890".utf8))),
        ("totp", .init(seed: Array("12345678901234567890123456789012".utf8), digits: 8, algorithm: .sha256)),
        ("totp", .init(seed: Array(repeating: 0xff, count: 64), digits: 8, algorithm: .sha512, period: 60)),
    ]

    @Test("every algorithm, length and period", arguments: kinds)
    func kind(type: String, generator: OneTimePasswordGenerator) throws {
        let installation = try Installation()
        var options = ["--digits", "\(generator.digits)", "--algorithm", generator.algorithm.rawValue]
        if type == "totp" { options += ["--period", "\(generator.period)"] }
        try installation.enrol("alice", type: type, seed: generator.seed, options: options)
        let server = try ServerProcess(installation)
        let now = Int64(Date.now.timeIntervalSince1970)
        let value = try type == "hotp" ? generator.value(at: 0) : generator.value(atSecond: now)
        #expect(try server.login("alice", "1234" + value).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "1234" + value).code == RadiusMessage.accessReject)
        server.stop()
    }

    @Test("the counter may be ahead by nine, and not by ten")
    func lookAhead() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let generator = OneTimePasswordGenerator.rfc4226
        #expect(try server.login("alice", "1234" + generator.value(at: 10)).code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "1234" + generator.value(at: 9)).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "1234" + generator.value(at: 8)).code == RadiusMessage.accessReject)
        server.stop()
    }

    @Test("the PIN comes after the one-time password where a policy says so")
    func pinAfter() throws {
        let installation = try Installation()
        try installation.configure("[Policy pin-last]\nscope = authentication\nprepend_pin = no")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "7552241234").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a PIN alone opens where the token is of type spass")
    func simplePass() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "spass")
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "1235").code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "1234").code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "1234").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("PIN and static password open where the token is of type password")
    func staticPassword() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "password", options: ["--password", "correct horse"])
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "correct horse").code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "1234correct horse").code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "1234wrong horse!!").code == RadiusMessage.accessReject)
        server.stop()
    }

    @Test("a user may name the realm", arguments: ["alice@default", "alice@DEFAULT", "default\\alice"])
    func realm(name: String) throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        #expect(try server.login(name, "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("over IPv6")
    func ipv6() throws {
        let installation = try Installation(host: "::1")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        let result = try server.radclient("User-Name = alice, User-Password = 1234287082")
        #expect(result.output.contains("Received Access-Accept"), "\(result.output)\(result.errors)")
        server.stop()
    }
}
