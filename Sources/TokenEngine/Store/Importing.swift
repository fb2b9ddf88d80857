package import Cryptography
import Glibc

/// Tokens in bulk, all or none, and without keeping logins waiting.
///
/// Nobody can write while a transaction is open, and a million tokens take half a minute. So they are written a few hundred
/// at a time. Until the last of them is there, the table `unfinished` says which rows do not count yet: nobody sees them,
/// no login uses them. That they are complete is one small transaction. If something is wrong with one of them, or the
/// import is killed, its rows are cleared away, by itself or by the next import.
extension Store {
    /// So many rows keep others from writing for some ten milliseconds.
    private static let rowsAtATime = 500
    /// After each of them, so long for others. SQLite has no queue: who waits looks again after 1, 2, 5, 10, … milliseconds, and
    /// must not find the lock taken each time.
    private static let pauseInMicroseconds: UInt32 = 5000
    /// While a busy server leaves no room, the lock is asked for so often; each time takes the connection's whole patience.
    private static let attemptsMaximum = 12

    /// Adds many tokens: all or none. Their PINs stay sealed until they are first used.
    ///
    /// - Parameters:
    ///   - tokens: each with a serial and a secret.
    ///   - resolver: the local resolver that the owners are looked for in.
    ///   - createsUsers: whether to make the users that the resolver lacks.
    ///   - progress: told how many are done, every ten thousand.
    /// - Returns: how many were added.
    /// - Throws: ``StoreError/importRow(index:_:)``; nothing was added then. ``StoreError/invalid(_:)`` while another
    ///   import is under way.
    package func importTokens(
        _ tokens: some Sequence<ImportedToken>, resolver: String, createsUsers: Bool = false,
        settings: EngineSettings = EngineSettings(), random: any RandomOctets = SecureRandom(),
        progress: (Int) -> Void = { _ in }
    ) throws(StoreError) -> Int {
        let lock = try importLock()
        defer { lock.release() }
        // In pages: what a whole import writes is too much to be left in the log.
        try database.run("PRAGMA wal_autocheckpoint = 1000")
        defer { try? database.run("PRAGMA wal_autocheckpoint = 0") }
        try clearUnfinished()
        do throws(StoreError) {
            let writer = try ImportWriter(self, resolver: resolver, createsUsers: createsUsers)
            var count = 0
            var rows: [ImportWriter.Row] = []
            for token in tokens {
                do throws(StoreError) {
                    rows.append(try prepared(token, settings, random))
                } catch {
                    throw .importRow(index: count + rows.count, error)
                }
                guard rows.count == Self.rowsAtATime else { continue }
                try write(rows, by: writer, after: count)
                usleep(Self.pauseInMicroseconds)
                count += rows.count
                rows.removeAll(keepingCapacity: true)
                if count.isMultiple(of: 10_000) { progress(count) }
            }
            try write(rows, by: writer, after: count)
            try patiently { () throws(StoreError) in try database.run("DELETE FROM unfinished") }
            return count + rows.count
        } catch {
            // What cannot be cleared away now does not count all the same.
            try? clearUnfinished()
            throw error
        }
    }

    /// One import at a time: what `unfinished` names belongs to it, or to one that was killed.
    private func importLock() throws(StoreError) -> ImportLock {
        var path = ""
        try database.prepare("PRAGMA database_list").forEach { if $0.text(1) == "main" { path = $0.text(2) } }
        do throws(StoreError) {
            return try ImportLock(path: path + "-import")
        } catch {
            guard error.isBusy else { throw error }
            throw .invalid("another import is under way")
        }
    }

    /// What takes time, done before anybody is kept waiting: the secret and the PIN are sealed, a password is hashed.
    private func prepared(
        _ row: ImportedToken, _ settings: EngineSettings, _ random: any RandomOctets
    ) throws(StoreError) -> ImportWriter.Row {
        guard let serial = row.token.serial else { throw .invalid("an imported token needs a serial") }
        guard row.token.secret != nil || row.token.kind == .spass else {
            throw .invalid("an imported token needs a secret")
        }
        var pin = StoredPIN.none
        if let typed = row.token.pin, !typed.isEmpty {
            pin = .sealed(
                try cryptography { () throws(CryptographyError) in
                    try keys.cipher.seal(
                        typed.canonical, context: TokenTable.pinContext(serial: serial), random: random)
                })
        }
        let token = try row.token.token(
            id: TokenID(row: 0), serial: serial, secret: try secret(of: row.token, settings, random), pin: pin)
        return ImportWriter.Row(
            token: token, secret: try StoredSecret(sealing: token, keys.cipher, random), userName: row.userName)
    }

    private func write(
        _ rows: [ImportWriter.Row], by writer: borrowing ImportWriter, after count: Int
    ) throws(StoreError) {
        try patiently { () throws(StoreError) in
            for (index, row) in rows.enumerated() {
                do throws(StoreError) {
                    try writer.write(row)
                } catch {
                    throw .importRow(index: count + index, error)
                }
            }
        }
    }

    /// Deletes what an import has left that did not come to its end.
    private func clearUnfinished() throws(StoreError) {
        var isLeft = true
        while isLeft {
            try patiently { () throws(StoreError) in
                isLeft = false
                var range: (table: String, first: Int64, last: Int64) = ("", 0, 0)
                try database.prepare("SELECT kind, first, last FROM unfinished LIMIT 1").forEach {
                    range = ($0.text(0) == "user" ? "user" : "token", $0.integer(1), $0.integer(2))
                    isLeft = true
                }
                guard isLeft else { return }
                let first = max(range.first, range.last &- Int64(Self.rowsAtATime - 1))
                try database.run("DELETE FROM \(range.table) WHERE id BETWEEN ? AND ?", first, range.last)
                if first == range.first {
                    try database.run("DELETE FROM unfinished WHERE kind = ? AND first = ?", range.table, first)
                } else {
                    try database.run(
                        "UPDATE unfinished SET last = ? WHERE kind = ? AND first = ?", first - 1, range.table,
                        range.first)
                }
            }
        }
    }

    private func patiently(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        for _ in 1..<Self.attemptsMaximum {
            do throws(StoreError) { return try transaction(body) } catch {
                guard error.isBusy else { throw error }
            }
        }
        try transaction(body)
    }
}

/// Held by whoever imports, until they let go or their process ends: a lock on an empty file beside the database.
private final class ImportLock {
    private let file: Database

    init(path: String) throws(StoreError) {
        let file = try Database(path: path, busyTimeoutInMilliseconds: 0)
        try file.run("BEGIN EXCLUSIVE")
        self.file = file
    }

    func release() { try? file.run("ROLLBACK") }
}

/// Writes the rows of one import, and notes which they are.
private struct ImportWriter: ~Copyable {
    struct Row {
        let token: Token
        let secret: StoredSecret
        let userName: String?
    }

    private let store: Store
    private let resolver: String
    private let createsUsers: Bool
    private let inserter: TokenInserter
    private let selectUser: Statement
    private let insertUser: Statement
    private let widen: Statement
    private let note: Statement

    init(_ store: Store, resolver: String, createsUsers: Bool) throws(StoreError) {
        let inserter = try TokenInserter(store.database)
        // Sees the users that this import has made so far, too.
        let selectUser = try store.database.prepare("SELECT id FROM user WHERE resolver = ? AND name = ?")
        let insertUser = try store.database.prepare("INSERT INTO user (resolver, name) VALUES (?, ?)")
        let widen = try store.database.prepare("UPDATE unfinished SET last = ?1 WHERE kind = ?2 AND last = ?1 - 1")
        let note = try store.database.prepare("INSERT INTO unfinished (first, kind, last) VALUES (?1, ?2, ?1)")
        self.store = store
        self.resolver = resolver
        self.createsUsers = createsUsers
        self.inserter = inserter
        self.selectUser = selectUser
        self.insertUser = insertUser
        self.widen = widen
        self.note = note
    }

    func write(_ row: Row) throws(StoreError) {
        var owner = row.token.owner
        if let name = row.userName { owner = try self.owner(named: name) }
        let id = try inserter.insert(row.token, of: owner, secret: row.secret, store: store)
        try noteUnfinished("token", id.row)
    }

    private func owner(named name: String) throws(StoreError) -> UserID {
        var number: Int64?
        let name = name.canonical
        try selectUser.forEach(resolver, name) { number = $0.integer(0) }
        if let number { return UserID(resolver: resolver, uid: String(number)) }
        guard createsUsers, !name.isEmpty else { throw .noSuchUser(name: name, resolver: resolver) }
        try insertUser.run(resolver, name)
        let row = store.database.lastInsertedRow
        try noteUnfinished("user", row)
        return UserID(resolver: resolver, uid: String(row))
    }

    private func noteUnfinished(_ kind: String, _ row: Int64) throws(StoreError) {
        try widen.run(row, kind)
        if store.database.changedRows == 0 { try note.run(row, kind) }
    }
}
