import Synchronization
import TokenEngine

/// Keeps the write-ahead log short while logins go on, on a thread of its own. While they never cease there is always
/// something left of the log, and it cannot begin anew: then, when it has grown long, whoever decides copies the little
/// that was committed since that thread has been at it.
///
/// Only one of them is at it at a time, and neither begins before something was committed since the last time. So there is
/// always something to copy, the log cannot begin anew meanwhile, and a fault of SQLite before 3.51.3, which takes pages of
/// the new log for copied ones when it does, finds no occasion (sqlite.org/wal.html#walresetbug). An import copies the log, too,
/// from a process of its own: for that time it is a matter of chance, and of microseconds.
final class CheckpointLine: Sendable {
    /// How many pages gather first, as far as can be told.
    private static let interval = 1024
    /// What a transaction writes besides a page for each decision: ends of tables, and the audit's head.
    private static let pagesOfATransaction = 4
    /// How many pages the log may have before whoever decides sees to it: 16 MB.
    private static let pagesMaximum = 4000
    /// For how many pages the log has room from the beginning: those, and what is decided before they are copied.
    private static let pagesReserved = pagesMaximum + 4 * (DecisionLine.batchSize + pagesOfATransaction)
    /// The least time between two, so that pages which are written again and again are copied once. Commits take longer
    /// while the disk is busy with them: a longer time was no better, since there is more to be busy with.
    private static let pauseInMilliseconds: UInt32 = 50
    /// How often the thread copies a long log before whoever decides does the rest.
    private static let roundsMaximum = 3

    private let wanted = Mailbox<Void>(capacity: 1)
    /// Closed once the thread has closed its connection.
    private let ending = Mailbox<Void>(capacity: 1)
    private let server: ServerContext
    /// The number of the newest transaction that was begun, and of the newest that was committed.
    private let begun = Atomic<Int>(0)
    private let committed = Atomic<Int>(0)
    /// The newest that was begun when the log had been copied for the last time.
    private let copied = Mutex(0)
    /// Pages since the last time that there were enough.
    private let gathered = Atomic<Int>(0)
    /// Whether the thread has just copied what it could, and the log is long all the same; or could not copy it.
    private let isLong = Atomic<Bool>(false)

    init(server: ServerContext) { self.server = server }

    /// Call it before a batch's transaction begins.
    ///
    /// - Returns: its number.
    func begin() -> Int { begun.add(1, ordering: .sequentiallyConsistent).newValue }

    /// Call it when transaction `number` is committed, and its answers are sent.
    ///
    /// - Parameters:
    ///   - count: how many decisions it has written; 0 where it has written nothing.
    ///   - checkpoint: copies what it can, and says how many pages the log has.
    func end(_ number: Int, decisions count: Int, orCopyBy checkpoint: () throws(StoreError) -> Int) {
        guard count > 0 else { return }
        committed.max(number, ordering: .sequentiallyConsistent)
        if isLong.load(ordering: .relaxed) { copyRest(by: checkpoint) }
        let gathered = gathered.add(count + Self.pagesOfATransaction, ordering: .relaxed).newValue
        guard gathered >= Self.interval else { return }
        self.gathered.store(0, ordering: .relaxed)
        _ = wanted.post([()])
    }

    /// The thread. Returns after ``close()``.
    ///
    /// - Parameter path: of the database.
    func run(path: String) {
        keepShort(path)
        ending.close()
    }

    /// Returns when ``run(path:)`` has closed its connection. Only the last connection of all takes the log away, and of two
    /// that are closed at once neither finds itself the last.
    func waitForEnd() { _ = ending.take(upTo: 1) }

    private func keepShort(_ path: String) {
        var checkpointer = try? Checkpointer(path: path)
        reserve(by: checkpointer)
        while !wanted.take(upTo: 1).isEmpty {
            copy { () throws(StoreError) in
                let opened = if let checkpointer { checkpointer } else { try Checkpointer(path: path) }
                checkpointer = opened
                return try opened.checkpoint()
            }
            reserve(by: checkpointer)
            Clock.sleep(milliseconds: Self.pauseInMilliseconds)
        }
    }

    /// Gives the log its room, until the order to stop. What it cannot have now, because others write or the disk is full, it is
    /// given behind the next copy: without it commits are slower, and nothing else.
    private func reserve(by checkpointer: Checkpointer?) {
        while !server.isStopping, (try? checkpointer?.reserveLog(pages: Self.pagesReserved)) == true {}
    }

    /// Copies the log, unless nothing is left to copy. Of a long one, who decides has to copy what was committed meanwhile, and
    /// everybody waits for that: so it is copied again first, which leaves less.
    ///
    /// - Parameter pause: takes the time in which something is committed.
    func copy(by checkpoint: () throws(StoreError) -> Int, pause: () -> Void = { Clock.sleep(milliseconds: 1) }) {
        copied.withLock { copied in
            guard var isLong = copy(&copied, by: checkpoint) else { return }
            for _ in 1..<Self.roundsMaximum where isLong {
                pause()
                guard let isLongYet = copy(&copied, by: checkpoint) else { break }
                isLong = isLongYet
            }
            self.isLong.store(isLong, ordering: .relaxed)
        }
    }

    /// Copies what the thread has left of a long log, which begins anew then. Where the thread is at it, or may have copied this
    /// very transaction, the next one comes to it again.
    private func copyRest(by checkpoint: () throws(StoreError) -> Int) {
        _ = copied.withLockIfAvailable { copied in
            if copy(&copied, by: checkpoint) != nil { isLong.store(false, ordering: .relaxed) }
        }
    }

    /// - Returns: whether the log is long, or could not be copied; nil when nothing was left to copy.
    private func copy(_ copied: inout Int, by checkpoint: () throws(StoreError) -> Int) -> Bool? {
        guard committed.load(ordering: .sequentiallyConsistent) > copied else { return nil }
        var isLong = true
        do throws(StoreError) {
            isLong = try checkpoint() > Self.pagesMaximum
        } catch {
            server.log.writeSparingly(
                .error, about: "checkpoint", "the write-ahead log cannot be copied into the database: \(error)")
        }
        // What was begun meanwhile may have been copied, too.
        copied = begun.load(ordering: .sequentiallyConsistent)
        return isLong
    }

    func close() { wanted.close() }
}
