import Cryptography
import RadiusCodec
import Synchronization

/// One thread on one socket: takes datagrams in batches, admits them, hands what must be decided to the line, and sends
/// what needs no decision.
struct Listener: ~Copyable {
    /// How many messages one system call may bring, each of one datagram or of a run of them.
    private static let batchSize = 64
    /// Once the order to stop has come, no more batches than this are taken: new requests may never cease.
    private static let batchesAfterStop = 64
    /// The most answers that one thread remembers for retransmissions: 2.5 MB, and 16 MB more if they are as large as can be.
    private static let duplicatesMaximum = 16_384

    private let socket: DatagramSocket
    private let line: DecisionLine
    private let server: ServerContext
    private var admission: Admission
    private var receiver: DatagramReceiver
    private var sender = DatagramSender()

    init(socket: DatagramSocket, line: DecisionLine, server: ServerContext) throws(CryptographyError) {
        self.socket = socket
        self.line = line
        self.server = server
        admission = try Admission(
            socket: socket, duplicates: DuplicateCache(capacity: Self.duplicatesMaximum), signers: server.signers,
            metrics: server.metrics,
            storeIsFailing: { server.storeIsFailing.load(ordering: .relaxed) })
        receiver = DatagramReceiver(capacity: Self.batchSize)
    }

    /// Runs until the socket is shut down, and what it held by then is taken.
    consuming func run() {
        var batchesLeft = Self.batchesAfterStop
        while batchesLeft > 0 {
            if server.isStopping { batchesLeft -= 1 }
            do throws(SocketError) {
                let count = try receiver.receive(from: socket)
                // A socket that is shut down and empty gives empty datagrams.
                guard count > 0, !(server.isStopping && receiver.size(of: 0) == 0) else { return }
                take(count)
            } catch {
                guard !server.isStopping else { return }
                // The kernel goes on giving this socket its share of the clients, so nobody else would serve them.
                server.log.writeSparingly(.error, about: "socket \(socket.address)", "\(socket.address): \(error)")
                Clock.sleep(milliseconds: 50)
            }
        }
    }

    /// One batch: every datagram is judged under the same configuration.
    private mutating func take(_ count: Int) {
        let configuration = server.active.current
        let isTracing = server.trace.isOn || configuration.isTracingSome
        admission.begin(under: configuration, at: Clock.monotonic())
        var requests: [PendingRequest] = []
        requests.reserveCapacity(count)
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
        if !requests.isEmpty { line.decide(requests) }
    }
}
