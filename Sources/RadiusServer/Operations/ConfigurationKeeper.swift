import Synchronization
import TokenEngine

/// Puts new versions of the configuration into force, whole or not at all, and takes back those that nobody keeps.
final class ConfigurationKeeper: Sendable {
    let path: String
    private let server: ServerContext
    private let state: Mutex<State>

    private struct State {
        /// Of the last reading, whether it was taken over or refused.
        var files: FileStamps
        /// What ``look(at:)`` saw the last time, while it differs from ``files``.
        var unsettled: FileStamps?
        var history = LoginHistory()
        var probation: Probation?
        /// The time and what was done then, in words.
        var lastEvent: String
    }

    init(server: ServerContext, path: String) {
        self.server = server
        self.path = path
        let event = "\(Clock.now()) read at the start"
        state = Mutex(State(files: server.active.current.configuration.files, lastEvent: event))
    }

    /// What `status` tells.
    struct Report {
        let lastEvent: String
        /// nil when nothing waits to be kept.
        let secondsLeft: Int64?
        /// Files that are not as they were read the last time.
        let changedFiles: [String]
    }

    func report(at now: Int64) -> Report {
        state.withLock { state in
            let left = state.probation?.secondsLeft(at: now)
            return Report(
                lastEvent: state.lastEvent, secondsLeft: left, changedFiles: state.files.now.changes(since: state.files)
            )
        }
    }

    // MARK: What an administrator asks for

    /// Reads all files again, and either puts them into force at once or keeps the old ones. What needs new sockets or
    /// threads is said to need a restart.
    ///
    /// - Parameters:
    ///   - confirmSeconds: how long somebody has to keep it; nil: it stays. While one version waits,
    ///     what follows waits with it, and what comes back is the last that was kept.
    ///   - now: milliseconds of the clock that never goes back.
    func reload(confirmSeconds: Int64?, at now: Int64) -> ControlReply {
        state.withLock { reload(&$0, confirmSeconds: confirmSeconds, at: now) }
    }

    /// The configuration in force stays.
    func keep() -> ControlReply {
        state.withLock { state in
            guard state.probation != nil else { return ControlReply(isDone: false, text: Self.nothingWaits) }
            state.probation = nil
            note(&state, .notice, "the configuration was kept")
            return ControlReply(isDone: true, text: "")
        }
    }

    /// The configuration that was kept last comes back.
    func revert() -> ControlReply {
        state.withLock { state in
            guard state.probation != nil else { return ControlReply(isDone: false, text: Self.nothingWaits) }
            goBack(&state, because: "it was ordered")
            return ControlReply(isDone: true, text: "")
        }
    }

    private static let nothingWaits = "no configuration waits to be kept\n"

    // MARK: What happens by itself

    /// Call it each second: goes back when it must, and takes over files that have changed, if it may.
    func look(at now: Int64) {
        let tally = server.metrics.logins
        state.withLock { state in
            if let failure = state.probation?.failure(tally: tally, at: now) { goBack(&state, because: failure) }
            state.history.note(tally, at: now)
            if server.active.current.configuration.server.reloadsOnChange { takeOverChanges(&state, at: now) }
        }
    }

    /// A file that changes from one look to the next is still being written.
    private func takeOverChanges(_ state: inout State, at now: Int64) {
        let seen = state.files.now
        guard seen != state.files, seen == state.unsettled else {
            state.unsettled = seen == state.files ? nil : seen
            return
        }
        let names = seen.changes(since: state.files).joined(separator: ", ")
        server.log.write(.notice, "changed: \(names)")
        _ = reload(&state, confirmSeconds: nil, at: now)
    }

    // MARK: Versions

    private func reload(_ state: inout State, confirmSeconds: Int64?, at now: Int64) -> ControlReply {
        let reading = ConfigurationReading(path: path)
        // What was refused is not read again before it changes.
        state.files = reading.files
        state.unsettled = nil
        let report = reading.diagnostics.map { "\($0)\n" }.joined()
        guard let configuration = reading.configuration else {
            server.metrics.count(.refused)
            note(&state, .error, "the configuration was not reloaded, the old one stays in force:")
            server.log.put(report)
            return ControlReply(isDone: false, text: report)
        }
        let former = server.active.current
        var text = report
        if !configuration.server.runsInProcess(startedWith: former.configuration.server) {
            text +=
                "\(path): warning: listen, database, key_file, control and numbers of threads "
                + "take effect at the next start\n"
        }
        if let confirmSeconds {
            state.probation = Probation(
                former: state.probation?.former ?? former, lastingSeconds: confirmSeconds, after: state.history,
                tally: server.metrics.logins, at: now)
        }
        putIntoForce(ActiveConfiguration(configuration))
        server.metrics.count(.done)
        note(&state, .notice, "the configuration was reloaded")
        if let probation = state.probation {
            let seconds = probation.secondsLeft(at: now)
            server.log.write(.warning, "the former configuration comes back in \(seconds) s unless this one is kept")
        }
        if !text.isEmpty { server.log.put(text) }
        return ControlReply(isDone: true, text: text)
    }

    private func goBack(_ state: inout State, because reason: String) {
        guard let probation = state.probation else { return }
        state.probation = nil
        putIntoForce(probation.former)
        server.metrics.count(.reverted)
        note(&state, .error, "the former configuration is in force again: \(reason); the files are as they were edited")
    }

    private func putIntoForce(_ version: ActiveConfiguration) {
        server.active.replace(with: version)
        server.signers.forget(except: version.configuration.clients)
        if !server.trace.isOn { server.log.setLevel(version.configuration.server.logLevel) }
    }

    private func note(_ state: inout State, _ level: LogLevel, _ event: String) {
        state.lastEvent = "\(Clock.now()) \(event)"
        server.metrics.awaitsConfirmation.store(state.probation != nil, ordering: .relaxed)
        server.log.write(level, event)
    }
}

extension ServerSettings {
    /// Whether a server that was started with `old` need not be started again to do all that is said here.
    fileprivate func runsInProcess(startedWith old: ServerSettings) -> Bool {
        listen == old.listen && databasePath == old.databasePath && keyFilePath == old.keyFilePath
            && controlSocketPath == old.controlSocketPath && listenerThreads == old.listenerThreads
    }
}
