import FoundationEssentials
import RadiusCodec
import Synchronization

/// Answers what an administrator asks of the running server.
struct Operator {
    let server: ServerContext
    let configurationPath: String

    func answer(_ command: ControlCommand) -> ControlReply {
        switch command {
        case .reload: server.reloading.withLock { _ in reload() }
        case .status: status()
        case .metrics: ControlReply(isDone: true, text: server.metrics.text)
        }
    }

    /// Reads all files again, and either puts them into force at once or keeps the old ones. What needs new sockets or
    /// threads is said to need a restart.
    private func reload() -> ControlReply {
        let (configuration, diagnostics) = Configuration.load(path: configurationPath)
        let report = diagnostics.map { "\($0)\n" }.joined()
        guard let configuration else {
            server.log.write(.error, "the configuration was not reloaded, the old one stays in force:")
            server.log.put(report)
            return ControlReply(isDone: false, text: report)
        }
        let old = server.active.current.configuration.server
        let new = configuration.server
        var text = report
        if !new.runsInProcess(startedWith: old) {
            text +=
                "\(configurationPath): warning: listen, database, key_file, control and numbers of threads "
                + "take effect at the next start\n"
        }
        server.active.replace(with: configuration)
        if !server.trace.isOn { server.log.setLevel(new.logLevel) }
        server.log.write(.notice, "the configuration was reloaded")
        if !text.isEmpty { server.log.put(text) }
        return ControlReply(isDone: true, text: text)
    }

    private struct Status: Encodable {
        let configuration: String
        let clients: Int
        let decisions: Int
        let uptimeInSeconds: Int64
    }

    private func status() -> ControlReply {
        let status = Status(
            configuration: configurationPath, clients: server.active.current.configuration.clients.count,
            decisions: server.metrics.decided, uptimeInSeconds: (Clock.monotonic() - server.startedAt) / 1000)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(status) else { return ControlReply(isDone: false, text: "") }
        return ControlReply(isDone: true, text: String(decoding: data, as: UTF8.self) + "\n")
    }
}

extension ServerSettings {
    /// Whether a server that was started with `old` need not be started again to do all that is said here.
    fileprivate func runsInProcess(startedWith old: ServerSettings) -> Bool {
        listen == old.listen && databasePath == old.databasePath && keyFilePath == old.keyFilePath
            && controlSocketPath == old.controlSocketPath && listenerThreads == old.listenerThreads
    }
}
