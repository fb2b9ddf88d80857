import Cryptography
import Glibc
import RadiusCodec
import Synchronization
import TokenEngine

/// Why a server did not start, in one line.
package struct ServerError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The server: binds its sockets, starts its threads, and waits for signals.
package struct Server: ~Copyable {
    /// How long what is in flight may take after the order to stop.
    private static let patienceInMilliseconds: Int64 = 5_000
    /// The most answers that one socket's threads remember for retransmissions: 2.5 MB, and 16 MB more if they are as large
    /// as can be.
    private static let duplicatesMaximum = 16_384

    private let context: ServerContext
    private let configurationPath: String
    private let store: StoreLocation
    private let signals: Signals

    /// What every connection to the store is opened with.
    private struct StoreLocation: Sendable {
        let path: String
        let keys: KeyFile
    }

    /// - Parameters:
    ///   - configuration: loaded and found valid.
    ///   - configurationPath: what a reload reads again.
    ///   - isTracing: `serve -X`.
    package init(configuration: Configuration, configurationPath: String, isTracing: Bool) throws(ServerError) {
        // Before any thread, and before anybody can think that the server runs.
        signals = Signals.blocked()
        let settings = configuration.server
        do {
            let keys = try KeyFile.load(from: settings.keyFilePath)
            // Opened once here, so that a database that cannot be used is told at the start and not at the first login.
            let learned = try Store(path: settings.databasePath, keys: keys)
                .learnedFacts(limit: KnownSigners.capacity)
            store = StoreLocation(path: settings.databasePath, keys: keys)
            context = ServerContext(
                configuration: configuration, keys: keys, log: Log(level: isTracing ? .debug : settings.logLevel),
                isTracing: isTracing)
            context.signers.restore(learned)
            context.signers.forget(except: configuration.clients)
        } catch {
            throw ServerError("\(error)")
        }
        self.configurationPath = configurationPath
    }

    /// Runs until SIGTERM or SIGINT; then answers what is in flight.
    ///
    /// - Throws: when it cannot start, or one of its threads cannot go on.
    package consuming func run() throws(ServerError) {
        let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let settings = context.active.current.configuration.server
        let sockets = try bound(settings, threads: settings.listenerThreads)
        let control: ControlSocket
        do { control = try ControlSocket(listeningAt: settings.controlSocketPath) } catch {
            throw ServerError("\(error)")
        }
        let rejectDelay = RejectDelay(server: context)
        let line: DecisionLine
        do {
            let decider = Decider(
                store: try Store(path: store.path, keys: store.keys), engine: context.active.current.engine,
                remembered: try VerifiedSecrets())
            line = DecisionLine(server: context, decider: decider)
        } catch {
            throw ServerError("\(error)")
        }
        let (context, store, configurationPath) = (context, store, configurationPath)
        let ended = Endings()

        try start("log") { context.log.run() }
        try start("decide", telling: rejectDelay, ending: ended) { teller in line.run(&teller) }
        try start("reject delay") { rejectDelay.run() }
        try start("store probe") {
            line.runStoreProbe { () throws(StoreError) in try Store(path: store.path, keys: store.keys).probe() }
        }
        try start("checkpoint", ending: ended) { line.runCheckpoints(path: store.path) }
        for number in 0..<processorCount {
            try start("slow \(number)", telling: rejectDelay) { teller in
                // Whose PIN is remembered must not wait for those whose PIN is not, and these not for ever.
                if number == 0 { Thread.stepBack() } else { Thread.stepAside() }
                line.runSlowLane(&teller)
            }
        }
        let received = Endings()
        for (number, socket) in sockets.enumerated() {
            let attendance = Attendance(duplicates: DuplicateCache(capacity: Self.duplicatesMaximum))
            try start("receive \(number)", on: socket, attendance, line, rejectDelay, ending: received) { $0.run() }
            try start("stand in \(number)", on: socket, attendance, line, rejectDelay, ending: received) {
                $0.standIn()
            }
        }
        let keeper = ConfigurationKeeper(server: context, path: configurationPath)
        // What is usual here is told from before the server is ready, however late the keeper's thread begins.
        keeper.look(at: Clock.monotonic())
        let administrator = Operator(server: context, keeper: keeper)
        try start("control") { control.serve { administrator.answer($0) } }
        try start("configuration") {
            while !context.isStopping {
                keeper.look(at: Clock.monotonic())
                Clock.sleep(milliseconds: 1000)
            }
        }

        let addresses = Set(sockets.map { "udp://\($0.address)" }).sorted().joined(separator: " ")
        if context.failure.withLock({ $0 }) == nil { context.log.put("ready \(addresses)\n") }
        while let signal = signals.next(), signal == SIGHUP {
            _ = keeper.reload(confirmSeconds: nil, at: Clock.monotonic())
        }

        // What came before the order is answered; nobody, whatever he is stuck in, keeps the server from ending.
        context.stop()
        for socket in sockets { socket.shutDown() }
        received.wait(patienceInMilliseconds: Self.patienceInMilliseconds)
        line.close(patienceInMilliseconds: Self.patienceInMilliseconds)
        rejectDelay.close()
        ended.wait(patienceInMilliseconds: Self.patienceInMilliseconds)
        control.shutDown()
        context.log.close(patienceInMilliseconds: Self.patienceInMilliseconds / 5)
        if let failure = context.failure.withLock({ $0 }) { throw ServerError(failure) }
    }

    /// One socket for each address and thread.
    private func bound(_ settings: ServerSettings, threads: Int) throws(ServerError) -> [DatagramSocket] {
        var sockets: [DatagramSocket] = []
        // One may be the wildcard that another is part of.
        let sharing = threads > 1 || settings.listen.count > 1
        for address in settings.listen {
            do {
                let first = try DatagramSocket(boundTo: SocketAddress(address), sharing: sharing)
                sockets.append(first)
                for _ in 1..<threads {
                    sockets.append(try DatagramSocket(boundTo: first.address, sharing: true))
                }
            } catch {
                throw ServerError("\(error)")
            }
        }
        return sockets
    }

    /// Starts a thread that answers requests.
    private func start(
        _ name: String, telling rejectDelay: RejectDelay, ending: Endings? = nil,
        _ body: @escaping @Sendable (inout Teller) -> Void
    ) throws(ServerError) {
        let context = context
        try start(name, ending: ending) {
            do throws(CryptographyError) {
                var teller = try Teller(server: context, rejectDelay: rejectDelay)
                body(&teller)
            } catch {
                context.fail("the thread '\(name)' ended: \(error)")
            }
        }
    }

    /// Starts a thread that takes what comes by a socket.
    private func start(
        _ name: String, on socket: DatagramSocket, _ attendance: Attendance, _ line: DecisionLine,
        _ rejectDelay: RejectDelay, ending: Endings, _ body: @escaping @Sendable (consuming Listener) -> Void
    ) throws(ServerError) {
        let context = context
        try start(name, ending: ending) {
            do throws(CryptographyError) {
                let teller = try Teller(server: context, rejectDelay: rejectDelay)
                body(
                    try Listener(socket: socket, attendance: attendance, line: line, teller: teller, server: context))
            } catch {
                context.fail("the thread '\(name)' ended: \(error)")
            }
        }
    }

    /// - Parameter ending: told when the thread has ended.
    private func start(
        _ name: String, ending: Endings? = nil, _ body: @escaping @Sendable () -> Void
    ) throws(ServerError) {
        ending?.running.add(1, ordering: .relaxed)
        let thread = Thread(named: name) {
            body()
            ending?.running.subtract(1, ordering: .relaxed)
        }
        guard thread != nil else { throw ServerError("the system has no thread to give") }
    }

    /// Which of some threads still run. Unlike joining them, waiting for them has an end.
    private final class Endings: Sendable {
        let running = Atomic<Int>(0)

        func wait(patienceInMilliseconds patience: Int64) {
            let end = Clock.monotonic() + patience
            while running.load(ordering: .relaxed) > 0, Clock.monotonic() < end { Clock.sleep(milliseconds: 2) }
        }
    }
}
