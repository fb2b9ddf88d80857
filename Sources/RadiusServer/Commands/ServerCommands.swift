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

    static let reload = Command(
        name: "reload",
        summary: "Makes the running server take its configuration over, or say what is wrong with it",
        example: "watchword reload"
    ) { invocation throws(CommandFailure) in
        let lines = try ask(.reload, invocation)
        for line in lines { invocation.console.note(line) }
        try invocation.show(["warnings": lines], orText: "reloaded")
        return .done
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
        let path = try invocation.configuration().server.controlSocketPath
        let reply: ControlReply
        do throws(SocketError) {
            reply = try ControlSocket.ask(command, at: path)
        } catch { throw .couldNot("no running server to ask: \(error)") }
        let lines = reply.text.split(separator: "\n").map(String.init)
        guard reply.isDone else { throw CommandFailure(status: .no, messages: lines) }
        return lines
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
