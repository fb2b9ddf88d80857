import Synchronization
import TokenEngine

/// Finds out when a store that has failed works again, though nobody logs in: a device that sees its Status-Server
/// unanswered sends nothing else until it is answered (RFC 5997 §4.2).
final class StoreProbe: Sendable {
    private static let pauseInMilliseconds: UInt32 = 500

    private let wanted = Mailbox<Void>(capacity: 1)
    private let server: ServerContext

    init(server: ServerContext) { self.server = server }

    /// The store has failed. Never waits.
    func start() { _ = wanted.post([()]) }

    /// The probing thread: tries until one commit succeeds, each time it is wanted. Returns after ``close()``.
    ///
    /// - Parameter commit: opens the store anew and commits something of no consequence.
    func run(_ commit: () throws(StoreError) -> Void) {
        while !wanted.take(upTo: 1).isEmpty {
            while !server.isStopping, (try? commit()) == nil { Clock.sleep(milliseconds: Self.pauseInMilliseconds) }
            server.storeIsFailing.store(false, ordering: .relaxed)
        }
    }

    func close() { wanted.close() }
}
