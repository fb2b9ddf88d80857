import Cryptography

/// Users, tokens, challenges and the audit on disk. Used by one thread at a time; other threads and other
/// processes open the file for themselves.
///
/// Every commit is flushed (`synchronous=FULL`): what a transaction has returned from, a power cut does not undo.
package final class Store {
    let database: Database
    let statements: HotStatements
    let keys: KeyFile
    var chain: AuditChain
    var accounts = KnownAccounts()

    /// - Parameters:
    ///   - path: of the database; made when there is none.
    ///   - keys: the key file that the database was, or will be, made with.
    ///   - busyTimeoutInMilliseconds: how long to wait for another process that is writing.
    ///   - pageCacheInKilobytes: logins need no more than the pages that a batch of them changes. The system has in memory what
    ///     else they read, and a larger cache fills with the audit, which nobody reads. An import of thousands needs more.
    /// - Throws: ``StoreError/wrongKeyFile``, ``StoreError/newerSchema(found:known:)``, or what SQLite says.
    package init(
        path: String, keys: KeyFile, busyTimeoutInMilliseconds: Int32 = 5000, pageCacheInKilobytes: Int = 2048
    ) throws(StoreError) {
        let database = try Database(path: path, busyTimeoutInMilliseconds: busyTimeoutInMilliseconds)
        try database.run("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA foreign_keys = ON")
        try database.run("PRAGMA cache_size = -\(pageCacheInKilobytes)")
        // A server sees to it beside the line, and a command when it closes the database: no commit stops for it.
        try database.run("PRAGMA wal_autocheckpoint = 0")
        try Migrations.run(on: database)
        let statements = try HotStatements.prepared(on: database)
        let chain = try cryptography { () throws(CryptographyError) in try AuditChain(key: keys.auditKey) }

        self.database = database
        self.statements = statements
        self.keys = keys
        self.chain = chain
        try recogniseKeys()
    }

    /// The database keeps a code that only its own key file makes; a new one is given it, and the audit its beginning.
    private func recogniseKeys() throws(StoreError) {
        let recognition: InlineArray<32, UInt8> = keys.recognition.code(of: Array("watchword".utf8))
        let code = recognition.indices.map { recognition[$0] }
        if try storedKeyCode() == nil {
            try transaction { () throws(StoreError) in
                // Another process may have been faster.
                guard try storedKeyCode() == nil else { return }
                try database.run("INSERT INTO meta (name, value) VALUES ('key', ?)", code)
                try chain.begin(statements.storeAuditHead)
            }
        }
        guard let stored = try storedKeyCode(), equalInConstantTime(stored, code) else { throw .wrongKeyFile }
    }

    private func storedKeyCode() throws(StoreError) -> [UInt8]? {
        var code: [UInt8]?
        try database.prepare("SELECT value FROM meta WHERE name = 'key'").forEach { code = $0.octets(0) }
        return code
    }

    /// Runs `body` as one transaction that nobody else's writing can come between. Committed and flushed when this
    /// returns; rolled back, as if nothing had been, when it throws.
    func transaction<Success>(_ body: () throws(StoreError) -> Success) throws(StoreError) -> Success {
        try statements.begin.run()
        chain.forget()
        do throws(StoreError) {
            let success = try body()
            try chain.storeHead(statements.storeAuditHead)
            try statements.commit.run()
            return success
        } catch {
            // A full disk or a lost file can make SQLite roll back by itself.
            if database.isInTransaction { try? statements.rollback.run() }
            throw error
        }
    }

    /// Commits something of no consequence: whether the store works.
    package func probe() throws(StoreError) {
        try transaction { () throws(StoreError) in
            try database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', randomblob(8))")
        }
    }

    /// Runs `body` within the open transaction so that, when it throws, its own changes are undone and no others.
    func savepoint<Success>(_ body: () throws(StoreError) -> Success) throws(StoreError) -> Success {
        let head = chain.head
        try database.run("SAVEPOINT apart")
        do throws(StoreError) {
            let success = try body()
            try database.run("RELEASE apart")
            return success
        } catch {
            // Where SQLite has rolled back the whole transaction by itself, there is nothing left to go back to.
            guard database.isInTransaction else { throw error }
            try database.run("ROLLBACK TO apart")
            try database.run("RELEASE apart")
            chain.goBack(to: head)
            accounts.goBack()
            throw error
        }
    }
}

/// Runs `body`; what OpenSSL refuses becomes the store's error.
func cryptography<Success: ~Copyable>(_ body: () throws(CryptographyError) -> Success) throws(StoreError) -> Success {
    do {
        return try body()
    } catch {
        throw .cryptography(error)
    }
}

/// The statements that logins run, prepared once.
struct HotStatements: ~Copyable {
    let begin: Statement
    let commit: Statement
    let rollback: Statement
    let selectUser: Statement
    let selectTokens: Statement
    let selectChallenges: Statement
    let moveCounters: Statement
    let openChallenge: Statement
    let closeChallenge: Statement
    let purgeOldestChallenge: Statement
    let selectVersion: Statement
    let appendAudit: Statement
    let selectAuditHead: Statement
    let storeAuditHead: Statement

    static func prepared(on database: borrowing Database) throws(StoreError) -> HotStatements {
        HotStatements(
            begin: try database.prepare("BEGIN IMMEDIATE", isKept: true),
            commit: try database.prepare("COMMIT", isKept: true),
            rollback: try database.prepare("ROLLBACK", isKept: true),
            selectUser: try database.prepare(UserTable.select, isKept: true),
            selectTokens: try database.prepare(TokenTable.selectOfOwner, isKept: true),
            selectChallenges: try database.prepare(ChallengeTable.select, isKept: true),
            moveCounters: try database.prepare(TokenTable.moveCounters, isKept: true),
            openChallenge: try database.prepare(ChallengeTable.insert, isKept: true),
            closeChallenge: try database.prepare(ChallengeTable.delete, isKept: true),
            purgeOldestChallenge: try database.prepare(ChallengeTable.purgeOldest, isKept: true),
            selectVersion: try database.prepare("PRAGMA data_version", isKept: true),
            appendAudit: try database.prepare(AuditTable.insert, isKept: true),
            selectAuditHead: try database.prepare(AuditTable.selectHead, isKept: true),
            storeAuditHead: try database.prepare(AuditTable.storeHead, isKept: true))
    }
}
