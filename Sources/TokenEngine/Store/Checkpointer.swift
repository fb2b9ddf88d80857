/// Brings what the write-ahead log has gathered into the database file, beside the connection that writes: that one need
/// not stop for it, and logins do not wait for the second flush that it takes. Belongs to the thread that opened it.
package final class Checkpointer {
    private let database: Database

    /// - Parameter path: of a database that is there.
    package init(path: String) throws(StoreError) {
        let database = try Database(path: path)
        try database.run("PRAGMA synchronous = FULL")
        self.database = database
    }

    /// See ``Store/checkpoint()``.
    package func checkpoint() throws(StoreError) -> Int { try database.checkpoint() }
}

extension Store {
    /// Copies as much of the log as can be copied without anybody waiting. What cannot, stays there, and is as safe.
    ///
    /// - Returns: how many pages the log has. Once all of them are copied, the next transaction writes over them.
    package func checkpoint() throws(StoreError) -> Int { try database.checkpoint() }
}

extension Database {
    fileprivate func checkpoint() throws(StoreError) -> Int {
        var pages = 0
        try prepare("PRAGMA wal_checkpoint(PASSIVE)").forEach { pages = Int($0.integer(1)) }
        return pages
    }
}
