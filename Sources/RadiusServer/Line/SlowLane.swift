import Cryptography
import Synchronization
import TokenEngine

/// A request that waits for something slow, and what that is.
struct SlowWork: Sendable {
    let pending: PendingRequest
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
        /// The client has long given up.
        case outdated(PendingRequest)
        /// A check could not be run for want of memory.
        case failed(PendingRequest)
    }

    fileprivate struct Waiting {
        /// Hashes that a request in the queue or on a thread is held against.
        var busy: Set<SlowCheck.Stored> = []
        /// Requests for the same hash as another that came before.
        var parked: [SlowCheck.Stored: [PendingRequest]] = [:]
        var parkedCount = 0
        /// How many requests of each device wait, or are on a thread.
        var shares: [IPAddress: Int] = [:]
    }

    /// The most requests that wait, in the queue and behind others.
    fileprivate static let capacity = 4096
    /// The most of one device, so that nobody's guesses leave no room for others.
    static let shareOfOneDevice = capacity / 4
    /// No client waits longer for an answer (RFC 5080 §2.2.1, the usual MRD).
    private static let patienceInMilliseconds: Int64 = 30_000

    private let queue = Mailbox<SlowWork>(capacity: capacity)
    private let waiting = Mutex(Waiting())
    private let server: ServerContext

    init(server: ServerContext) { self.server = server }

    fileprivate enum Place {
        case queue
        /// Behind another request that is held against the same hash.
        case parked
        case none
    }

    /// Returns those that found no room.
    func post(_ work: [SlowWork]) -> [SlowWork] {
        work.filter { work in
            guard let stored = work.checks.first?.stored else { return true }
            switch waiting.withLock({ $0.place(for: work.pending, stored) }) {
            case .none: return true
            case .parked: return false
            case .queue:
                guard !queue.post([work]).isEmpty else { return false }
                _ = release(work.pending, stored)
                return true
            }
        }
    }

    /// Runs checks until ``close()``, handing each request on, and those that waited behind it.
    func run(_ handOn: (Outcome) -> Void) {
        while let work = queue.take(upTo: 1).first {
            handOn(outcome(of: work))
            guard let stored = work.checks.first?.stored else { continue }
            for pending in release(work.pending, stored) { handOn(.changed(pending)) }
        }
    }

    private func outcome(of work: SlowWork) -> Outcome {
        let pending = work.pending
        guard Clock.monotonic() - pending.request.receivedAt < Self.patienceInMilliseconds else {
            return .outdated(pending)
        }
        var attempt = pending.attempt
        for check in work.checks {
            do throws(CryptographyError) {
                attempt.verified[check] = try check.run(keys: server.keys)
            } catch {
                server.log.writeSparingly(.error, about: "slow-check", "a stored hash cannot be checked: \(error)")
                return .failed(pending)
            }
        }
        return .checked(PendingRequest(request: pending.request, attempt: attempt))
    }

    /// - Returns: the requests that waited behind the one that is done.
    private func release(_ done: PendingRequest, _ stored: SlowCheck.Stored) -> [PendingRequest] {
        waiting.withLock { $0.release(done, stored) }
    }

    func close() { queue.close() }
}

extension SlowLane.Waiting {
    /// Finds a place, and takes it.
    fileprivate mutating func place(for pending: PendingRequest, _ stored: SlowCheck.Stored) -> SlowLane.Place {
        guard shares[pending.device, default: 0] < SlowLane.shareOfOneDevice else { return .none }
        let isFree = !busy.contains(stored)
        guard isFree || parkedCount < SlowLane.capacity else { return .none }
        shares[pending.device, default: 0] += 1
        guard !isFree else {
            busy.insert(stored)
            return .queue
        }
        parked[stored, default: []].append(pending)
        parkedCount += 1
        return .parked
    }

    fileprivate mutating func release(_ done: PendingRequest, _ stored: SlowCheck.Stored) -> [PendingRequest] {
        busy.remove(stored)
        let waited = parked.removeValue(forKey: stored) ?? []
        parkedCount -= waited.count
        for pending in [done] + waited {
            let share = shares[pending.device, default: 0] - 1
            shares[pending.device] = share > 0 ? share : nil
        }
        return waited
    }
}

extension PendingRequest {
    fileprivate var device: IPAddress { request.path.peer.address }
}
