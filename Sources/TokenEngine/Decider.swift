package import Cryptography

/// Decides attempts in batches: one batch, one transaction, one flush to disk. Used by one thread at a time.
package final class Decider {
    let store: Store
    /// Replaced at a reload, between two batches.
    package var engine: Engine
    private let remembered: VerifiedSecrets
    private let random: any RandomOctets

    /// How often an attempt is evaluated again when a row is not what it was decided on.
    private static let roundsMaximum = 5

    package init(
        store: Store, engine: Engine, remembered: VerifiedSecrets, random: any RandomOctets = SecureRandom()
    ) {
        self.store = store
        self.engine = engine
        self.remembered = remembered
        self.random = random
    }

    /// Decides every attempt, in order, in one transaction; each sees what those before it have changed.
    ///
    /// - Parameter more: asked for attempts that have come since, when those before are decided, until there are none.
    /// - Returns: an evaluation for each attempt, at the same index, those that have joined behind the others. What is decided is
    ///   on disk. An attempt that needs slow checks, or failed by itself, has left no trace.
    /// - Throws: when nothing was committed; then nobody may be answered.
    package func decide(
        _ first: [Attempt], at now: UnixTime, joinedBy more: () -> [Attempt] = { [] }
    ) throws(StoreError) -> [Evaluation] {
        var attempts = first
        remember(first)
        do throws(StoreError) {
            return try store.deciding { () throws(StoreError) in
                var evaluations: [Evaluation] = []
                evaluations.reserveCapacity(attempts.count)
                while evaluations.count < attempts.count {
                    for attempt in attempts[evaluations.count...] {
                        evaluations.append(try decide(attempt, at: now))
                    }
                    let joining = more()
                    remember(joining)
                    attempts += joining
                }
                return evaluations
            }
        } catch {
            guard error.concernsOneAttempt else { throw error }
            // Rolled back whole. Whoever it was must not take the others along; whom it was not pays two statements more.
            return try decideApart(attempts, at: now)
        }
    }

    /// What slow checks have found out holds, whatever becomes of the attempts.
    private func remember(_ attempts: [Attempt]) {
        for attempt in attempts {
            for (check, outcome) in attempt.verified { remembered.remember(check, outcome) }
        }
    }

    /// Keeps what the server has learned besides; see ``Store/keep(_:)``.
    package func keep(_ learnings: [Learning]) throws(StoreError) { try store.keep(learnings) }

    /// See ``Store/checkpoint()``.
    package func checkpoint() throws(StoreError) -> Int { try store.checkpoint() }

    /// Decides every attempt so that the failure of one undoes nothing but its own changes.
    ///
    /// A transaction that has met a bad page is lost, savepoints or not. The others are then decided anew in another one,
    /// without the attempt that stands on that page.
    private func decideApart(_ attempts: [Attempt], at now: UnixTime) throws(StoreError) -> [Evaluation] {
        var lost: [Int: StoreError] = [:]
        while true {
            var current: Int?
            do throws(StoreError) {
                return try store.deciding { () throws(StoreError) in
                    var evaluations: [Evaluation] = []
                    evaluations.reserveCapacity(attempts.count)
                    for (index, attempt) in attempts.enumerated() {
                        if let failure = lost[index] {
                            evaluations.append(.failed(failure))
                        } else {
                            current = index
                            evaluations.append(try decideApart(attempt, at: now))
                        }
                    }
                    // What fails from here on concerns everybody.
                    current = nil
                    return evaluations
                }
            } catch {
                guard error.isOfCorruption, let current else { throw error }
                lost[current] = error
            }
        }
    }

    /// Decides an attempt so that its failure undoes nothing but its own changes; after a bad page there is no way to.
    private func decideApart(_ attempt: Attempt, at now: UnixTime) throws(StoreError) -> Evaluation {
        var failure = StoreError.contended
        for _ in 0..<Self.roundsMaximum where failure == .contended {
            do throws(StoreError) {
                return try store.savepoint { () throws(StoreError) in try decide(attempt, at: now) }
            } catch {
                guard error.concernsOneAttempt, !error.isOfCorruption else { throw error }
                failure = error
            }
        }
        return .failed(failure)
    }

    private func decide(_ attempt: Attempt, at now: UnixTime) throws(StoreError) -> Evaluation {
        let (evaluation, account) = try evaluate(attempt, at: now)
        guard case .decided(let verdict) = evaluation else { return evaluation }
        guard try store.apply(verdict.changes, to: account) else { throw .contended }
        try store.append(verdict, on: attempt, at: now)
        return evaluation
    }

    /// What becomes of the attempt, and whose it is. Nothing is changed.
    func evaluate(
        _ attempt: Attempt, at now: UnixTime
    ) throws(StoreError) -> (evaluation: Evaluation, account: Account?) {
        let facts = try facts(for: attempt)
        guard !attempt.userNameReadings.isEmpty else {
            return (try evaluate(attempt, knowing: facts, at: now), facts.account)
        }
        var attempt = attempt
        let known = try self.facts(for: &attempt, first: facts)
        return (try evaluate(attempt, knowing: known, at: now), known.account)
    }

    private func evaluate(
        _ attempt: Attempt, knowing facts: Facts, at now: UnixTime
    ) throws(StoreError) -> Evaluation {
        let evaluation = try cryptography { () throws(CryptographyError) in
            try engine.evaluate(attempt, knowing: facts, at: now, random: random)
        }
        guard let objection = attempt.objection, case .decided(let verdict) = evaluation else { return evaluation }
        return .decided(verdict.heeding(objection))
    }

    private func facts(for attempt: Attempt) throws(StoreError) -> Facts {
        try store.facts(
            for: engine.identity(of: attempt), answering: attempt.transaction, remembered: remembered)
    }

    /// A name that has several readings is looked up under each, however soon one is known; the first that is, counts.
    ///
    /// - Parameter first: what is known of the first reading.
    private func facts(for attempt: inout Attempt, first: Facts) throws(StoreError) -> Facts {
        var known = first.user == nil ? nil : first
        var reading = attempt.userNameReadings[0]
        for other in attempt.userNameReadings.dropFirst() {
            attempt.userName = other.text
            let facts = try facts(for: attempt)
            guard known == nil, facts.user != nil else { continue }
            (known, reading) = (facts, other)
        }
        attempt.userName = reading.text
        attempt.userNameReadings = [reading]
        return known ?? first
    }
}
