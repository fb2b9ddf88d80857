import Cryptography
import Synchronization
import TokenEngine

/// A request that waits for something slow, and what that is.
struct SlowWork: Sendable {
    var pending: PendingRequest
    let checks: [SlowCheck]
}

/// Memory-hard hashes, beside the line: a few threads of their own and a bounded queue, so that people whose PIN is
/// remembered never wait for those whose PIN is not.
///
/// Of the requests that are held against the same stored hash, one is checked at a time; the others go back to the line
/// when it is known, where most of them are decided without a hash: the PIN is remembered then, or the token locked. So
/// a thousand guesses at one user's PIN do not hold up another user's first login of the day.
final class SlowLane: Sendable {
    enum Outcome {
        /// The checks are known: decide it.
        case checked(PendingRequest)
        /// Something about the same hash has become known: decide it anew.
        case changed(PendingRequest)
        /// A check could not be run for want of memory, or the client has long given up.
        case failed(PendingRequest, Discard)
    }

    private struct Waiting {
        /// Hashes that a request in the queue or on a thread is held against.
        var busy: Set<SlowCheck.Stored> = []
        /// Requests for the same hash as another that came before.
        var parked: [SlowCheck.Stored: [PendingRequest]] = [:]
        var parkedCount = 0
    }

    /// The most requests that wait, in the queue and behind others.
    private static let capacity = 4096
    /// No client waits longer for an answer (RFC 5080 §2.2.1, the usual MRD).
    private static let patienceInMilliseconds: Int64 = 30_000

    private let queue = Mailbox<SlowWork>(capacity: capacity)
    private let waiting = Mutex(Waiting())
    private let server: ServerContext

    init(server: ServerContext) { self.server = server }

    /// Returns those that found no room.
    func post(_ work: [SlowWork]) -> [SlowWork] {
        work.filter { work in
            guard let stored = work.checks.first?.stored else { return true }
            let isTaken: Bool? = waiting.withLock { waiting in
                if waiting.busy.insert(stored).inserted { return nil }
                guard waiting.parkedCount < Self.capacity else { return false }
                waiting.parked[stored, default: []].append(work.pending)
                waiting.parkedCount += 1
                return true
            }
            if let isTaken { return !isTaken }
            guard !queue.post([work]).isEmpty else { return false }
            _ = release(stored)
            return true
        }
    }

    /// Runs checks until ``close()``, handing each request on, and those that waited behind it.
    func run(_ handOn: (Outcome) -> Void) {
        while let work = queue.take(upTo: 1).first {
            handOn(outcome(of: work))
            guard let stored = work.checks.first?.stored else { continue }
            for pending in release(stored) { handOn(.changed(pending)) }
        }
    }

    private func outcome(of work: SlowWork) -> Outcome {
        var pending = work.pending
        guard Clock.monotonic() - pending.request.receivedAt < Self.patienceInMilliseconds else {
            return .failed(pending, .overloaded)
        }
        for check in work.checks {
            do throws(CryptographyError) {
                pending.attempt.verified[check] = try check.run(keys: server.keys)
            } catch {
                server.log.writeSparingly(.error, about: "slow-check", "a stored hash cannot be checked: \(error)")
                return .failed(pending, .slowCheckFailed)
            }
        }
        return .checked(pending)
    }

    /// - Returns: the requests that waited behind the one that is done.
    private func release(_ stored: SlowCheck.Stored) -> [PendingRequest] {
        waiting.withLock { waiting in
            waiting.busy.remove(stored)
            let parked = waiting.parked.removeValue(forKey: stored) ?? []
            waiting.parkedCount -= parked.count
            return parked
        }
    }

    func close() { queue.close() }
}
