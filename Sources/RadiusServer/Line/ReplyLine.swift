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

/// Where verdicts become datagrams: one thread says them in attributes, signs and sends them, while the deciding thread is
/// at its next batch. Rejects wait a moment first (``RejectDelay``).
final class ReplyLine: Sendable {
    /// The most verdicts that wait to be told; beyond it the deciding thread waits, for a durable answer is not dropped.
    private static let queueCapacity = 4096
    private static let batchSize = 256

    private let waiting = Mailbox<DecidedRequest>(capacity: queueCapacity)
    private let rejectDelay: RejectDelay
    private let server: ServerContext

    init(server: ServerContext) {
        self.server = server
        rejectDelay = RejectDelay(server: server)
    }

    /// Waits for room where there is none.
    func reply(to decided: [DecidedRequest]) { waiting.put(decided) }

    /// Takes what rests on nothing durable and may be dropped; returns, by their places, those that found no room.
    func offer(_ decided: [DecidedRequest]) -> ArraySlice<DecidedRequest> { waiting.post(decided) }

    /// The replying thread. Returns after ``close()``, when everything that waited has been told.
    func run() throws(CryptographyError) {
        var replies = try ReplyWriter(server: server)
        var sender = DatagramSender()
        while case let batch = waiting.take(upTo: Self.batchSize), !batch.isEmpty {
            let now = Clock.monotonic()
            var rejects: [RejectDelay.Reject] = []
            for decided in batch {
                let octets = replies.reply(to: decided)
                let arrival = decided.request.arrival
                if case .reject = decided.verdict.decision, arrival.rejectDelay > 0 {
                    let due = arrival.time + arrival.rejectDelay
                    rejects.append(.init(octets: octets, request: decided.request, due: due))
                } else {
                    add(octets, to: decided.request, &sender, at: now)
                }
            }
            let held = rejects.count
            let hasty = rejectDelay.hold(rejects)
            for reject in hasty { add(reject.octets, to: reject.request, &sender, at: now) }
            sender.flush()
            server.requestsInFlight.subtract(batch.count - held + hasty.count, ordering: .relaxed)
            replies.flush()
        }
    }

    /// The thread that sends rejects when their time has come.
    func runRejectDelay() {
        var sender = DatagramSender()
        rejectDelay.run { rejects in
            let now = Clock.monotonic()
            for reject in rejects { add(reject.octets, to: reject.request, &sender, at: now) }
            sender.flush()
            server.requestsInFlight.subtract(rejects.count, ordering: .relaxed)
        }
    }

    /// Keeps a reply for retransmissions, and leaves it to be sent.
    private func add(_ reply: [UInt8], to request: AccessRequest, _ sender: inout DatagramSender, at now: Int64) {
        let arrival = request.arrival
        arrival.duplicates.remember(reply, for: request.ticket, until: now + arrival.duplicateLifetime)
        sender.add(reply, to: request.path, by: arrival.socket)
    }

    func close() {
        waiting.close()
        rejectDelay.close()
    }
}
