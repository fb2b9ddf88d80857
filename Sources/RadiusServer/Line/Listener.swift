import Cryptography
import RadiusCodec
import Synchronization

/// One thread on one socket: takes datagrams in batches, admits them, sends what needs no decision, has the line decide the
/// rest, and answers it. While it is held up by the store, another one stands in for it.
struct Listener: ~Copyable {
    /// How many messages one system call may bring, each of one datagram or of a run of them.
    private static let messagesMaximum = 64
    /// How many messages are taken before what must be decided is.
    private static let messagesOfABatch = 16 * messagesMaximum
    /// How many are taken at a time while others are decided, who wait for it.
    private static let messagesOfARound = 16
    /// Once the order to stop has come, no more batches than this are taken: new requests may never cease.
    private static let batchesAfterStop = 64
    /// How often a stand-in looks whether it is needed, and then whether something has come, in milliseconds.
    private static let pauseInMilliseconds: UInt32 = 50
    private static let shortPauseInMilliseconds: UInt32 = 5

    private let socket: DatagramSocket
    private let attendance: Attendance
    private let line: DecisionLine
    private let server: ServerContext
    private var admission: Admission
    private var receiver: DatagramReceiver
    private var sender = DatagramSender()
    private var teller: Teller

    init(
        socket: DatagramSocket, attendance: Attendance, line: DecisionLine, teller: consuming Teller,
        server: ServerContext
    ) throws(CryptographyError) {
        let admission = try Admission(
            socket: socket, duplicates: attendance.duplicates, signers: server.signers, metrics: server.metrics,
            storeIsFailing: { server.storeIsFailing.load(ordering: .relaxed) })
        self.socket = socket
        self.attendance = attendance
        self.line = line
        self.server = server
        self.admission = admission
        self.teller = teller
        receiver = DatagramReceiver(capacity: Self.messagesMaximum)
    }

    /// Runs until the socket is shut down, and what it held by then is answered.
    consuming func run() {
        var batchesLeft = Self.batchesAfterStop
        var waitingCount = 0
        while batchesLeft > 0 {
            // Of what cannot be decided soon the socket keeps what it has room for.
            if waitingCount < DecisionLine.crowd {
                attendance.receive()
                guard let requests = arrivals(waits: waitingCount == 0) else { break }
                attendance.decide()
                if server.isStopping { batchesLeft -= 1 }
                guard waitingCount > 0 || !requests.isEmpty else { continue }
                teller.tell(line.post(requests))
            }
            let outcome = line.decide { arrivals(waits: false, upTo: Self.messagesOfARound) ?? [] }
            line.answer(outcome, by: &teller)
            waitingCount = outcome.waitingCount
        }
        line.serveAll(&teller)
        attendance.receive()
    }

    /// Takes what comes while whoever should is held up: a socket has room for little, and devices ask whether the server is
    /// alive. Until the order to stop.
    consuming func standIn() {
        while !server.isStopping {
            Clock.sleep(milliseconds: Self.pauseInMilliseconds)
            while !server.isStopping, attendance.isHeldUp, let requests = arrivals(waits: false) {
                guard !requests.isEmpty else {
                    Clock.sleep(milliseconds: Self.shortPauseInMilliseconds)
                    continue
                }
                teller.tell(line.post(requests))
                line.call()
            }
        }
    }

    /// What has come and must be decided, and what comes while that is admitted, so that they share one commit.
    ///
    /// - Parameters:
    ///   - waits: for something to come.
    ///   - limit: how many messages are taken.
    /// - Returns: nil when nothing will come any more.
    private mutating func arrivals(waits: Bool, upTo limit: Int = Self.messagesOfABatch) -> [PendingRequest]? {
        var requests: [PendingRequest] = []
        var (messagesLeft, isFirst) = (limit, true)
        do throws(SocketError) {
            // Those that need no decision may never cease to come.
            while messagesLeft > 0, requests.count < 2 * DecisionLine.crowd {
                let count = try receiver.receive(upTo: messagesLeft, from: socket, waits: waits && isFirst)
                guard !receiver.isAtEnd else { return requests.isEmpty ? nil : requests }
                guard count > 0 else { return requests }
                take(count, &requests)
                messagesLeft -= count
                isFirst = false
            }
        } catch {
            guard !server.isStopping else { return requests.isEmpty ? nil : requests }
            // The kernel goes on giving this socket its share of the clients, so nobody else would serve them.
            server.log.writeSparingly(.error, about: "socket \(socket.address)", "\(socket.address): \(error)")
            // Who does not want to wait has others to see to.
            if waits { Clock.sleep(milliseconds: 50) }
        }
        return requests
    }

    /// One batch: every datagram is judged under the same configuration.
    private mutating func take(_ count: Int, _ requests: inout [PendingRequest]) {
        let configuration = server.active.current
        let isTracing = server.trace.isOn || configuration.isTracingSome
        admission.begin(under: configuration, at: Clock.monotonic())
        requests.reserveCapacity(requests.count + count)
        var (datagramCount, answerCount) = (0, 0)
        for index in 0..<count {
            receiver.withDatagrams(of: index) { datagram, path in
                datagramCount += 1
                if isTracing { server.trace.received(datagram, by: path, under: configuration) }
                do throws(Discard) {
                    switch try admission.admit(datagram, by: path) {
                    case .request(let request):
                        requests.append(request)
                    case .answer(let octets):
                        if isTracing { server.trace.sent(octets, by: path, under: configuration) }
                        sender.add(octets, to: path, by: socket)
                        answerCount += 1
                    }
                } catch {
                    server.discard(error, from: path.peer, identifier: datagram.count > 1 ? datagram[1] : nil)
                }
            }
        }
        admission.end()
        server.metrics.add(datagramCount, to: .datagramsReceived)
        server.metrics.add(answerCount, to: .answeredWithoutDecision)
        sender.flush()
    }
}

/// What the two threads of a socket share.
final class Attendance: Sendable {
    /// For how many milliseconds the one may be at something else before the other takes what comes.
    private static let patienceInMilliseconds: Int64 = 50

    let duplicates: DuplicateCache
    /// Since when the one has been deciding, and receiving what joins that, and answering, by the clock that never goes back; 0
    /// while it does nothing but receive.
    private let busySince = Atomic<Int64>(0)

    init(duplicates: DuplicateCache) { self.duplicates = duplicates }

    /// The one decides and answers from now on.
    func decide() { busySince.store(Clock.monotonic(), ordering: .relaxed) }

    /// The one receives from now on.
    func receive() { busySince.store(0, ordering: .relaxed) }

    var isHeldUp: Bool {
        let since = busySince.load(ordering: .relaxed)
        return since > 0 && Clock.monotonic() - since > Self.patienceInMilliseconds
    }
}
