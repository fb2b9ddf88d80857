/// The schema, as the steps that made it. A step that has been released is never edited: a change is a step of its own
/// at the end. The number of steps taken is the file's `user_version`.
enum Migrations {
    static let steps: [[String]] = [
        [
            // Facts about the file itself: who may open it, and the sealed head of the audit.
            """
            CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID
            """,
            // The number of a deleted user is never given to another: it is what tokens remember their owner by.
            """
            CREATE TABLE user (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                resolver TEXT NOT NULL,
                name TEXT NOT NULL,
                password TEXT,
                UNIQUE (resolver, name))
            """,
            """
            CREATE TABLE user_attribute (
                user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                position INTEGER NOT NULL,
                name TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (user, position)) WITHOUT ROWID
            """,
            // secret: a blob is a sealed seed, a text the hash of a password. pin: a text is a hash, a blob a sealed PIN.
            """
            CREATE TABLE token (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                serial TEXT NOT NULL UNIQUE,
                kind TEXT NOT NULL,
                resolver TEXT,
                uid TEXT,
                secret BLOB,
                pin BLOB,
                digits INTEGER NOT NULL,
                algorithm TEXT NOT NULL,
                period INTEGER NOT NULL,
                fail_count_maximum INTEGER NOT NULL,
                count_window INTEGER NOT NULL,
                sync_window INTEGER NOT NULL,
                time_window INTEGER NOT NULL,
                authentications_maximum INTEGER,
                successes_maximum INTEGER,
                valid_from INTEGER,
                valid_until INTEGER,
                is_enabled INTEGER NOT NULL,
                is_revoked INTEGER NOT NULL,
                is_locked INTEGER NOT NULL,
                is_awaiting_enrolment INTEGER NOT NULL,
                description TEXT NOT NULL)
            """,
            "CREATE INDEX token_owner ON token (resolver, uid) WHERE uid IS NOT NULL",
            """
            CREATE TABLE token_attribute (
                token INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,
                position INTEGER NOT NULL,
                name TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (token, position)) WITHOUT ROWID
            """,
            // What every login writes, apart from what no login writes: short rows, few pages.
            """
            CREATE TABLE token_counter (
                token INTEGER PRIMARY KEY REFERENCES token (id) ON DELETE CASCADE,
                counter INTEGER NOT NULL,
                drift INTEGER NOT NULL,
                fail_count INTEGER NOT NULL,
                authentications INTEGER NOT NULL,
                successes INTEGER NOT NULL)
            """,
            """
            CREATE TABLE challenge (
                transaction_digest BLOB NOT NULL,
                token INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,
                resolver TEXT NOT NULL,
                uid TEXT NOT NULL,
                client TEXT NOT NULL,
                opened_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                PRIMARY KEY (transaction_digest, token)) WITHOUT ROWID
            """,
            "CREATE INDEX challenge_token ON challenge (token)",
            "CREATE INDEX challenge_expiry ON challenge (expires_at)",
            """
            CREATE TABLE audit (
                number INTEGER PRIMARY KEY,
                time INTEGER NOT NULL,
                client TEXT NOT NULL,
                client_address TEXT NOT NULL,
                user TEXT NOT NULL,
                realm TEXT NOT NULL,
                resolver TEXT NOT NULL,
                serial TEXT NOT NULL,
                kind TEXT NOT NULL,
                decision TEXT NOT NULL,
                reason TEXT NOT NULL,
                message TEXT NOT NULL,
                policies TEXT NOT NULL,
                code BLOB NOT NULL)
            """,
        ],
        [
            // The rows of an import that has not come to its end, which do not count yet: kind is the name of their table.
            """
            CREATE TABLE unfinished (
                kind TEXT NOT NULL,
                first INTEGER NOT NULL,
                last INTEGER NOT NULL,
                PRIMARY KEY (kind, first)) WITHOUT ROWID
            """
        ],
        [
            // What the server has learned of a client's devices; all that it means is the server's.
            """
            CREATE TABLE learned (
                client TEXT NOT NULL,
                address TEXT NOT NULL,
                fact TEXT NOT NULL,
                PRIMARY KEY (client, address, fact)) WITHOUT ROWID
            """
        ],
    ]
}

extension Migrations {
    /// Takes the steps that the file lacks, all or none.
    static func run(on database: borrowing Database) throws(StoreError) {
        guard try stepsTaken(on: database) < steps.count else { return }
        try database.run("BEGIN IMMEDIATE")
        do {
            // Another process may have been faster.
            for step in steps.dropFirst(try stepsTaken(on: database)) {
                for statement in step { try database.run(statement) }
            }
            try database.run("PRAGMA user_version = \(steps.count)")
            try database.run("COMMIT")
        } catch {
            if database.isInTransaction { try? database.run("ROLLBACK") }
            throw error
        }
    }

    /// 0 to as many as there are. What else the file may say is none of our writing.
    private static func stepsTaken(on database: borrowing Database) throws(StoreError) -> Int {
        var found = 0
        try database.prepare("PRAGMA user_version").forEach { found = Int(clamping: $0.integer(0)) }
        guard found >= 0 else { throw .invalid("the database is none of ours: its user_version is \(found)") }
        guard found <= steps.count else { throw .newerSchema(found: found, known: steps.count) }
        return found
    }
}
