import Synchronization
import TokenEngine

/// Keeps the write-ahead log short while logins go on, on a thread of its own. Where it cannot keep up, or fails, the
/// deciding thread does it in the end (``Store``).
final class CheckpointLine: Sendable {
    /// How many decisions gather first.
    private static let interval = 1024
    /// The least time between two, so that pages which are written again and again are copied once.
    private static let pauseInMilliseconds: UInt32 = 50

    private let wanted = Mailbox<Void>(capacity: 1)
    private let decisions = Atomic<Int>(0)

    /// So many more decisions are committed. Never waits.
    func count(_ committed: Int) {
        guard decisions.add(committed, ordering: .relaxed).newValue >= Self.interval else { return }
        decisions.store(0, ordering: .relaxed)
        _ = wanted.post([()])
    }

    /// The thread. Returns after ``close()``.
    ///
    /// - Parameter path: of the database.
    func run(path: String) {
        var checkpointer: Checkpointer?
        while !wanted.take(upTo: 1).isEmpty {
            // What fails here fails on the deciding thread too, which says so.
            if checkpointer == nil { checkpointer = try? Checkpointer(path: path) }
            try? checkpointer?.copyWhatIsCommitted()
            Clock.sleep(milliseconds: Self.pauseInMilliseconds)
        }
    }

    func close() { wanted.close() }
}
