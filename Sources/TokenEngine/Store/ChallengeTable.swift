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
    static let purge = "DELETE FROM challenge WHERE expires_at <= ?"
    /// The one of them that expired first.
    static let purgeOldest = """
        DELETE FROM challenge WHERE (transaction_digest, token) = (
            SELECT transaction_digest, token FROM challenge WHERE expires_at <= ? ORDER BY expires_at LIMIT 1)
        """

    /// How long an expired challenge is kept, so that a late answer can be told from a made-up one.
    static let graceInSeconds: Int64 = 600
    /// How many are purged whenever one is opened: enough to become fewer, and few, since others wait.
    static let purgedAtOpening = 2
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
        let before = challenge.openedAt.advanced(bySeconds: -ChallengeTable.graceInSeconds)
        for _ in 0..<ChallengeTable.purgedAtOpening {
            try statements.purgeOldestChallenge.run(before.milliseconds)
            guard database.changedRows > 0 else { break }
        }
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
        try transaction { () throws(StoreError) in
            try database.run(ChallengeTable.purge, now?.milliseconds ?? .max)
            return database.changedRows
        }
    }
}
