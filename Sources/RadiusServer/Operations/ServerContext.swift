import Glibc
import RadiusCodec
import Synchronization
import TokenEngine

/// What all threads of the server share: the configuration in force, keys, log and counters.
final class ServerContext: Sendable {
    let active: ActiveConfigurations
    let keys: KeyFile
    let log: Log
    let trace: Trace
    let metrics = Metrics()
    let signers: KnownSigners
    /// Whether the last transaction failed: nothing can be decided.
    let storeIsFailing = Atomic<Bool>(false)
    /// Why the server must end, though nobody ordered it.
    let failure = Mutex<String?>(nil)
    /// Requests admitted and not yet answered or dropped.
    let requestsInFlight = Atomic<Int>(0)
    /// By the clock that never goes back.
    let startedAt = Clock.monotonic()
    private let stopping = Atomic<Bool>(false)

    init(configuration: Configuration, keys: KeyFile, log: Log, isTracing: Bool) {
        active = ActiveConfigurations(configuration)
        self.keys = keys
        self.log = log
        trace = Trace(isOn: isTracing, log: log)
        signers = KnownSigners(log: log)
    }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func stop() { stopping.store(true, ordering: .relaxed) }

    /// Ends the server because one of its threads cannot go on.
    func fail(_ reason: String) {
        failure.withLock { $0 = $0 ?? reason }
        log.write(.error, reason)
        kill(getpid(), SIGTERM)
    }

    /// Counts a datagram that gets no answer, and says so in the log at a bounded rate.
    func discard(_ reason: Discard, from peer: SocketAddress, identifier: UInt8?) {
        metrics.add(1, to: reason)
        switch reason {
        case .unknownClient:
            log.writeSparingly(
                .warning, about: "unknown client \(peer.addressText)",
                """
                ignored a request from unknown client \(peer.addressText) port \(peer.port); if it is yours, add:
                [Client \(peer.addressText)]
                address = \(peer.addressText)
                secret  = the secret configured on that device
                """)
        case .duplicatePending where !trace.isOn:
            break
        default:
            let line = "peer=\(peer)\(identifier.map { " id=\($0)" } ?? "") discarded: \(reason)"
            // Who traces wants to know what became of each packet.
            guard !trace.isOn else { return log.write(.warning, line) }
            log.writeSparingly(.warning, about: "\(reason.name) \(peer.addressText)", line)
        }
    }
}
