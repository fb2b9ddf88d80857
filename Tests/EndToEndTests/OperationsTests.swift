import Foundation
import TestSupport
import Testing

@Suite("A server in operation")
struct OperationsTests {
    private static let office = "[Client office]\naddress = 127.0.0.2\nsecret = another secret, long enough"
    private static let officeSecret = Array("another secret, long enough".utf8)

    private func officeLogin(_ server: ServerProcess, _ password: String) throws -> RadiusMessage {
        let request = try RadiusMessage.request(user: "alice", password: password, secret: Self.officeSecret)
        return try server.answer(to: request, over: server.socket(from: "127.0.0.2"), secret: Self.officeSecret)
    }

    @Test("init makes a configuration that check finds no fault with, and overwrites nothing")
    func initialise() throws {
        let installation = try Installation()
        try installation.watchword("check")
        let before = try installation.text(of: "watchword.ini")
        #expect(try installation.run("init", installation.folder.path()).status == 1)
        #expect(try installation.text(of: "watchword.ini") == before)
    }

    @Test("reload takes over a new client")
    func reload() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        try installation.configure(Self.office)
        try installation.watchword("reload")
        #expect(try officeLogin(server, "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("what a thousand logins have written comes into the database file while the server runs")
    func checkpoint() throws {
        let accounts = try LoadAccounts(50, of: CrashTests.installation())
        let server = try ServerProcess(accounts.installation)
        let database = accounts.installation.folder.appending(path: "watchword.db").path()
        let size = { try FileManager.default.attributesOfItem(atPath: database)[.size] as? Int ?? 0 }
        let before = try size()
        #expect(try accounts.load(["--logins", "1500"]).report().counts.accepts == 1500)
        #expect(try Soak.wait { try size() > before })
        server.stop()
    }

    @Test("SIGHUP reloads as well")
    func hangUp() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        try installation.configure(Self.office)
        server.signal(SIGHUP)
        #expect(server.log.line(containing: "reload", within: 10) != nil, "\(server.log.textSoFar)")
        #expect(try officeLogin(server, "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("reload refuses a broken file, names file and line, and keeps what it had")
    func brokenReload() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        try installation.configure(Self.office)
        let server = try ServerProcess(installation)
        let good = try installation.text(of: "watchword.ini")
        try installation.write("[Server]\nlisten = nonsense\n[Cliemt x]\n", to: "watchword.ini")
        let result = try installation.run("reload")
        #expect(result.status != 0)
        #expect((result.output + result.errors).contains("watchword.ini:3: "))
        #expect(try officeLogin(server, "1234755224").code == RadiusMessage.accessAccept)
        try installation.write(good, to: "watchword.ini")
        try installation.watchword("reload")
        #expect(try officeLogin(server, "1234287082").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("commands that need a server say so when there is none", arguments: ["reload", "status"])
    func noServer(command: String) throws {
        let result = try Installation().run(command)
        #expect(result.status == 3)
        #expect(!result.errors.isEmpty)
    }

    @Test("a server refuses a configuration with errors, and a key file that others can read")
    func refusesToStart() throws {
        let installation = try Installation()
        let good = try installation.text(of: "watchword.ini")
        try installation.write(good + "\n[Realm x]\nresolvers = nowhere\n", to: "watchword.ini")
        let broken = try installation.run("serve")
        #expect(broken.status == 1)
        #expect(broken.errors.contains("watchword.ini:"))
        try installation.write(good, to: "watchword.ini")
        let keyFile = installation.folder.appending(path: "enckey").path()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: keyFile)
        let readable = try installation.run("serve")
        #expect(readable.status != 0)
        #expect(readable.errors.contains("enckey"))
    }

    @Test("no PIN, one-time password, seed, secret or State appears in log, audit or metrics, not even in the trace")
    func secretsStayInside() throws {
        let installation = try Installation()
        try installation.enrol("alice", type: "hotp", pin: "swordfish")
        let server = try ServerProcess(installation, "-X")
        let state = try #require(try server.login("alice", "swordfish").first(RadiusMessage.state))
        #expect(try server.login("alice", "755224", state: state).code == RadiusMessage.accessAccept)
        #expect(try server.login("alice", "swordfish000000").code == RadiusMessage.accessReject)
        let metrics = try installation.watchword("metrics")
        let audit = try installation.watchword("audit", "--json")
        server.stop()
        let log = server.log.wholeText()
        #expect(log.contains("Access-Request") && log.contains("alice"))
        #expect(audit.contains("challenge-triggered") && metrics.contains("watchword_"))
        let secret = String(decoding: installation.secret, as: UTF8.self)
        // A State may be printed as the text that it is, or as octets.
        let stateInHex = state.map { String(format: "%02x", $0) }.joined()
        let stateAsText = String(decoding: state, as: UTF8.self)
        let secrets = [
            "swordfish", "755224", "000000", "3132333435363738", "GEZDGNBVGY3TQOJQ", secret, stateInHex, stateAsText,
        ]
        for (place, text) in [("log", log), ("audit", audit), ("metrics", metrics)] {
            for secret in secrets {
                #expect(!text.localizedCaseInsensitiveContains(secret), "the \(place) has \(secret)")
            }
        }
    }

    @Test("a crash leaves no core dump, whatever the limits that the server was started with")
    func noCoreDump() throws {
        let server = try ServerProcess(Installation())
        let limits = try String(contentsOfFile: "/proc/\(server.identifier)/limits", encoding: .utf8)
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(line.split(separator: " ").filter { Int($0) != nil || $0 == "unlimited" } == ["0", "0"])
        // The files of a process that must not be dumped belong to root.
        let status = try FileManager.default.attributesOfItem(atPath: "/proc/\(server.identifier)/status")
        #expect(status[.ownerAccountID] as? Int == 0)
        server.stop()
    }

    @Test("threads that hash leave a processor to whoever wants it, and all but the first run when nobody does")
    func priorities() throws {
        let server = try ServerProcess(Installation())
        let tasks = "/proc/\(server.identifier)/task"
        let text = { (path: String) in try String(contentsOfFile: path, encoding: .utf8) }
        let release = try text("/proc/sys/kernel/osrelease").split(separator: ".").prefix(2).compactMap { Int($0) }
        let knowsSlices = !release.lexicographicallyPrecedes([6, 12])
        // A thread sees to it when it begins to run.
        let areBack = try Soak.wait {
            try FileManager.default.contentsOfDirectory(atPath: tasks).allSatisfy { task in
                let fields = try text("\(tasks)/\(task)/stat").split(separator: ")")
                guard fields[0].contains("(slow ") else { return true }
                // Fields 19 and 41 of proc(5), the name being the second; SCHED_OTHER and SCHED_IDLE (sched(7)).
                let values = fields[1].split(separator: " ")
                let slice = try? text("\(tasks)/\(task)/sched").firstMatch(of: /se\.slice +: +(\d+)/)
                return values[16] == "19" && values[38] == (fields[0].hasSuffix("(slow 0") ? "0" : "5")
                    && (!knowsSlices || slice == nil || slice?.1 == "100000000")
            }
        }
        #expect(areBack)
        server.stop()
    }

    @Test("two servers do not share a database and a port by mistake")
    func second() throws {
        let installation = try Installation()
        let server = try ServerProcess(installation)
        let result = try installation.run("serve")
        #expect(result.status == 3)
        server.stop()
    }
}

@Suite("watchword login")
struct LoginCommandTests {
    @Test("exits 0 on accept, 1 on reject, and shows the reply")
    func oneStep() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let accept = try installation.run("login", "alice", "--password", "1234755224")
        #expect(accept.status == 0, "\(accept.errors)")
        #expect(accept.output.contains("Access-Accept"))
        let reject = try installation.run("login", "alice", "--password", "1234755224")
        #expect(reject.status == 1)
        #expect(reject.output.contains("Access-Reject"))
        server.stop()
    }

    @Test("answers challenges by repeated --password, and from standard input")
    func challenge() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let repeated = try installation.run("login", "alice", "--password", "1234", "--password", "755224")
        #expect(repeated.status == 0, "\(repeated.output)\(repeated.errors)")
        #expect(repeated.output.contains("Access-Challenge"))
        let typed = try installation.run("login", "alice", "--password-stdin", input: "1234\n287082\n")
        #expect(typed.status == 0, "\(typed.output)\(typed.errors)")
        let wrong = try installation.run("login", "alice", "--password", "1234", "--password", "000000")
        #expect(wrong.status == 1)
        server.stop()
    }

    @Test("exits 3 when no answer can be trusted")
    func noAnswer() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let nobody = try installation.run("login", "alice", "--password", "1234755224")
        #expect(nobody.status == 3)
        let server = try ServerProcess(installation)
        let host = "\(installation.host):\(installation.port)"
        let wrongSecret = try installation.run(
            "login", "alice", "--server", host, "--secret", "not the secret", "--password", "1234755224")
        #expect(wrongSecret.status == 3)
        server.stop()
    }
}
