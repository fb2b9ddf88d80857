import FoundationEssentials

/// `watchword serve`, `reload`, `status` and `metrics`: the server itself, and what a running one is asked.
enum ServerCommands {
    private static let trace = CommandOption(name: "-X", summary: "trace every packet readably")

    static let serve = Command(
        name: "serve",
        summary: "Runs the server in the foreground; SIGTERM ends it, SIGHUP reloads the configuration",
        options: [trace],
        example: "watchword --config /etc/watchword/watchword.ini serve"
    ) { invocation throws(CommandFailure) in
        let configuration = try invocation.configuration()
        do throws(ServerError) {
            let server = try Server(
                configuration: configuration, configurationPath: configuration.path,
                isTracing: invocation.arguments.isSet(trace))
            try server.run()
        } catch { throw .couldNot("\(error)") }
        return .done
    }

    private static let confirm = CommandOption(
        name: "--confirm", value: "TIME",
        summary: "go back by itself after TIME (such as 10m) unless --keep comes, and at once if accepts collapse")
    private static let keep = CommandOption(name: "--keep", summary: "keep what was reloaded with --confirm")
    private static let revert = CommandOption(
        name: "--revert", summary: "go back at once to what was in force before --confirm")

    static let reload = Command(
        name: "reload",
        summary: "Makes the running server take its configuration over, or say what is wrong with it",
        options: [confirm, keep, revert],
        example: """
            watchword reload
            watchword reload --confirm 10m
            watchword reload --keep
            """
    ) { invocation throws(CommandFailure) in
        let (command, done) = try reloadCommand(invocation)
        let lines = try ask(command, invocation)
        for line in lines { invocation.console.note(line) }
        try invocation.show(["warnings": lines], orText: done)
        return .done
    }

    /// What is asked of the server, and what to say when it has done it.
    private static func reloadCommand(
        _ invocation: Invocation
    ) throws(CommandFailure) -> (command: ControlCommand, done: String) {
        let arguments = invocation.arguments
        guard [confirm, keep, revert].count(where: arguments.isSet) < 2 else {
            throw .wrongUsage("--confirm, --keep and --revert contradict each other")
        }
        if arguments.isSet(keep) { return (.keep, "kept") }
        if arguments.isSet(revert) { return (.revert, "the former configuration is in force again") }
        guard let text = arguments.value(of: confirm) else { return (.reload(confirmSeconds: nil), "reloaded") }
        do throws(UnfitValue) {
            let seconds = try ValueType.seconds(ControlCommand.confirmSeconds).parse(text, ValueContext(file: ""))
            let remark = "the former configuration comes back in \(seconds) s unless: watchword reload --keep"
            return (.reload(confirmSeconds: seconds), "reloaded; \(remark)")
        } catch { throw .wrongUsage("--confirm is \(error.shown); it takes \(error.expected), such as 10m") }
    }

    static let status = Command(
        name: "status", summary: "Shows what the running server is doing", example: "watchword status"
    ) { invocation throws(CommandFailure) in
        let json = try ask(.status, invocation).joined(separator: "\n")
        guard case .object(let members) = try? JSONDecoder().decode(DetailValue.self, from: Data(json.utf8)) else {
            throw .couldNot("the running server's answer is not understood; is it of another version?")
        }
        let rows = members.sorted { $0.key < $1.key }.map { [$0.key, $0.value.words] }
        try invocation.console.show(invocation.isJSON ? json : TextTable(rows).text)
        return .done
    }

    static let metrics = Command(
        name: "metrics", summary: "Prints the running server's counters in Prometheus' text format",
        example: "watchword metrics"
    ) { invocation throws(CommandFailure) in
        let lines = try ask(.metrics, invocation)
        var samples: [String: Double] = [:]
        for line in lines where !line.hasPrefix("#") {
            guard let blank = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<blank])] = Double(line[line.index(after: blank)...])
        }
        try invocation.show(samples, orText: lines.joined(separator: "\n"))
        return .done
    }

    /// The lines of the running server's answer.
    ///
    /// - Throws: ``ExitStatus/no`` with those lines when the server refuses, ``ExitStatus/couldNot`` when none is running.
    private static func ask(_ command: ControlCommand, _ invocation: Invocation) throws(CommandFailure) -> [String] {
        let path = try controlSocketPath(for: command, invocation)
        let reply: ControlReply
        do throws(SocketError) {
            reply = try ControlSocket.ask(command, at: path)
        } catch { throw .couldNot("no running server to ask: \(error)") }
        let lines = reply.text.split(separator: "\n").map(String.init)
        guard reply.isDone else { throw CommandFailure(status: .no, messages: lines) }
        return lines
    }

    /// A broken file is no reason not to ask the server that still runs without it, and to go back above all.
    private static func controlSocketPath(
        for command: ControlCommand, _ invocation: Invocation
    ) throws(CommandFailure) -> String {
        switch command {
        case .reload: break
        case .keep, .revert, .status, .metrics:
            let path = Configuration.search(explicit: invocation.arguments.value(of: .configuration))
            if let known = ConfigurationReading(path: path).controlSocketPath { return known }
        }
        return try invocation.configuration().server.controlSocketPath
    }
}

extension DetailValue {
    /// For people.
    fileprivate var words: String {
        switch self {
        case .text(let text), .number(let text): visible(text)
        case .bool(let bool): bool ? "yes" : "no"
        case .null: ""
        case .list(let values): values.map(\.words).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.words)" }.joined(separator: ", ")
        }
    }
}
