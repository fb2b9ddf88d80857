/// Brings what the write-ahead log has gathered into the database file, beside the connection that writes: that one need
/// not stop for it, and logins do not wait for the second flush that it takes. Belongs to the thread that opened it.
package struct Checkpointer: ~Copyable {
    private let database: Database

    /// - Parameter path: of a database that is there.
    package init(path: String) throws(StoreError) {
        let database = try Database(path: path)
        try database.run("PRAGMA synchronous = FULL")
        self.database = database
    }

    /// Copies as much as can be copied without anybody waiting. What cannot, stays in the log, and is as safe there.
    package func copyWhatIsCommitted() throws(StoreError) { try database.run("PRAGMA wal_checkpoint(PASSIVE)") }
}
