import Foundation
import TestSupport
import Testing

@Suite("The load generator")
struct BenchTests {
    private func accounts() throws -> LoadAccounts { try LoadAccounts(50, of: CrashTests.installation()) }

    @Test(
        "loads a server with every kind of login, one after another or mixed",
        arguments: [
            ("pap", 200, 0), ("challenge", 200, 200), ("status", 200, 0), ("duplicate", 200, 0),
            ("pap,challenge,status", 201, 67),
        ])
    func modes(_ mode: String, accepts: Int, challenges: Int) throws {
        let accounts = try accounts()
        let server = try ServerProcess(accounts.installation)
        let load = try accounts.load(["--mode", mode, "--copies", "5", "--logins", "\(accepts)"])
        let counts = try load.report().counts
        #expect(load.status() == 0)
        #expect(counts.accepts == accepts && counts.challenges == challenges && counts.rejects == 0, "\(counts)")
        #expect(counts.correct == (mode == "duplicate" ? 5 * accepts : accepts), "\(counts)")
        #expect(try accounts.contradictions() == [])
        server.stop()
    }

    @Test("offers as many wrong passwords as it is told to, and counts what became of them")
    func wrong() throws {
        let accounts = try accounts()
        let server = try ServerProcess(accounts.installation)
        let counts = try accounts.load(["--wrong", "100", "--logins", "100"]).report().counts
        // One of a hundred thousand is right by chance.
        let wrong = 100 - counts.guesses
        #expect(counts.rejects == wrong && counts.correct == wrong && counts.accepts == counts.guesses, "\(counts)")
        server.stop()
    }

    @Test("begins as many logins a second as it is told to")
    func rate() throws {
        let accounts = try accounts()
        let server = try ServerProcess(accounts.installation)
        let report = try accounts.load(["--rate", "200", "--logins", "60"]).report()
        #expect(report.counts.accepts == 60)
        // 60 logins at 200 a second are begun within 0.3 s, and not sooner; how much later, no test can tell.
        #expect(report.seconds >= 0.29)
        server.stop()
    }

    @Test("asks again, and counts as lost what nobody answers")
    func lost() throws {
        let accounts = try accounts()
        let load = try accounts.load(["--logins", "10", "--timeout", "20", "--retries", "2"])
        let counts = try load.report().counts
        #expect(load.status() == 1)
        #expect(counts.lost == 10 && counts.retransmissions == 20 && counts.correct == 0, "\(counts)")
    }

    @Test("believes nobody who does not know the secret")
    func wrongAuthenticators() throws {
        let accounts = try accounts()
        let server = try ServerProcess(accounts.installation)
        let port = server.port
        server.stop()
        let responder = try NullResponder(accounts.installation, port: port)
        // A reply that comes after the last time is up is not counted: on a busy machine, it takes its time.
        let options = ["--mode", "status", "--logins", "10", "--timeout", "2000", "--retries", "1"]
        let load = try accounts.load(options)
        let counts = try load.report().counts
        #expect(load.status() == 1)
        #expect(counts.wrongAuthenticators == 20 && counts.lost == 10 && counts.correct == 0, "\(counts)")
        let credulous = try accounts.load(options + ["--unverified"]).report().counts
        #expect(credulous.correct == 10 && credulous.wrongAuthenticators == 0, "\(credulous)")
        withExtendedLifetime(responder) {}
    }

    @Test(
        "refuses what it cannot do",
        arguments: [
            ["--mode", "sms"], ["--mode", ""], ["--mode", "pap,race"], ["--mode", "pap,duplicate"], ["--wrong", "101"],
            ["--ports", "0"], ["--mode", "pap"],
        ])
    func refused(options: [String]) throws {
        let installation = try Installation()
        let result = try Command.run(
            Command.watchword.path(), ["bench"] + options, environment: installation.environment)
        #expect(result.status == 2 && result.output.isEmpty, "\(result)")
    }
}

/// Benchmarks/null-responder: answers everything, and knows no secret.
private final class NullResponder {
    private let process = Process()

    init(_ installation: Installation, port: UInt16) throws {
        let program = installation.folder.appending(path: "null-responder")
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Benchmarks/null-responder.c").standardized
        let built = try Command.run(
            "/usr/bin/env", ["cc", "-O2", "-Wall", "-Wextra", "-pthread", "-o", program.path(), source.path()])
        try #require(built.status == 0, "\(built.errors)")
        process.executableURL = program
        process.arguments = ["\(installation.host):\(port)"]
        try process.run()
        let socket = try UDPSocket(from: installation.host, to: installation.host, port: port)
        var isThere = false
        for _ in 0..<200 where !isThere {
            try? socket.send(Array(repeating: 0, count: 20))
            isThere = (try? socket.receive(within: 0.05)) != nil
            // Before it listens, the system refuses at once.
            if !isThere { usleep(20_000) }
        }
        try #require(isThere, "the null responder does not answer")
    }

    /// One that never ran has the identifier 0, which stands for all processes of our group.
    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}
