import FoundationEssentials
import Synchronization

/// Answers what an administrator asks of the running server.
struct Operator {
    let server: ServerContext
    let keeper: ConfigurationKeeper

    func answer(_ command: ControlCommand) -> ControlReply {
        switch command {
        case .reload(let confirmSeconds): keeper.reload(confirmSeconds: confirmSeconds, at: Clock.monotonic())
        case .keep: keeper.keep()
        case .revert: keeper.revert()
        case .status: status()
        case .metrics: ControlReply(isDone: true, text: server.metrics.text)
        }
    }

    private struct Status: Encodable {
        let configuration: String
        let lastReload: String
        let changedFiles: [String]
        /// Absent when no configuration waits to be kept.
        let secondsToConfirm: Int64?
        let clients: Int
        let decisions: Int
        /// Sections whose devices have sent requests without a Message-Authenticator.
        let clientsUnsigned: [String]
        let uptimeInSeconds: Int64
    }

    private func status() -> ControlReply {
        let now = Clock.monotonic()
        let report = keeper.report(at: now)
        let status = Status(
            configuration: keeper.path, lastReload: report.lastEvent, changedFiles: report.changedFiles,
            secondsToConfirm: report.secondsLeft,
            clients: server.active.current.configuration.clients.count,
            decisions: server.metrics.decided, clientsUnsigned: server.signers.unsignedClients,
            uptimeInSeconds: (now - server.startedAt) / 1000)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(status) else { return ControlReply(isDone: false, text: "") }
        return ControlReply(isDone: true, text: String(decoding: data, as: UTF8.self) + "\n")
    }
}
