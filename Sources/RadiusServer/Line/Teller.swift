import Cryptography
import RadiusCodec
import Synchronization
import TokenEngine

/// A request and what was decided about it, durably.
struct DecidedRequest: Sendable {
    let request: AccessRequest
    /// As it was typed.
    let userName: String
    let verdict: Verdict
    let decidedAt: UnixTime
}

/// Where verdicts become datagrams: says them in attributes, signs and sends them. One per thread that answers. Rejects wait
/// a moment first (``RejectDelay``).
struct Teller: ~Copyable {
    private let rejectDelay: RejectDelay
    private let server: ServerContext
    private var replies: ReplyWriter
    /// Few at a time: who asked can go on while the next are written, and more than that costs a system call no less.
    private var sender = DatagramSender(groupSize: 16)

    init(server: ServerContext, rejectDelay: RejectDelay) throws(CryptographyError) {
        let replies = try ReplyWriter(server: server)
        self.server = server
        self.rejectDelay = rejectDelay
        self.replies = replies
    }

    mutating func tell(_ batch: [DecidedRequest]) {
        guard !batch.isEmpty else { return }
        let now = Clock.monotonic()
        var rejects: [RejectDelay.Reject] = []
        for decided in batch {
            let octets = replies.reply(to: decided)
            let arrival = decided.request.arrival
            if case .reject = decided.verdict.decision, arrival.rejectDelay > 0 {
                let due = arrival.time + arrival.rejectDelay
                rejects.append(.init(octets: octets, request: decided.request, due: due))
            } else {
                decided.request.answer(octets, by: &sender, at: now)
            }
        }
        let held = rejects.count
        let hasty = rejectDelay.hold(rejects)
        for reject in hasty { reject.request.answer(reject.octets, by: &sender, at: now) }
        sender.flush()
        server.requestsInFlight.subtract(batch.count - held + hasty.count, ordering: .relaxed)
        replies.flush()
    }
}

extension RejectDelay {
    /// The thread that sends rejects when their time has come. Returns after ``close()``.
    func run() {
        var sender = DatagramSender()
        run { rejects in
            let now = Clock.monotonic()
            for reject in rejects { reject.request.answer(reject.octets, by: &sender, at: now) }
            sender.flush()
            server.requestsInFlight.subtract(rejects.count, ordering: .relaxed)
        }
    }
}

extension AccessRequest {
    /// Keeps the reply for retransmissions, and leaves it to be sent.
    fileprivate func answer(_ reply: [UInt8], by sender: inout DatagramSender, at now: Int64) {
        arrival.duplicates.remember(reply, for: ticket, until: now + arrival.duplicateLifetime)
        sender.add(reply, to: path, by: arrival.socket)
    }
}
