import RadiusCodec
import Synchronization

/// Holds every Access-Reject back for a moment, so that guessing costs time, and so that a reject tells nothing by how fast
/// it comes: whether a hash was computed or a user was found vanishes in the delay.
///
/// One thread serves all of them in their order, for each waits equally long; nobody else waits. Beyond ``capacity``
/// or ``octetsMaximum`` a reject is sent at once: memory is bounded, and a flood of that size is slowed by the line itself.
final class RejectDelay: Sendable {
    struct Reject: Sendable {
        let octets: [UInt8]
        let request: AccessRequest
        /// By the clock that never goes back.
        let due: Int64

        /// What it keeps in memory, with some room for what holds it together.
        fileprivate var size: Int { octets.count + request.packet.octets.count + 256 }
    }

    /// The most rejects that are held back, and what they may keep in memory.
    static let capacity = 65_536
    static let octetsMaximum = 64 << 20

    private let octetsHeld = Atomic<Int>(0)
    private let waiting = Mailbox<Reject>(capacity: capacity)
    let server: ServerContext

    init(server: ServerContext) { self.server = server }

    /// Takes rejects in the order of their due times, and returns those that found no room. Of several threads each sees the
    /// room that there was: together they may take a batch too much.
    func hold(_ rejects: [Reject]) -> ArraySlice<Reject> {
        guard !rejects.isEmpty else { return [] }
        let room = Self.octetsMaximum - octetsHeld.load(ordering: .relaxed)
        var size = 0
        let fitting = rejects.prefix { reject in
            size += reject.size
            return size <= room
        }
        octetsHeld.add(fitting.reduce(0) { $0 + $1.size }, ordering: .relaxed)
        let rest = waiting.post(Array(fitting))
        release(rest)
        return rejects.dropFirst(fitting.count - rest.count)
    }

    private func release(_ rejects: some Sequence<Reject>) {
        octetsHeld.subtract(rejects.reduce(0) { $0 + $1.size }, ordering: .relaxed)
    }

    /// The delaying thread: hands on what is due, in batches, until ``close()``; then the rest at once.
    func run(_ send: ([Reject]) -> Void) {
        while case let batch = waiting.take(upTo: 256), !batch.isEmpty {
            var rest = batch[...]
            while let first = rest.first {
                let wait = first.due - Clock.monotonic()
                if wait > 0, !server.isStopping {
                    // In short naps, so that the order to stop is soon seen.
                    Clock.sleep(milliseconds: UInt32(clamping: min(wait, 50)))
                    continue
                }
                let now = server.isStopping ? Int64.max : Clock.monotonic()
                let due = rest.prefix { $0.due <= now }
                release(due)
                send(Array(due))
                rest = rest.dropFirst(due.count)
            }
        }
    }

    func close() { waiting.close() }
}
