/// Brings what the write-ahead log has gathered into the database file, beside the connection that writes: that one need
/// not stop for it, and logins do not wait for the second flush that it takes. Belongs to the thread that opened it.
package final class Checkpointer {
    private let database: Database

    /// - Parameter path: of a database that is there.
    package init(path: String) throws(StoreError) {
        // What it does can be done later: nobody waits for it at the end.
        database = try Database(path: path, busyTimeoutInMilliseconds: 100)
    }

    /// See ``Store/checkpoint()``.
    package func checkpoint() throws(StoreError) -> Int { try database.checkpoint() }

    /// Gives the log some of the room for this many pages that it lacks, unless little is left of the disk. Room that is new, or
    /// was promised and never written, takes the file system more than one write for each commit, some of them by threads
    /// of the kernel's that have to wait for a processor; room that was written once takes one.
    ///
    /// SQLite takes what stands behind the last transaction for the rest of an older log, whatever it is.
    ///
    /// - Returns: whether it lacks some yet, and can have it.
    /// - Throws: ``StoreError`` that is busy while others write without a pause.
    package func reserveLog(pages: Int) throws(StoreError) -> Bool {
        guard let log = LogFile(path: database.logPath), log.lacksRoom(for: pages), log.mayGrow(upTo: pages) else {
            return false
        }
        // Nobody else makes the log grow meanwhile.
        try database.run("BEGIN IMMEDIATE")
        let hasGrown = log.grow(upTo: pages)
        try database.run("ROLLBACK")
        return hasGrown && log.flush() && log.lacksRoom(for: pages)
    }
}

extension Store {
    /// Copies as much of the log as can be copied without anybody waiting. What cannot, stays there, and is as safe.
    ///
    /// - Returns: how many pages the log has. Once all of them are copied, the next transaction writes over them. Where somebody
    ///   else is copying it, nothing is known of it, and it is taken for a long one.
    package func checkpoint() throws(StoreError) -> Int { try database.checkpoint() }
}

extension Database {
    fileprivate func checkpoint() throws(StoreError) -> Int {
        var pages = 0
        try prepare("PRAGMA wal_checkpoint(PASSIVE)").forEach { row in
            pages = row.integer(0) == 0 ? Int(row.integer(1)) : .max
        }
        return pages
    }
}
