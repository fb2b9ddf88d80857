import Synchronization
import TokenEngine

/// Where requests are decided: whoever has admitted some takes all that wait, has the engine decide them in one transaction,
/// which those who come meanwhile join, and answers them once that is durable. One thread does so at a time; what the others
/// bring waits until it asks who has come.
///
/// A request whose decision needs something slow (a memory-hard hash) leaves the line, and joins a later batch with what
/// was found out.
final class DecisionLine: Sendable {
    /// The most requests that one transaction carries. More would make the first of them wait for the last, and those that
    /// come meanwhile for room in the socket.
    static let batchSize = 256
    /// The most requests that wait to be decided: half a second's worth of a busy server. More are dropped, and come again.
    private static let queueCapacity = 16_384
    /// How often those who have come since may join a transaction that is under way, and for how long.
    private static let roundsMaximum = 8
    private static let joiningMilliseconds: Int64 = 50
    /// The line is crowded when this many wait: then those who have guessed too often make room, and nobody takes more.
    static let crowd = 2 * batchSize

    /// What belongs to whoever decides, who holds the lock.
    private final class Desk: @unchecked Sendable {
        let lock = Mutex(())
        /// nil when the server has ended.
        var decider: Decider?
        /// What could not be decided along with what was.
        var later: [PendingRequest] = []

        init(decider: sending Decider) { self.decider = decider }

        func withLock<Failure>(_ body: () throws(Failure) -> Void) throws(Failure) {
            try lock.withLock { (_) throws(Failure) in try body() }
        }
    }

    /// What has come of a batch.
    struct Outcome: Sendable {
        fileprivate(set) var decided: [DecidedRequest] = []
        fileprivate var slow: [SlowWork] = []
        /// The last transaction that has written decisions, and how many all of them have.
        fileprivate var transaction = 0
        fileprivate var writtenCount = 0
        /// How many requests wait now.
        fileprivate(set) var waitingCount = 0
    }

    private let desk: Desk
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
        desk = Desk(decider: decider)
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

    /// Decides a batch of what waits. ``answer(_:by:)`` must follow.
    ///
    /// - Parameter arrivals: admits what has come since. It is decided along with the others, so that they share one flush to
    ///   disk: those who come while others are decided would wait for that one, and then for their own.
    func decide(joinedBy arrivals: () -> [PendingRequest] = { [] }) -> Outcome {
        var outcome = Outcome()
        desk.withLock { outcome = decideNext(joinedBy: arrivals) }
        return outcome
    }

    /// Answers a batch that was decided.
    func answer(_ outcome: Outcome, by teller: inout Teller) {
        teller.tell(outcome.decided)
        drop(slowLane.post(outcome.slow).map(\.pending)[...], because: .overloaded)
        checkpoints.end(outcome.transaction, decisions: outcome.writtenCount) { () throws(StoreError) in
            var pages = 0
            try desk.withLock { () throws(StoreError) in pages = try desk.decider?.checkpoint() ?? 0 }
            return pages
        }
    }

    private func decideNext(joinedBy arrivals: () -> [PendingRequest]) -> Outcome {
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
            decide(Array(run), under: version, isLast: rest.isEmpty, joinedBy: arrivals, &outcome)
        }
        outcome.waitingCount = desk.later.count + waiting.count
        return outcome
    }

    /// What of `next`, which is not empty, may be decided now, and what only when that is. Rejects the rest.
    ///
    /// - Parameter batch: what is being decided already.
    private func hearable(
        among next: [PendingRequest], after batch: [PendingRequest] = [], _ outcome: inout Outcome
    ) -> (heard: [PendingRequest], later: [PendingRequest]) {
        let now = Clock.monotonic()
        // A reload may have changed the limit between the first of them and the last.
        let isUnlimited = [next[0], next[next.count - 1]].allSatisfy {
            guesses.allows(batch.count + next.count, under: $0.request.configuration.configuration.server, at: now)
        }
        guard !isUnlimited else { return (next, []) }
        let parts = guesses.part(next, after: batch, at: now)
        outcome.decided += parts.refused.map(\.refused)
        return (parts.heard, parts.later)
    }

    private func decide(
        _ first: [PendingRequest], under version: ActiveConfiguration, isLast: Bool,
        joinedBy arrivals: () -> [PendingRequest], _ outcome: inout Outcome
    ) {
        var batch = first
        guard let decider = desk.decider else {
            outcome.decided += failed(batch[...], because: .storeUnavailable)
            return
        }
        let now = Clock.now()
        let transaction = checkpoints.begin()
        let evaluations: [Evaluation]
        do throws(StoreError) {
            decider.engine = version.engine
            // Those that are heard already come first.
            var roundsLeft = isLast ? Self.roundsMaximum : 0
            let begun = Clock.monotonic()
            evaluations = try decider.decide(batch.map(\.attempt), at: now) {
                // The time that it is judged by must not be long before it came: somebody else may have held the database.
                guard roundsLeft > 0, Clock.monotonic() - begun < Self.joiningMilliseconds else { return [] }
                roundsLeft -= 1
                let joining = joining(batch, under: version, arrivals, &outcome)
                batch += joining
                return joining.map(\.attempt)
            }
        } catch {
            server.log.writeSparingly(
                .error, about: "store", "the store failed, \(batch.count) requests cannot be decided: \(error)")
            if !server.storeIsFailing.exchange(true, ordering: .relaxed) { probe.start() }
            outcome.decided += failed(batch[...], because: .storeUnavailable)
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

    /// What has come since, and may be decided along with `batch`; what may not waits for the next one.
    private func joining(
        _ batch: [PendingRequest], under version: ActiveConfiguration, _ arrivals: () -> [PendingRequest],
        _ outcome: inout Outcome
    ) -> [PendingRequest] {
        guard desk.later.isEmpty, batch.count < Self.batchSize, waiting.count < Self.crowd else { return [] }
        outcome.decided += post(arrivals())
        let next = waiting.take(upTo: Self.batchSize - batch.count, waits: false)
        guard !next.isEmpty else { return [] }
        guard next.allSatisfy({ $0.request.configuration === version }) else {
            desk.later = next
            return []
        }
        let (heard, later) = hearable(among: next, after: batch, &outcome)
        desk.later = later
        return heard
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
        desk.withLock { if let decider = desk.decider { keepWhatWasLearned(decider) } }
        // Not at the desk: whoever copies the log may want it.
        checkpoints.waitForEnd()
        desk.withLock { desk.decider = nil }
    }

    /// Decides until nothing waits, and answers.
    func serveAll(_ teller: inout Teller) {
        var waitingCount = 0
        repeat {
            let outcome = decide()
            answer(outcome, by: &teller)
            waitingCount = outcome.waitingCount
        } while waitingCount > 0
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
