/// Open challenges, as rows. Under a transaction stands one for each token that may answer.
enum ChallengeTable {
    static let select = """
        SELECT token, resolver, uid, client, opened_at, expires_at FROM challenge WHERE transaction_digest = ?
        """
    static let insert = """
        INSERT INTO challenge (transaction_digest, token, resolver, uid, client, opened_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    static let delete = "DELETE FROM challenge WHERE transaction_digest = ?"
    /// Of those that had expired by ?1, the oldest ?2 + 1, and whichever expired in the same millisecond as the last of them.
    static let purge = """
        DELETE FROM challenge WHERE expires_at <= min(?1, coalesce(
            (SELECT expires_at FROM challenge ORDER BY expires_at LIMIT 1 OFFSET ?2), ?1))
        """

    /// How long an expired challenge is kept, so that a late answer can be told from a made-up one.
    static let graceInSeconds: Int64 = 600
    /// How many are purged whenever one is opened, as an offset. Several, so that they become fewer; few, since others wait.
    static let purgedAtOpening: Int64 = 15
    /// The same, of a transaction that does nothing else.
    static let purgedAtOnce: Int64 = 999
}

/// An open challenge, for listing.
package struct OpenChallenge: Sendable {
    package let serial: String
    package let user: UserID
    package let client: String
    package let openedAt: UnixTime
    package let expiresAt: UnixTime
}

extension Store {
    func challenges(under transaction: TransactionID) throws(StoreError) -> [Challenge] {
        let digest = try cryptography(transaction.digest)
        var challenges: [Challenge] = []
        try statements.selectChallenges.forEach(digest) { row in
            challenges.append(
                Challenge(
                    transactionDigest: digest, token: TokenID(row: row.integer(0)),
                    user: UserID(resolver: row.text(1), uid: row.text(2)), client: row.text(3),
                    openedAt: UnixTime(milliseconds: row.integer(4)),
                    expiresAt: UnixTime(milliseconds: row.integer(5))))
        }
        return challenges
    }

    func open(_ challenge: Challenge) throws(StoreError) {
        try statements.purgeChallenges.run(
            challenge.openedAt.advanced(bySeconds: -ChallengeTable.graceInSeconds).milliseconds,
            ChallengeTable.purgedAtOpening)
        try statements.openChallenge.run(
            challenge.transactionDigest, challenge.token.row, challenge.user.resolver, challenge.user.uid,
            challenge.client, challenge.openedAt.milliseconds, challenge.expiresAt.milliseconds)
    }

    /// Oldest first; those that have expired, too, until they are purged.
    package func challenges() throws(StoreError) -> [OpenChallenge] {
        let sql = """
            SELECT serial, challenge.resolver, challenge.uid, client, opened_at, expires_at
            FROM challenge JOIN token ON token.id = challenge.token ORDER BY opened_at, serial
            """
        var challenges: [OpenChallenge] = []
        try database.prepare(sql).forEach { row in
            challenges.append(
                OpenChallenge(
                    serial: row.text(0), user: UserID(resolver: row.text(1), uid: row.text(2)), client: row.text(3),
                    openedAt: UnixTime(milliseconds: row.integer(4)),
                    expiresAt: UnixTime(milliseconds: row.integer(5))))
        }
        return challenges
    }

    /// Deletes what has expired by `now`; all, where that is nil.
    ///
    /// - Returns: how many were deleted.
    @discardableResult
    package func expireChallenges(at now: UnixTime?) throws(StoreError) -> Int {
        var count = 0
        var purged: Int
        repeat {
            purged = try transaction { () throws(StoreError) in
                try statements.purgeChallenges.run(now?.milliseconds ?? .max, ChallengeTable.purgedAtOnce)
                return database.changedRows
            }
            count += purged
        } while purged > 0
        return count
    }
}
