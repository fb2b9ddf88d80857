import Cryptography

/// What a batch of decisions asks of the store.
extension Store {
    /// What is known that bears on an attempt by `identity` that answers `transaction`.
    func facts(for identity: Identity, answering transaction: TransactionID?) throws(StoreError) -> Facts {
        var facts = Facts(identity: identity)
        for resolver in identity.resolvers {
            guard var user = try user(named: identity.login, resolver: resolver) else { continue }
            user.realm = identity.realm
            facts.user = user
            facts.tokens = try tokens(of: user.id)
            break
        }
        if let transaction { facts.challenges = try challenges(under: transaction) }
        return facts
    }

    /// Makes the changes, within the transaction that is open.
    ///
    /// - Returns: false when a row is no longer what a change was decided on. The transaction must be rolled back then.
    func apply(_ changes: [Change]) throws(StoreError) -> Bool {
        for change in changes {
            guard try apply(change) else { return false }
        }
        return true
    }

    private func apply(_ change: Change) throws(StoreError) -> Bool {
        switch change {
        case .moveCounters(let token, let from, let to):
            try statements.moveCounters.run(
                to.counter, to.drift, to.failCount, to.authentications, to.successes,
                token.row, from.counter, from.drift, from.failCount, from.authentications, from.successes)
            return database.changedRows == 1
        case .openChallenge(let challenge):
            try open(challenge)
            return true
        case .closeChallenge(let transactionDigest):
            try statements.closeChallenge.run(transactionDigest)
            return database.changedRows > 0
        case .renewPIN(let token, let from, let to):
            return try renew("UPDATE token SET pin = ? WHERE id = ? AND pin = ?", token.row, from, to)
        case .renewTokenPassword(let token, let from, let to):
            return try renew("UPDATE token SET secret = ? WHERE id = ? AND secret = ?", token.row, .hash(from), to)
        case .renewUserPassword(let user, let from, let to):
            guard let number = Int64(user.uid) else { return false }
            return try renew("UPDATE user SET password = ? WHERE id = ? AND password = ?", number, .hash(from), to)
        case .appendAudit(let record):
            try append(record)
            return true
        }
    }

    private func renew(
        _ sql: String, _ row: Int64, _ from: SlowCheck.Stored, _ to: PasswordHash
    ) throws(StoreError) -> Bool {
        switch from {
        case .hash(let hash): try database.run(sql, to.text, row, hash.text)
        case .sealed(let sealed, _): try database.run(sql, to.text, row, sealed)
        }
        return database.changedRows == 1
    }
}
