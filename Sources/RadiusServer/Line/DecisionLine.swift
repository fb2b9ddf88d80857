import Synchronization
import TokenEngine

/// Where requests are decided: one thread takes all that have gathered, has the engine decide them in one transaction, and
/// hands them on to be answered once that is durable. While one batch is being made durable, the next gathers and the one
/// before it is answered.
///
/// A request whose decision needs something slow (a memory-hard hash) leaves the line, and joins a later batch with what
/// was found out.
final class DecisionLine: Sendable {
    /// The most requests that one transaction carries. More would make the first of them wait for the last.
    private static let batchSize = 512
    /// The most requests that wait to be decided: half a second's worth of a busy server. More are dropped, and come again.
    private static let queueCapacity = 16_384

    private let waiting: Mailbox<PendingRequest>
    private let slowLane: SlowLane
    private let replies: ReplyLine
    private let server: ServerContext

    init(server: ServerContext, replies: ReplyLine) {
        self.server = server
        self.replies = replies
        waiting = Mailbox(capacity: Self.queueCapacity)
        slowLane = SlowLane(server: server)
    }

    /// Takes admitted requests. Those that find no room are dropped, and evaluated when they are sent again.
    func decide(_ requests: [PendingRequest]) {
        server.requestsInFlight.add(requests.count, ordering: .relaxed)
        drop(waiting.post(requests), because: .overloaded)
    }

    /// The deciding thread. Returns after ``close()``, when everything that waited has been decided.
    func run(_ decider: Decider) {
        while case let batch = waiting.take(upTo: Self.batchSize), !batch.isEmpty {
            var rest = batch[...]
            // A reload may fall between two requests of a batch: each is decided under the version it was admitted by.
            while let first = rest.first {
                let version = first.request.configuration
                let run = rest.prefix { $0.request.configuration === version }
                rest = rest.dropFirst(run.count)
                decide(run, under: version, decider)
            }
        }
    }

    private func decide(_ batch: ArraySlice<PendingRequest>, under version: ActiveConfiguration, _ decider: Decider) {
        let now = Clock.now()
        let evaluations: [Evaluation]
        do throws(StoreError) {
            decider.engine = version.engine
            evaluations = try decider.decide(batch.map(\.attempt), at: now)
        } catch {
            // Nothing was committed, so nobody may be told anything: the client turns to its second server.
            server.log.writeSparingly(
                .error, about: "store", "the store failed, \(batch.count) requests get no answer: \(error)")
            server.storeIsFailing.store(true, ordering: .relaxed)
            drop(batch, because: .storeUnavailable)
            return
        }
        server.storeIsFailing.store(false, ordering: .relaxed)
        var decided: [DecidedRequest] = []
        decided.reserveCapacity(batch.count)
        var slow: [SlowWork] = []
        for (pending, evaluation) in zip(batch, evaluations) {
            switch evaluation {
            case .needs(let checks):
                slow.append(SlowWork(pending: pending, checks: checks))
            case .decided(let verdict):
                decided.append(
                    DecidedRequest(
                        request: pending.request, userName: pending.attempt.userName, verdict: verdict, decidedAt: now))
            case .failed(let error):
                server.log.writeSparingly(
                    .error, about: "store", "the store failed, one request gets no answer: \(error)")
                drop([pending], because: .storeUnavailable)
            }
        }
        server.metrics.add(1, to: .batches)
        replies.reply(to: decided)
        keepWhatWasLearned(decider)
        drop(slowLane.post(slow).map(\.pending)[...], because: .overloaded)
    }

    /// Tells the database what admission has learned of devices, behind a batch that it took well: what cannot be kept now
    /// is kept behind another one, or learned again.
    private func keepWhatWasLearned(_ decider: Decider) {
        let learnings = server.signers.takeUnsaved()
        guard !learnings.isEmpty else { return }
        do throws(StoreError) {
            try decider.keep(learnings)
        } catch {
            server.log.writeSparingly(.error, about: "learned", "what was learned of devices is not kept yet: \(error)")
            server.signers.giveBack(learnings)
        }
    }

    private func drop(_ requests: ArraySlice<PendingRequest>, because reason: Discard) {
        guard !requests.isEmpty else { return }
        for pending in requests { pending.request.duplicates.forget(pending.request.ticket) }
        server.requestsInFlight.subtract(requests.count, ordering: .relaxed)
        server.metrics.add(requests.count, to: reason)
    }

    /// One of the threads for what is slow. What it has found out joins a later batch; where it could find nothing out,
    /// nobody is told anything.
    func runSlowLane() {
        slowLane.run { outcome in
            switch outcome {
            case .checked(let pending), .changed(let pending): drop(waiting.post([pending]), because: .overloaded)
            case .failed(let pending, let reason): drop([pending], because: reason)
            }
        }
    }

    /// Waits until everything in flight is answered, but no longer than `patience`, and ends the threads.
    func close(patienceInMilliseconds patience: Int64) {
        let end = Clock.monotonic() + patience
        while server.requestsInFlight.load(ordering: .relaxed) > 0, Clock.monotonic() < end {
            Clock.sleep(milliseconds: 2)
        }
        slowLane.close()
        waiting.close()
    }
}
