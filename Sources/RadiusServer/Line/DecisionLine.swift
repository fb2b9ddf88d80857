import Synchronization
import TokenEngine

/// Where requests are decided: whoever has admitted some takes all that wait, has the engine decide them in one transaction,
/// and answers them once that is durable. One thread does so at a time; what the others bring meanwhile waits for the next.
///
/// A request whose decision needs something slow (a memory-hard hash) leaves the line, and joins a later batch with what
/// was found out.
final class DecisionLine: Sendable {
    /// The most requests that one transaction carries. More would make the first of them wait for the last, and those that
    /// come meanwhile for room in the socket.
    static let batchSize = 256
    /// The most requests that wait to be decided: half a second's worth of a busy server. More are dropped, and come again.
    private static let queueCapacity = 16_384
    /// The line is crowded when this many wait: then those who have guessed too often make room, and nobody takes more.
    static let crowd = 2 * batchSize

    /// What belongs to whoever decides.
    private struct Desk {
        /// nil when the server has ended.
        var decider: Decider?
        /// What could not be decided along with what was.
        var later: [PendingRequest] = []
    }

    /// What has come of a batch.
    private struct Outcome: Sendable {
        var decided: [DecidedRequest] = []
        var slow: [SlowWork] = []
        /// The last transaction that has written decisions, and how many all of them have.
        var transaction = 0
        var writtenCount = 0
        /// How many requests wait now.
        var waitingCount = 0
    }

    private let desk: Mutex<Desk>
    private let waiting = Mailbox<PendingRequest>(capacity: queueCapacity)
    /// Wakes the thread that decides what nobody else would.
    private let calls = Mailbox<Void>(capacity: 1)
    private let slowLane: SlowLane
    private let guesses = GuessLimits()
    private let probe: StoreProbe
    private let checkpoints: CheckpointLine
    private let server: ServerContext

    init(server: ServerContext, decider: sending Decider) {
        self.server = server
        desk = Mutex(Desk(decider: decider))
        probe = StoreProbe(server: server)
        checkpoints = CheckpointLine(server: server)
        slowLane = SlowLane(server: server)
    }

    /// Takes admitted requests. Those that find no room are dropped, and evaluated when they are sent again.
    ///
    /// - Returns: rejects, unheard, of those who have guessed too often.
    func post(_ requests: [PendingRequest]) -> [DecidedRequest] {
        server.requestsInFlight.add(requests.count, ordering: .relaxed)
        let now = Clock.monotonic()
        guard guesses.mayRefuse(at: now) else {
            drop(waiting.post(requests), because: .overloaded)
            return []
        }
        let isCrowded = waiting.count + requests.count > Self.crowd
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
        return refused.map(\.refused)
    }

    /// Decides a batch of what waits, and answers it; the straight line of every request.
    ///
    /// - Returns: how many requests wait now.
    func serve(_ teller: inout Teller) -> Int {
        let outcome = desk.withLock { decideNext(&$0) }
        teller.tell(outcome.decided)
        drop(slowLane.post(outcome.slow).map(\.pending)[...], because: .overloaded)
        checkpoints.end(outcome.transaction, decisions: outcome.writtenCount) { () throws(StoreError) in
            try desk.withLock { (desk) throws(StoreError) in try desk.decider?.checkpoint() ?? 0 }
        }
        return outcome.waitingCount
    }

    private func decideNext(_ desk: inout Desk) -> Outcome {
        var outcome = Outcome()
        // What has to wait takes room in the next batch, so that it never grows beyond one.
        let next = waiting.take(upTo: max(0, Self.batchSize - desk.later.count), waits: false)
        let batch = desk.later.isEmpty ? next : desk.later + next
        guard !batch.isEmpty else { return outcome }
        let heard: [PendingRequest]
        (heard, desk.later) = hearable(among: batch, &outcome)
        var rest = heard[...]
        // A reload may fall between two requests of a batch: each is decided under the version it was admitted by.
        while let first = rest.first {
            let version = first.request.configuration
            let run = rest.prefix { $0.request.configuration === version }
            rest = rest.dropFirst(run.count)
            decide(run, under: version, desk.decider, &outcome)
        }
        outcome.waitingCount = desk.later.count + waiting.count
        return outcome
    }

    /// What of `batch` may be decided now, and what only when that is. Rejects the rest.
    private func hearable(
        among batch: [PendingRequest], _ outcome: inout Outcome
    ) -> (heard: [PendingRequest], later: [PendingRequest]) {
        let now = Clock.monotonic()
        // A reload may have changed the limit between the first of them and the last.
        let isUnlimited = [batch[0], batch[batch.count - 1]].allSatisfy {
            guesses.allows(batch.count, under: $0.request.configuration.configuration.server, at: now)
        }
        guard !isUnlimited else { return (batch, []) }
        let parts = guesses.part(batch, at: now)
        outcome.decided += parts.refused.map(\.refused)
        return (parts.heard, parts.later)
    }

    private func decide(
        _ batch: ArraySlice<PendingRequest>, under version: ActiveConfiguration, _ decider: Decider?,
        _ outcome: inout Outcome
    ) {
        guard let decider else {
            outcome.decided += failed(batch, because: .storeUnavailable)
            return
        }
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
            outcome.decided += failed(batch, because: .storeUnavailable)
            return
        }
        server.storeIsFailing.store(false, ordering: .relaxed)
        let decidedAt = Clock.monotonic()
        outcome.decided.reserveCapacity(outcome.decided.count + batch.count)
        for (pending, evaluation) in zip(batch, evaluations) {
            switch evaluation {
            case .needs(let checks):
                outcome.slow.append(SlowWork(pending: pending, checks: checks))
            case .decided(let verdict):
                guesses.count(verdict, of: pending, at: decidedAt)
                outcome.decided.append(pending.decided(verdict, at: now))
                outcome.writtenCount += 1
                outcome.transaction = transaction
            case .failed(let error):
                server.log.writeSparingly(
                    .error, about: "store", "the store failed, one request cannot be decided: \(error)")
                outcome.decided += failed([pending], because: .storeUnavailable)
            }
        }
        server.metrics.add(1, to: .batches)
        keepWhatWasLearned(decider)
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
    ///
    /// - Returns: the rejects.
    private func failed(_ requests: ArraySlice<PendingRequest>, because reason: Discard) -> [DecidedRequest] {
        let answer = { (pending: PendingRequest) in pending.request.configuration.configuration.server.failureAnswer }
        drop(requests.filter { answer($0) == .silence }[...], because: reason)
        let rejected = requests.filter { answer($0) == .reject }
        return rejected.map { $0.decided(.unheard(.serverFailure), at: Clock.now()) }
    }

    private func drop(_ requests: ArraySlice<PendingRequest>, because reason: Discard) {
        guard !requests.isEmpty else { return }
        for pending in requests { pending.request.duplicates.forget(pending.request.ticket) }
        server.requestsInFlight.subtract(requests.count, ordering: .relaxed)
        server.metrics.add(requests.count, to: reason)
    }

    /// Has the line's own thread decide what waits: who brought it cannot, or may not be kept from what they do.
    func call() { _ = calls.post([()]) }

    /// The line's own thread, for what comes back from beside the line. Returns after ``close(patienceInMilliseconds:)``, when
    /// everything that waited has been decided, and the store is closed.
    func run(_ teller: inout Teller) {
        while !calls.take(upTo: 1).isEmpty { serveAll(&teller) }
        serveAll(&teller)
        desk.withLock { desk in if let decider = desk.decider { keepWhatWasLearned(decider) } }
        // Not at the desk: whoever copies the log may want it.
        checkpoints.waitForEnd()
        desk.withLock { $0.decider = nil }
    }

    /// Decides until nothing waits.
    func serveAll(_ teller: inout Teller) {
        while serve(&teller) > 0 {}
    }

    /// One of the threads for what is slow. What it has found out joins a later batch; where it could find nothing out,
    /// nobody is told anything, or everybody is rejected, as the operator wants it.
    func runSlowLane(_ teller: inout Teller) {
        slowLane.run { outcome in
            switch outcome {
            case .checked(let pending), .changed(let pending):
                drop(waiting.post([pending]), because: .overloaded)
                call()
            case .outdated(let pending):
                drop([pending], because: .overloaded)
            case .failed(let pending):
                teller.tell(failed([pending], because: .slowCheckFailed))
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
        calls.close()
    }
}

extension PendingRequest {
    fileprivate func decided(_ verdict: Verdict, at time: UnixTime) -> DecidedRequest {
        DecidedRequest(request: request, userName: attempt.userName, verdict: verdict, decidedAt: time)
    }

    /// A reject and not silence: a device that hears nothing takes the server for dead, and everybody else suffers.
    fileprivate var refused: DecidedRequest { decided(.unheard(.tooManyGuesses), at: Clock.now()) }
}
