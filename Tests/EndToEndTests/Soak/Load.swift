import Foundation
import TestSupport
import Testing

/// Accounts for the load generator in an installation, the record of their accepts, and what the database has to say to it.
final class LoadAccounts {
    private struct Account {
        let serial: String
        let generator: OneTimePasswordGenerator
        let user: String
        let pin: String
    }

    private static let file = "tokens.csv"
    private static let recordFile = "record"

    let installation: Installation
    private let accounts: [String: Account]
    /// Whether `token list` tells their counters.
    private let isCounted: Bool
    /// How many lines of the audit were read, and how many accepts of each token they hold.
    private var auditedLines = 0
    private var audited: [String: Int] = [:]

    /// - Parameter type: as `bench tokens` knows it.
    init(_ count: Int, type: String = "hotp", of installation: Installation) throws {
        self.installation = installation
        isCounted = type == "hotp"
        let text = try installation.watchword("bench", "tokens", "--users", "\(count)", "--type", type)
        try installation.write(text, to: Self.file)
        accounts = try Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").map { line in
                let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                try #require(fields.count == 7)
                let seed = stride(from: 0, to: fields[1].count, by: 2).compactMap { offset in
                    UInt8(fields[1].dropFirst(offset).prefix(2), radix: 16)
                }
                let generator = OneTimePasswordGenerator(seed: seed)
                return (
                    fields[0], Account(serial: fields[0], generator: generator, user: fields[5], pin: fields[6])
                )
            })
        try installation.write("", to: Self.recordFile)
        if type != "password" {
            try installation.watchword("token", "import", path(of: Self.file), "--create-users")
        }
    }

    private func path(of file: String) -> String { installation.folder.appending(path: file).path() }

    var serials: [String] { accounts.keys.sorted() }

    /// The accepts of all loads so far.
    func record() throws -> AcceptRecord { AcceptRecord(text: try installation.text(of: Self.recordFile)) }

    /// `watchword bench` with these accounts, from now on until it ends by itself.
    func load(_ options: [String]) throws -> Load {
        try Load(
            self,
            ["--tokens", path(of: Self.file), "--record", path(of: Self.recordFile), "--duration", "60"] + options)
    }

    /// What the database, once nobody writes to it, says against the record; empty when all is well.
    func contradictions() throws -> [String] {
        let counters = isCounted ? try counters() : nil
        let audited = try readAudit()
        let accepts = try record().accepts.map { try asTaken($0, counters: counters ?? [:]) }
        return AcceptRecord(accepts).contradictions(counters: counters, audited: audited)
    }

    /// A server takes a password for the first counter ahead that has it: of a million that are offered behind a wrong one,
    /// one is that of the counter before, too.
    private func asTaken(_ accept: AcceptRecord.Accept, counters: [String: Int64]) throws -> AcceptRecord.Accept {
        guard let account = accounts[accept.serial], let next = counters[accept.serial], next > 0,
            next <= accept.position
        else { return accept }
        let (taken, offered) = (UInt64(next - 1), UInt64(accept.position))
        guard try account.generator.value(at: taken) == account.generator.value(at: offered) else { return accept }
        return AcceptRecord.Accept(serial: accept.serial, position: next - 1)
    }

    private func counters() throws -> [String: Int64] {
        struct Token: Decodable {
            let serial: String
            let counter: Int64?
        }
        let tokens = try decoded([Token].self, installation.watchword("token", "list", "--json"))
        return Dictionary(uniqueKeysWithValues: tokens.map { ($0.serial, $0.counter ?? 0) })
    }

    /// Proves that the audit is intact, and counts the accepts that came since the last time.
    private func readAudit() throws -> [String: Int] {
        struct Verification: Decodable {
            let intact: Bool
            let lines: Int
        }
        struct Line: Decodable {
            let serial: String
            let decision: String
        }
        let verification = try decoded(Verification.self, installation.watchword("audit", "verify", "--json"))
        try #require(verification.intact && verification.lines >= auditedLines)
        let new = verification.lines - auditedLines
        guard new > 0 else { return audited }
        let lines = try decoded([Line].self, installation.watchword("audit", "--limit", "\(new)", "--json"))
        for line in lines where line.decision == "accept" { audited[line.serial, default: 0] += 1 }
        auditedLines = verification.lines
        return audited
    }

    private func decoded<Document: Decodable>(_ type: Document.Type, _ text: String) throws -> Document {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// Sends the last one-time password that was accepted of each of some tokens again, and expects a reject.
    func expectRefused(
        by server: ServerProcess, lastOf count: Int, _ when: String, _ location: SourceLocation = #_sourceLocation
    ) throws {
        var serials: Set<String> = []
        let last = try record().accepts.reversed().filter { serials.insert($0.serial).inserted }.prefix(count)
        for accept in last {
            let account = try #require(accounts[accept.serial])
            let value = try account.generator.value(at: UInt64(accept.position))
            // One value in ten thousand comes again so soon that it is right a second time.
            let next = try (1...100).map { try account.generator.value(at: UInt64(accept.position) + $0) }
            guard !next.contains(value) else { continue }
            let password = account.pin + value
            let code = try server.login(account.user, password, location).code
            #expect(code == RadiusMessage.accessReject, "\(when): \(accept)", sourceLocation: location)
        }
    }
}

/// A running `watchword bench`. It is killed when it is let go of.
final class Load {
    private let accounts: LoadAccounts
    private let acceptsBefore: Int
    struct Report: Decodable {
        struct Counts: Decodable {
            let correct, accepts, rejects, challenges, falseAccepts, falseRejects, guesses, lost: Int
            let retransmissions, wrongAuthenticators: Int
            let mixedReplies, versions: Int
        }
        let seconds: Double
        let counts: Counts
    }

    private let process = Process()
    private let output: PipeReader
    private let errors: PipeReader

    init(_ accounts: LoadAccounts, _ options: [String]) throws {
        self.accounts = accounts
        acceptsBefore = try accounts.record().accepts.count
        process.executableURL = Command.watchword
        process.arguments = ["bench", "--json"] + options
        process.environment = ProcessInfo.processInfo.environment.merging(accounts.installation.environment) {
            $1
        }
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        self.output = PipeReader(output)
        self.errors = PipeReader(errors)
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }

    /// Waits until this load has recorded so many accepts, or has ended; false when neither comes.
    func waitForAccepts(_ count: Int) throws -> Bool {
        try Soak.wait { try accounts.record().accepts.count >= acceptsBefore + count || !isRunning }
    }

    /// Waits for the end, which `--logins` or `--duration` brings.
    func report() throws -> Report {
        process.waitUntilExit()
        let text = output.wholeText()
        return try #require(
            try? JSONDecoder().decode(Report.self, from: Data(text.utf8)), "bench: \(text)\(errors.wholeText())")
    }

    /// 0 when every login was answered, and none twice.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
