/// The audit, as rows.
enum AuditTable {
    static let insert = """
        INSERT INTO audit (number, time, client, client_address, user, realm, resolver, serial, kind, decision, reason,
            message, policies, code)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// The sealed head, and the number of the newest line.
    static let selectHead = "SELECT (SELECT value FROM meta WHERE name = 'audit'), (SELECT max(number) FROM audit)"
    static let storeHead = """
        INSERT INTO meta (name, value) VALUES ('audit', ?) ON CONFLICT DO UPDATE SET value = excluded.value
        """
    static let columns = """
        SELECT number, time, client, client_address, user, realm, resolver, serial, kind, decision, reason, message,
            policies, code
        FROM audit
        """

    static func record(_ row: borrowing Row) -> AuditRecord {
        AuditRecord(
            time: UnixTime(milliseconds: row.integer(1)), client: row.text(2), clientAddress: row.text(3),
            user: row.text(4), realm: row.text(5), resolver: row.text(6), serial: row.text(7), kind: row.text(8),
            decision: row.text(9), reason: row.text(10), message: row.text(11), policies: row.text(12))
    }
}

/// A line of the audit, as it is stored.
package struct AuditEntry: Sendable, Equatable {
    /// From 1, without a gap.
    package let number: Int64
    package let record: AuditRecord
}

/// Which lines of the audit are meant; nil means any.
package struct AuditFilter: Sendable {
    package var user: String?
    package var since: UnixTime?
    /// The newest so many.
    package var limit: Int?

    package init(user: String? = nil, since: UnixTime? = nil, limit: Int? = nil) {
        self.user = user
        self.since = since
        self.limit = limit
    }
}

extension Store {
    func append(_ verdict: Verdict, on attempt: Attempt, at now: UnixTime) throws(StoreError) {
        do throws(StoreError) {
            try chain.append(
                verdict, on: attempt, at: now, reading: statements.selectAuditHead, writing: statements.appendAudit)
        } catch {
            // Whoever comes next needs the same page.
            if case .database(let reason) = error, error.isOfCorruption { throw .audit(reason) }
            throw error
        }
    }

    /// Oldest first.
    package func audit(_ filter: AuditFilter = AuditFilter()) throws(StoreError) -> [AuditEntry] {
        let sql = """
            \(AuditTable.columns) WHERE (?1 IS NULL OR user = ?1) AND (?2 IS NULL OR time >= ?2)
            ORDER BY number DESC LIMIT ?3
            """
        var entries: [AuditEntry] = []
        // SQLite takes a negative limit for none.
        try database.prepare(sql).forEach(filter.user, filter.since?.milliseconds, filter.limit ?? -1) { row in
            entries.append(AuditEntry(number: row.integer(0), record: AuditTable.record(row)))
        }
        return entries.reversed()
    }
}
