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

    private let context: ServerContext
    private let configurationPath: String
    private let store: StoreLocation
    private let signals: Signals

    /// Where the deciding thread opens its store; a store belongs to the thread that opened it.
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
        // The other half of the processors decides and replies; to receive costs a quarter of a login.
        let sockets = try bound(settings, threads: settings.listenerThreads ?? max(1, processorCount / 2))
        let control: ControlSocket
        do { control = try ControlSocket(listeningAt: settings.controlSocketPath) } catch {
            throw ServerError("\(error)")
        }
        let replies = ReplyLine(server: context)
        let line = DecisionLine(server: context, replies: replies)
        let (context, store, configurationPath) = (context, store, configurationPath)
        let ended = Endings()

        try start("log") { context.log.run() }
        try start("decide", ending: ended) {
            do {
                let decider = Decider(
                    store: try Store(path: store.path, keys: store.keys), engine: context.active.current.engine,
                    remembered: try VerifiedSecrets())
                context.canDecide.store(true, ordering: .relaxed)
                line.run(decider)
            } catch {
                context.fail("the deciding thread ended: \(error)")
            }
        }
        try start("reply", ending: ended) {
            do throws(CryptographyError) { try replies.run() } catch {
                context.fail("the replying thread ended: \(error)")
            }
        }
        try start("reject delay") { replies.runRejectDelay() }
        try start("store probe") {
            line.runStoreProbe { () throws(StoreError) in try Store(path: store.path, keys: store.keys).probe() }
        }
        try start("checkpoint", ending: ended) { line.runCheckpoints(path: store.path) }
        for number in 0..<processorCount {
            try start("slow \(number)") {
                // Whose PIN is remembered must not wait for those whose PIN is not, and these not for ever.
                if number == 0 { Thread.stepBack() } else { Thread.stepAside() }
                line.runSlowLane()
            }
        }
        let received = Endings()
        for (number, socket) in sockets.enumerated() {
            try start("receive \(number)", ending: received) {
                do throws(CryptographyError) { try Listener(socket: socket, line: line, server: context).run() } catch {
                    context.fail("a receiving thread ended: \(error)")
                }
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

        // Ready is who can answer: not before the deciding thread has its store.
        while !context.canDecide.load(ordering: .relaxed), context.failure.withLock({ $0 }) == nil {
            Clock.sleep(milliseconds: 1)
        }
        let addresses = Set(sockets.map { "udp://\($0.address)" }).sorted().joined(separator: " ")
        if context.canDecide.load(ordering: .relaxed) { context.log.put("ready \(addresses)\n") }
        while let signal = signals.next(), signal == SIGHUP {
            _ = keeper.reload(confirmSeconds: nil, at: Clock.monotonic())
        }

        // What came before the order is answered; nobody, whatever he is stuck in, keeps the server from ending.
        context.stop()
        for socket in sockets { socket.shutDown() }
        received.wait(patienceInMilliseconds: Self.patienceInMilliseconds)
        line.close(patienceInMilliseconds: Self.patienceInMilliseconds)
        replies.close()
        ended.wait(patienceInMilliseconds: Self.patienceInMilliseconds)
        control.shutDown()
        context.log.close(patienceInMilliseconds: Self.patienceInMilliseconds / 5)
        if let failure = context.failure.withLock({ $0 }) { throw ServerError(failure) }
    }

    /// One socket for each address and receiving thread.
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
