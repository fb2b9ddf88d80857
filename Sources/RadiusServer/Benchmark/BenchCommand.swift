import Cryptography
import RadiusCodec

/// `watchword bench`: the load generator, for this server and for any other RADIUS server.
enum BenchCommand {
    private static let server = CommandOption(
        name: "--server", value: "ADDRESS:PORT",
        summary: "the server, or nodes on one database (else the first one configured)", isRepeatable: true)
    private static let secret = CommandOption(
        name: "--secret", value: "SECRET", summary: "the shared secret (else that of the client for 127.0.0.1)")
    private static let tokens = CommandOption(
        name: "--tokens", value: "FILE", summary: "the accounts: a file that `bench tokens` made")
    private static let mode = CommandOption(
        name: "--mode", value: "MODE[,MODE]…",
        summary: "pap (the default), chap, challenge, status: one, or several in turn; or duplicate, or race")
    private static let copies = CommandOption(
        name: "--copies", value: "N",
        summary: "how often mode race sends each OTP at once, mode duplicate each request (default 32)")
    private static let wrong = CommandOption(
        name: "--wrong", value: "PERCENT", summary: "of a hundred logins, how many offer a wrong OTP (default 0)")
    private static let concurrency = CommandOption(
        name: "--concurrency", value: "N", summary: "how many logins are under way at a time (default 64)")
    private static let rate = CommandOption(
        name: "--rate", value: "N", summary: "begin N logins a second, however long the answers take")
    private static let duration = CommandOption(
        name: "--duration", value: "SECONDS", summary: "how long logins are begun (default 5)")
    private static let logins = CommandOption(
        name: "--logins", value: "N", summary: "end after so many logins")
    private static let ports = CommandOption(
        name: "--ports", value: "N", summary: "how many source ports (default 16)")
    private static let timeout = CommandOption(
        name: "--timeout", value: "MILLISECONDS", summary: "ask again after so long without an answer (default 1000)")
    private static let retries = CommandOption(
        name: "--retries", value: "N", summary: "how often to ask again before a login is lost (default 3)")
    private static let unverified = CommandOption(
        name: "--unverified", summary: "believe every reply, for responders that know no secret")
    private static let record = CommandOption(
        name: "--record", value: "FILE", summary: "write a line `serial position` for every Access-Accept as it comes")
    private static let agree = CommandOption(
        name: "--agree", value: "N,N",
        summary: "attributes, by number, whose values in an accept must be the same: a reply of one version")
    private static let users = CommandOption(
        name: "--users", value: "N", summary: "how many users, each with one token", isRequired: true)
    private static let type = CommandOption(
        name: "--type", value: "TYPE", summary: "hotp (the default), totp, or password for servers that know no OTP")
    private static let pin = CommandOption(
        name: "--pin", value: "PIN", summary: "everybody's PIN (default 1234)")

    private static let stage = CommandOption(
        name: "--stage", value: "STAGE", summary: "one of decode, verify, reveal, encode, login (else each in turn)")
    private static let packets = CommandOption(
        name: "--packets", value: "N", summary: "how many packets for each (default 1000000)")
    private static let dictionary = CommandOption(
        name: "--dictionary", value: "FILE", summary: "load this dictionary ten times instead")

    static let command = Command(
        name: "bench",
        summary: "Load a RADIUS server and measure it",
        options: [
            server, secret, tokens, mode, copies, wrong, concurrency, rate, duration, logins, ports, timeout, retries,
            unverified, record, agree,
        ],
        example: """
            watchword bench tokens --users 10000 > tokens.csv
            watchword token import tokens.csv --create-users
            watchword bench --tokens tokens.csv --concurrency 64 --duration 5
            """,
        subcommands: [
            Command(
                name: "tokens",
                summary: "Make accounts for a run, as `token import --format oath-csv` reads them",
                options: [users, type, pin],
                example: "watchword bench tokens --users 10000 --type totp > tokens.csv",
                action: makeTokens),
            Command(
                name: "codec",
                summary: "Measure what packets cost, without sockets or logins",
                options: [stage, packets, dictionary],
                example: """
                    watchword bench codec
                    watchword bench codec --dictionary /usr/share/freeradius/dictionary
                    """,
                action: measureCodec),
        ],
        action: run)

    // MARK: bench tokens

    private static func makeTokens(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let arguments = invocation.arguments
        let count = try invocation.number(of: users, in: 1...10_000_000) ?? 1
        let kind = arguments.value(of: type) ?? "hotp"
        let pin = arguments.value(of: pin) ?? "1234"
        // No serial that is made up for a token begins like one of these.
        let columns: (prefix: String, digits: Int, number: Int)
        switch kind {
        case "hotp": columns = ("BENCHOATH", 6, 0)
        case "totp": columns = ("BENCHTOTP", 6, 30)
        case "password": columns = ("BENCHPW", 20, 0)
        default: throw .wrongUsage("--type is '\(kind)'; it takes hotp, totp or password")
        }
        var text = ""
        for first in stride(from: 1, through: count, by: 1000) {
            let last = min(count, first + 999)
            let octets: [UInt8]
            do { octets = try SecureRandom().octets((last - first + 1) * 20) } catch { throw .couldNot("\(error)") }
            for number in first...last {
                var secret = Array(octets[(number - first) * 20..<(number - first) * 20 + 20])
                // A password must be text, for the files of other servers.
                if kind == "password" { secret = Array(Hexadecimal.text(secret.prefix(10)).utf8) }
                let serial = columns.prefix + String(100_000_000 + number).dropFirst()
                text += "\(serial), \(Hexadecimal.text(secret)), \(kind), \(columns.digits), \(columns.number), "
                text += "bench\(number), \(pin)\n"
            }
        }
        try invocation.console.show(String(text.dropLast()))
        return .done
    }

    // MARK: bench codec

    private static func measureCodec(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        if let path = invocation.arguments.value(of: dictionary) {
            let result = try DictionaryBenchmark.load(path)
            try invocation.show(result, orText: result.text)
            return .done
        }
        let count = try invocation.number(of: packets, in: 1...1_000_000_000) ?? 1_000_000
        var stages = CodecBenchmark.Stage.allCases
        if let name = invocation.arguments.value(of: stage) {
            stages = stages.filter { $0.rawValue == name }
            guard !stages.isEmpty else {
                let names = CodecBenchmark.Stage.allCases.map(\.rawValue).joined(separator: ", ")
                throw .wrongUsage("--stage is '\(name)'; it takes one of \(names)")
            }
        }
        do {
            var benchmark = try CodecBenchmark()
            var results: [CodecBenchmark.Result] = []
            for stage in stages { results.append(try benchmark.run(stage, packets: count)) }
            try invocation.show(results, orText: results.map(\.text).joined())
            return .done
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw .couldNot("\(error)")
        }
    }

    // MARK: bench

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let arguments = invocation.arguments
        let target = try invocation.radiusTarget(server: server, secret: secret)
        var plan = LoadPlan(servers: [target.address], secret: target.secret)
        let nodes = try arguments.values(of: server).map { text throws(CommandFailure) in
            try invocation.radiusAddress(text, of: server)
        }
        if !nodes.isEmpty { plan.servers = nodes }
        if let names = arguments.value(of: mode) { plan.modes = try modes(names) }
        plan.wrongPercentage = try invocation.number(of: wrong, in: 0...100) ?? 0
        plan.concurrency = try invocation.number(of: concurrency, in: 1...65_536) ?? 64
        plan.rate = try invocation.number(of: rate, in: 1...10_000_000).map(Double.init)
        if plan.rate != nil { plan.concurrency = max(plan.concurrency, 4096) }
        plan.seconds = Double(try invocation.number(of: duration, in: 1...86_400) ?? 5)
        plan.loginsMaximum = try invocation.number(of: logins, in: 1...Int.max) ?? .max
        plan.ports = try invocation.number(of: ports, in: 1...256) ?? 16
        plan.retryAfterInMilliseconds = Int64(try invocation.number(of: timeout, in: 1...60_000) ?? 1000)
        plan.retriesMaximum = try invocation.number(of: retries, in: 0...1_000_000) ?? 3
        plan.isCredulous = arguments.isSet(unverified)
        if let text = arguments.value(of: agree) {
            plan.agreeing = try text.split(separator: ",").map { word throws(CommandFailure) in
                guard let number = UInt8(word) else { throw .wrongUsage("--agree is '\(text)'; it takes 11,25") }
                return AttributeType(rawValue: number)
            }
        }
        if plan.modes == [.race] {
            plan.copies = try invocation.number(of: copies, in: 2...plan.requestsMaximum) ?? 32
            plan.concurrency = max(1, min(plan.concurrency, plan.requestsMaximum / plan.copies))
        } else if plan.modes == [.duplicate] {
            plan.copies = try invocation.number(of: copies, in: 1...1_000_000) ?? 32
        }

        let file = arguments.value(of: tokens)
        guard file != nil || plan.modes == [.status] else {
            throw .wrongUsage("--tokens is missing; make a file with: watchword bench tokens --users 1000 > tokens.csv")
        }
        let positions = file.map { LoadPositions(besides: $0) }
        do {
            let accounts = try file.map { try LoadAccount.read(file: $0, positions: positions?.read() ?? [:]) } ?? []
            let record = try arguments.value(of: record).map { try AppendedFile(path: $0) }
            var generator = try LoadGenerator(
                plan: plan, accounts: accounts,
                onAccept: record.map { record in { record.append("\($0) \($1)\n") } })
            let console = invocation.console
            let report = try generator.run { seconds, counts in
                guard console.isInteractive else { return }
                console.note("\(Int(seconds)) s: \(counts.correct) logins, \(counts.lost) lost")
            }
            try positions?.write(generator.positions)
            try invocation.show(report, orText: report.text)
            return report.counts.isFlawless ? .done : .no
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw .couldNot("\(error)")
        }
    }
    /// One mode, or several that logins take in turn. A race or duplicates stand alone: they count otherwise.
    private static func modes(_ names: String) throws(CommandFailure) -> [LoadPlan.Mode] {
        var modes: [LoadPlan.Mode] = []
        for name in names.split(separator: ",") {
            guard let mode = LoadPlan.Mode(rawValue: String(name)) else {
                let known = LoadPlan.Mode.allCases.map(\.rawValue).joined(separator: ", ")
                throw .wrongUsage("--mode has '\(name)'; it takes \(known)")
            }
            modes.append(mode)
        }
        guard !modes.isEmpty else { throw .wrongUsage("--mode is empty") }
        guard modes.count == 1 || !modes.contains(where: { $0 == .race || $0 == .duplicate }) else {
            throw .wrongUsage("--mode is '\(names)'; race and duplicate take no other beside them")
        }
        return modes
    }
}
