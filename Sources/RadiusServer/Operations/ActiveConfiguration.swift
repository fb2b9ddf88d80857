import Synchronization
import TokenEngine

/// One version of the configuration, with what is worked out from it once. Immutable: a reload makes another.
final class ActiveConfiguration: Sendable {
    let configuration: Configuration
    let clients: ClientTable
    let engine: Engine
    /// Whether the mapping of any client has `DEBUG`.
    let isTracingSome: Bool

    init(_ configuration: Configuration) {
        self.configuration = configuration
        clients = ClientTable(configuration.clients)
        engine = Engine(configuration.engine)
        isTracingSome = configuration.clients.contains { $0.mapping.settings.isTracing }
    }
}

/// Which version is in force. Whoever works takes ``current`` once and keeps to it until the work is done.
final class ActiveConfigurations: Sendable {
    private let version: Mutex<ActiveConfiguration>

    init(_ first: Configuration) { version = Mutex(ActiveConfiguration(first)) }

    var current: ActiveConfiguration { version.withLock { $0 } }

    /// From now on `next` holds, for requests that are admitted from now on.
    func replace(with next: ActiveConfiguration) { version.withLock { $0 = next } }
}
