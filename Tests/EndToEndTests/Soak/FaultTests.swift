import Foundation
import TestSupport
import Testing

@Suite("While the store cannot commit nobody is told anything, and afterwards all is well", .serialized)
struct FaultTests {
    /// How many requests went unanswered because of the store, by `watchword metrics`.
    private func unanswered(by server: ServerProcess) throws -> Int {
        let metrics = try server.installation.run("metrics")
        try #require(metrics.status == 0, "\(metrics.errors)\(server.story)")
        let count = metrics.output.firstMatch(of: /watchword_discards_total\{reason="store_unavailable"\} (\d+)/)
        return count.flatMap { Int($0.1) } ?? 0
    }

    private func request(_ password: String, _ installation: Installation, state: [UInt8]? = nil) throws
        -> RadiusMessage
    {
        try .request(user: "alice", password: password, secret: installation.secret, state: state)
    }

    @Test("one login after another", arguments: Fault.allCases)
    func logins(fault: Fault) throws {
        let machine = try FaultyMachine(Installation())
        let installation = machine.installation
        let serial = try installation.enrol("alice")
        let server = try machine.start()
        let values = try (0..<5).map { try OneTimePasswordGenerator.rfc4226.value(at: $0) }
        #expect(try server.login("alice", "1234" + values[0]).code == RadiusMessage.accessAccept)
        let state = try #require(try server.login("alice", "1234").first(RadiusMessage.state))

        try machine.cause(fault, for: server)
        let requests = try [
            request("1234" + values[1], installation),
            request(values[2], installation, state: state),
            request("1234", installation),
            request("1234000000", installation),
            request("1234" + values[0], installation),
        ]
        let sockets = try requests.map { _ in try server.socket() }
        for (request, socket) in zip(requests, sockets) { try socket.send(request.octets) }
        let areDropped = try Soak.wait { try unanswered(by: server) >= requests.count }
        try #require(areDropped, "\(server.story)")
        for socket in sockets { #expect(try socket.receive(within: 0) == nil, "answered though nothing is durable") }
        try machine.end(fault, for: server)

        // The same packet again: it has not been evaluated yet.
        #expect(try server.answer(to: requests[0], over: sockets[0]).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "1234" + values[1]).code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "1234" + values[0]).code == RadiusMessage.accessReject)
        #expect(try installation.token(serial).failCounter == 2)
        #expect(try server.answer(to: requests[1], over: sockets[1]).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", values[3], state: state).code == RadiusMessage.accessReject)

        server.crash()
        try installation.watchword("audit", "verify")
        let next = try machine.start()
        for value in values.prefix(3) {
            #expect(try next.login("alice", "1234" + value).code == RadiusMessage.accessReject)
        }
        #expect(try next.login("alice", "1234" + values[3]).code == RadiusMessage.accessAccept)
        next.stop()
        try installation.watchword("audit", "verify")
    }

    @Test("a disk that becomes full stops nobody while the log has room of its own")
    func growth() throws {
        let machine = try FaultyMachine(Installation())
        let installation = machine.installation
        try installation.enrol("alice", type: "spass")
        let server = try machine.start()
        let log = installation.folder.appending(path: "watchword.db-wal").path()
        let hasRoom = Soak.wait {
            let size = (try? FileManager.default.attributesOfItem(atPath: log))?[.size] as? Int
            return size ?? 0 > 4000 * 4120
        }
        try #require(hasRoom, "the temporary folder's disk needs 350 MB free: \(server.story)")
        try machine.setGrowing(false)
        for _ in 0..<20 { #expect(try server.login("alice", "1234").code == RadiusMessage.accessAccept) }
        try machine.setGrowing(true)
        server.crash()
        try installation.watchword("audit", "verify")
        let next = try machine.start()
        #expect(try next.login("alice", "1234").code == RadiusMessage.accessAccept)
        next.stop()
    }

    @Test("Status-Server is silent, too, until the store works again, though nobody has logged in since")
    func statusServer() throws {
        let machine = try FaultyMachine(Installation())
        try machine.installation.enrol("alice")
        let server = try machine.start()
        let (status, login) = (try server.socket(), try server.socket())
        let secret = machine.installation.secret
        #expect(try server.answer(to: .statusServer(secret: secret), over: status).code == RadiusMessage.accessAccept)
        try machine.cause(.flushFailing, for: server)
        try login.send(request("1234755224", machine.installation).octets)
        let isDropped = try Soak.wait { try unanswered(by: server) > 0 }
        try #require(isDropped, "\(server.story)")
        for identifier in UInt8(1)...5 {
            try status.send(RadiusMessage.statusServer(secret: secret, identifier: identifier).octets)
            #expect(try status.receive(within: 0.05) == nil)
        }
        try machine.end(.flushFailing, for: server)
        let isAnswered = try Soak.wait {
            try status.send(RadiusMessage.statusServer(secret: secret).octets)
            return try status.receive(within: 0.2) != nil
        }
        #expect(isAnswered, "\(server.story)")
        server.stop()
    }

    @Test("where the operator wants it, everybody is rejected instead", arguments: [Fault.flushFailing, .diskFull])
    func reject(fault: Fault) throws {
        let machine = try FaultyMachine(Installation())
        try machine.installation.configure("[Server]", "on_failure = reject")
        let serial = try machine.installation.enrol("alice")
        let server = try machine.start()
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        try machine.cause(fault, for: server)
        for password in ["1234287082", "1234", "1234000000"] {
            let answer = try server.login("alice", password)
            #expect(answer.code == RadiusMessage.accessReject)
            #expect(answer.text(RadiusMessage.replyMessage) == "Authentication failed")
        }
        #expect(server.log.line(containing: "reason=server-failure", within: 5) != nil, "\(server.story)")
        let metrics = try machine.installation.watchword("metrics")
        #expect(metrics.contains("watchword_decisions_total{decision=\"reject\",reason=\"server-failure\"} 3"))
        try machine.end(fault, for: server)
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessAccept)
        #expect(try machine.installation.token(serial).failCounter == 0)
        server.stop()
    }

    @Test("the server ends in order while it lasts", arguments: Fault.allCases)
    func stop(fault: Fault) throws {
        let machine = try FaultyMachine(Installation())
        try machine.installation.enrol("alice")
        let server = try machine.start()
        try machine.cause(fault, for: server)
        let request = try request("1234755224", machine.installation)
        let socket = try server.socket()
        try socket.send(request.octets)
        server.stop()
        #expect(try socket.receive(within: 0) == nil)
        try machine.end(fault, for: server)
        let next = try machine.start()
        #expect(try next.login("alice", "1234755224").code == RadiusMessage.accessAccept)
        next.stop()
    }

    @Test("under load, and killed while it lasts", arguments: Fault.allCases)
    func load(fault: Fault) throws {
        var random = Soak.generator(for: "\(fault)")
        // A locked database takes SQLite's whole patience, five seconds, each time.
        let rounds = Soak.rounds(few: 2) / (fault == .databaseLocked ? 2 : 1)
        for series in Soak.series(of: rounds) {
            let accounts = try LoadAccounts(64, of: CrashTests.installation())
            let machine = try FaultyMachine(accounts.installation)
            var server = try machine.start()
            for round in series { try self.round(round, fault, on: machine, accounts, &server, &random) }
            server.stop()
        }
    }

    private func round(
        _ round: Int, _ fault: Fault, on machine: FaultyMachine, _ accounts: LoadAccounts,
        _ server: inout ServerProcess, _ random: inout SeededGenerator
    ) throws {
        let unansweredBefore = try unanswered(by: server)
        // At a rate, so that the load outlasts the moment at which the fault is brought about, however fast the server.
        let load = try accounts.load([
            "--wrong", "20", "--rate", "1000", "--logins", "1000", "--timeout", "200", "--retries", "200",
        ])
        let isThere = try load.waitForAccepts(.random(in: 1...200, using: &random))
        try #require(isThere, "round \(round): \(server.story)")
        try machine.cause(fault, for: server)
        let isNoticed = try Soak.wait { try unanswered(by: server) > unansweredBefore || !load.isRunning }
        try #require(isNoticed && load.isRunning, "round \(round): \(server.story)")
        let isKilled = Bool.random(using: &random)
        if isKilled { server.crash() }
        try machine.end(fault, for: server)
        if isKilled { server = try machine.start() }

        let counts = try load.report().counts
        #expect(counts.falseAccepts == 0 && counts.wrongAuthenticators == 0, "round \(round): \(counts)")
        #expect(counts.lost == 0 && counts.accepts > 500, "round \(round): \(counts)")
        #expect(try accounts.contradictions() == [], "round \(round)")
        try accounts.expectRefused(by: server, lastOf: 8, "round \(round)")
    }
}

@Suite("When the system fails the server's threads")
struct ThreadFaultTests {
    @Test("a listener that cannot receive goes on as soon as it can, and writes one line of it")
    func receiving() throws {
        let machine = try FaultyMachine(Installation())
        try machine.installation.enrol("alice", type: "spass")
        let server = try machine.start()
        try machine.setReceiving(false)
        // Each receiving thread waits within a call that began before: one more datagram for it, and then none.
        for identifier in UInt8(0)..<64 {
            let request = try RadiusMessage.request(
                user: "alice", password: "1234", secret: machine.installation.secret, identifier: identifier)
            try server.socket().send(request.octets)
        }
        #expect(server.log.line(containing: "recvmmsg: Cannot allocate memory", within: 10) != nil, "\(server.story)")
        usleep(300_000)
        try #require(server.isRunning)
        try machine.setReceiving(true)
        #expect(try server.login("alice", "1234").code == RadiusMessage.accessAccept)
        server.stop()
        #expect(server.log.wholeText().components(separatedBy: "recvmmsg").count == 2)
    }

    @Test("a database that opens once and never again ends the server with status 3, and with the reason")
    func databaseGone() throws {
        let machine = try FaultyMachine(Installation())
        let result = try machine.serve(openingDatabases: 1)
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains("cannot open"))
        #expect(!result.errors.contains("ready"))
    }
}

@Suite("A clock that is set back gives no one-time password a second life", .serialized)
struct ClockTests {
    @Test("under load, and killed while it is wrong")
    func load() throws {
        var random = Soak.generator(for: "clock")
        for series in Soak.series(of: Soak.rounds(few: 2)) {
            // Each of them has nine passwords at once, and then one each half minute.
            let accounts = try LoadAccounts(60 * series.count, type: "totp", of: CrashTests.installation())
            let machine = try FaultyMachine(accounts.installation)
            var server = try machine.start()
            for round in series { try self.round(round, on: machine, accounts, &server, &random) }
            server.stop()
        }
    }

    private func round(
        _ round: Int, on machine: FaultyMachine, _ accounts: LoadAccounts, _ server: inout ServerProcess,
        _ random: inout SeededGenerator
    ) throws {
        let load = try accounts.load([
            "--wrong", "20", "--rate", "500", "--logins", "400", "--timeout", "200", "--retries", "200",
        ])
        let isThere = try load.waitForAccepts(.random(in: 1...100, using: &random))
        try #require(isThere, "round \(round): \(server.story)")
        // By less than the window, by more, and to before 1970.
        let reach = try #require([170, 100_000, 2_000_000_000].randomElement(using: &random))
        try machine.setClock(secondsOff: -.random(in: reach / 2...reach, using: &random))
        usleep(.random(in: 0...300_000, using: &random))
        if Bool.random(using: &random) {
            server.crash()
            server = try machine.start()
        }
        try machine.setClock(secondsOff: 0)
        let counts = try load.report().counts
        #expect(counts.falseAccepts == 0 && counts.wrongAuthenticators == 0, "round \(round): \(counts)")
        #expect(counts.lost == 0, "round \(round): \(counts)")
        #expect(try accounts.contradictions() == [], "round \(round)")
        try accounts.expectRefused(by: server, lastOf: 8, "round \(round)")
    }

    @Test("by an hour, by a year, to before 1970", arguments: [3600, 31_536_000, 2_000_000_000])
    func back(seconds: Int) throws {
        let machine = try FaultyMachine(Installation())
        let installation = machine.installation
        try installation.enrol("alice", type: "totp")
        try installation.enrol("bob")
        let now = Int64(Date.now.timeIntervalSince1970)
        let first = try machine.start()
        let totp = try "1234" + OneTimePasswordGenerator.rfc4226.value(atSecond: now)
        #expect(try first.login("alice", totp).code == RadiusMessage.accessAccept)
        let state = try first.login("bob", "1234").first(RadiusMessage.state)
        let request = try RadiusMessage.request(
            user: "bob", password: "1234755224", secret: installation.secret)
        let socket = try first.socket()
        let answer = try first.answer(to: request, over: socket)
        #expect(answer.code == RadiusMessage.accessAccept)

        try machine.setClock(secondsOff: -seconds)
        #expect(try first.login("alice", totp).code == RadiusMessage.accessReject)
        if now > Int64(seconds) {
            let past = try "1234" + OneTimePasswordGenerator.rfc4226.value(atSecond: now - Int64(seconds))
            #expect(try first.login("alice", past).code == RadiusMessage.accessReject)
        }
        #expect(try first.answer(to: request, over: socket).octets == answer.octets)
        #expect(try first.login("bob", "1234755224").code == RadiusMessage.accessReject)
        #expect(try first.login("bob", "1234287082").code == RadiusMessage.accessAccept)
        #expect(try first.login("bob", "359152", state: state).code == RadiusMessage.accessAccept)
        first.crash()
        let second = try machine.start()
        #expect(try second.login("alice", totp).code == RadiusMessage.accessReject)
        #expect(try second.login("bob", "1234359152").code == RadiusMessage.accessReject)
        #expect(try second.login("bob", "1234969429").code == RadiusMessage.accessAccept)

        try machine.setClock(secondsOff: 0)
        #expect(try second.login("alice", totp).code == RadiusMessage.accessReject)
        let next = try "1234" + OneTimePasswordGenerator.rfc4226.value(atSecond: now + 60)
        #expect(try second.login("alice", next).code == RadiusMessage.accessAccept)
        second.stop()
        try installation.watchword("audit", "verify")
    }
}
