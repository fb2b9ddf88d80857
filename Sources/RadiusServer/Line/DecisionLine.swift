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

    /// The line is crowded when this many wait: then those who have guessed too often make room.
    private static let crowd = queueCapacity / 4

    private let waiting: Mailbox<PendingRequest>
    private let slowLane: SlowLane
    private let guesses = GuessLimits()
    private let replies: ReplyLine
    private let probe: StoreProbe
    private let checkpoints: CheckpointLine
    private let server: ServerContext

    init(server: ServerContext, replies: ReplyLine) {
        self.server = server
        probe = StoreProbe(server: server)
        checkpoints = CheckpointLine(server: server)
        self.replies = replies
        waiting = Mailbox(capacity: Self.queueCapacity)
        slowLane = SlowLane(server: server)
    }

    /// Takes admitted requests. Those that find no room are dropped, and evaluated when they are sent again; those of
    /// somebody who has guessed too often are rejected unseen.
    func decide(_ requests: [PendingRequest]) {
        server.requestsInFlight.add(requests.count, ordering: .relaxed)
        let now = Clock.monotonic()
        guard guesses.mayRefuse(at: now) else {
            drop(waiting.post(requests), because: .overloaded)
            return
        }
        let isCrowded = waiting.count > Self.crowd
        var heard: [PendingRequest] = []
        var refused: [PendingRequest] = []
        for pending in requests {
            if guesses.refuse(pending, isCrowded: isCrowded, at: now) {
                refused.append(pending)
            } else {
                heard.append(pending)
            }
        }
        drop(waiting.post(heard), because: .overloaded)
        reject(unseen: refused)
    }

    /// A reject and not silence: a device that hears nothing takes the server for dead, and everybody else suffers.
    private func reject(unseen refused: [PendingRequest]) {
        let rejects = refused.map { $0.decided(.unheard(.tooManyGuesses), at: Clock.now()) }
        drop(refused[replies.offer(rejects).indices], because: .overloaded)
    }

    /// The deciding thread. Returns after ``close()``, when everything that waited has been decided.
    func run(_ decider: Decider) {
        var later: [PendingRequest] = []
        // What has to wait takes room in the next batch, so that it never grows beyond one.
        while case let new = waiting.take(upTo: max(0, Self.batchSize - later.count), waits: later.isEmpty),
            case let batch = later.isEmpty ? new : later + new, !batch.isEmpty
        {
            let heard: [PendingRequest]
            (heard, later) = hearable(among: batch)
            var rest = heard[...]
            // A reload may fall between two requests of a batch: each is decided under the version it was admitted by.
            while let first = rest.first {
                let version = first.request.configuration
                let run = rest.prefix { $0.request.configuration === version }
                rest = rest.dropFirst(run.count)
                decide(run, under: version, decider)
            }
        }
        keepWhatWasLearned(decider)
    }

    /// What of `batch` may be decided now, and what only when that is. Rejects the rest.
    private func hearable(among batch: [PendingRequest]) -> (heard: [PendingRequest], later: [PendingRequest]) {
        let now = Clock.monotonic()
        // A reload may have changed the limit between the first of them and the last.
        let isUnlimited = [batch[0], batch[batch.count - 1]].allSatisfy {
            guesses.allows(batch.count, under: $0.request.configuration.configuration.server, at: now)
        }
        guard !isUnlimited else { return (batch, []) }
        let parts = guesses.part(batch, at: now)
        reject(unseen: parts.refused)
        return (parts.heard, parts.later)
    }

    private func decide(_ batch: ArraySlice<PendingRequest>, under version: ActiveConfiguration, _ decider: Decider) {
        let now = Clock.now()
        let transaction = checkpoints.begin()
        let evaluations: [Evaluation]
        do throws(StoreError) {
            decider.engine = version.engine
            evaluations = try decider.decide(batch.map(\.attempt), at: now)
        } catch {
            server.log.writeSparingly(
                .error, about: "store", "the store failed, \(batch.count) requests cannot be decided: \(error)")
            if !server.storeIsFailing.exchange(true, ordering: .relaxed) { probe.start() }
            fail(batch, because: .storeUnavailable)
            return
        }
        server.storeIsFailing.store(false, ordering: .relaxed)
        let decidedAt = Clock.monotonic()
        var decided: [DecidedRequest] = []
        decided.reserveCapacity(batch.count)
        var slow: [SlowWork] = []
        for (pending, evaluation) in zip(batch, evaluations) {
            switch evaluation {
            case .needs(let checks):
                slow.append(SlowWork(pending: pending, checks: checks))
            case .decided(let verdict):
                guesses.count(verdict, of: pending, at: decidedAt)
                decided.append(pending.decided(verdict, at: now))
            case .failed(let error):
                server.log.writeSparingly(
                    .error, about: "store", "the store failed, one request cannot be decided: \(error)")
                fail([pending], because: .storeUnavailable)
            }
        }
        server.metrics.add(1, to: .batches)
        keepWhatWasLearned(decider)
        replies.reply(to: decided)
        checkpoints.end(transaction, decisions: decided.count) { () throws(StoreError) in try decider.checkpoint() }
        drop(slowLane.post(slow).map(\.pending)[...], because: .overloaded)
    }

    /// Tells the database what admission has learned of devices, behind a batch that it took well and before anybody is
    /// answered: what cannot be kept now is kept behind another one, or learned again.
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

    /// Something inside has failed, and nothing was committed: nobody may be told anything that rests on it. The client
    /// turns to its second server, unless the operator wants it to be rejected.
    private func fail(_ requests: ArraySlice<PendingRequest>, because reason: Discard) {
        let answer = { (pending: PendingRequest) in pending.request.configuration.configuration.server.failureAnswer }
        drop(requests.filter { answer($0) == .silence }[...], because: reason)
        let rejected = requests.filter { answer($0) == .reject }
        replies.reply(to: rejected.map { $0.decided(.unheard(.serverFailure), at: Clock.now()) })
    }

    private func drop(_ requests: ArraySlice<PendingRequest>, because reason: Discard) {
        guard !requests.isEmpty else { return }
        for pending in requests { pending.request.duplicates.forget(pending.request.ticket) }
        server.requestsInFlight.subtract(requests.count, ordering: .relaxed)
        server.metrics.add(requests.count, to: reason)
    }

    /// One of the threads for what is slow. What it has found out joins a later batch; where it could find nothing out,
    /// nobody is told anything, or everybody is rejected, as the operator wants it.
    func runSlowLane() {
        slowLane.run { outcome in
            switch outcome {
            case .checked(let pending), .changed(let pending): drop(waiting.post([pending]), because: .overloaded)
            case .outdated(let pending): drop([pending], because: .overloaded)
            case .failed(let pending): fail([pending], because: .slowCheckFailed)
            }
        }
    }

    /// The thread that tries whether a store that failed works again.
    func runStoreProbe(_ commit: () throws(StoreError) -> Void) { probe.run(commit) }

    /// The thread that keeps the write-ahead log of the database at `path` short.
    func runCheckpoints(path: String) { checkpoints.run(path: path) }

    /// Waits until everything in flight is answered, but no longer than `patience`, and ends the threads.
    func close(patienceInMilliseconds patience: Int64) {
        let end = Clock.monotonic() + patience
        while server.requestsInFlight.load(ordering: .relaxed) > 0, Clock.monotonic() < end {
            Clock.sleep(milliseconds: 2)
        }
        probe.close()
        checkpoints.close()
        slowLane.close()
        waiting.close()
    }
}

extension PendingRequest {
    fileprivate func decided(_ verdict: Verdict, at time: UnixTime) -> DecidedRequest {
        DecidedRequest(request: request, userName: attempt.userName, verdict: verdict, decidedAt: time)
    }
}
