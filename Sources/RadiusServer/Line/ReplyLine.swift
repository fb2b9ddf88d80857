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
            var answers: [(octets: [UInt8], request: AccessRequest)] = []
            answers.reserveCapacity(batch.count)
            var rejects: [RejectDelay.Reject] = []
            for decided in batch {
                let request = decided.request
                let octets = replies.reply(to: decided)
                let delay = request.configuration.configuration.server.rejectDelayInSeconds * 1000
                if case .reject = decided.verdict.decision, delay > 0 {
                    rejects.append(.init(octets: octets, request: request, due: request.receivedAt + delay))
                } else {
                    answers.append((octets, request))
                }
            }
            answers += rejectDelay.hold(rejects).map { ($0.octets, $0.request) }
            send(answers, &sender)
            replies.flush()
        }
    }

    /// The thread that sends rejects when their time has come.
    func runRejectDelay() {
        var sender = DatagramSender()
        rejectDelay.run { rejects in send(rejects.map { ($0.octets, $0.request) }, &sender) }
    }

    /// Sends replies, and keeps them for retransmissions.
    private func send(_ replies: [(octets: [UInt8], request: AccessRequest)], _ sender: inout DatagramSender) {
        var answers: [(octets: [UInt8], path: ReturnPath)] = []
        answers.reserveCapacity(replies.count)
        let now = Clock.monotonic()
        for (octets, request) in replies {
            let lifetime = request.configuration.configuration.server.duplicateLifetimeInSeconds * 1000
            request.duplicates.remember(octets, for: request.ticket, until: now + lifetime)
            answers.append((octets, request.path))
        }
        sender.send(answers)
        server.requestsInFlight.subtract(replies.count, ordering: .relaxed)
    }

    func close() {
        waiting.close()
        rejectDelay.close()
    }
}
