import Cryptography

/// What a batch of decisions asks of the store.
extension Store {
    /// Runs `body`, which makes no change but by ``apply(_:to:)`` and ``append(_:on:at:)``, as one transaction.
    func deciding<Success>(_ body: () throws(StoreError) -> Success) throws(StoreError) -> Success {
        do throws(StoreError) {
            var others: Int64 = 0
            let success = try transaction { () throws(StoreError) in
                try statements.selectVersion.forEach { others = $0.integer(0) }
                accounts.revisit(at: KnownAccounts.Version(others: others, own: database.changesMade))
                return try body()
            }
            accounts.settle(at: KnownAccounts.Version(others: others, own: database.changesMade))
            return success
        } catch {
            accounts.goBack()
            throw error
        }
    }

    /// What is known that bears on an attempt by `identity` that answers `transaction`, beside what is `remembered`.
    func facts(
        for identity: Identity, answering transaction: TransactionID?, remembered: VerifiedSecrets? = nil
    ) throws(StoreError) -> Facts {
        var account: Account?
        for resolver in identity.resolvers where account == nil { account = try self.account(identity, resolver) }
        let challenges = if let transaction { try challenges(under: transaction) } else { [Challenge]() }
        return Facts(identity: identity, account: account, challenges: challenges, remembered: remembered)
    }

    private func account(_ identity: Identity, _ resolver: String) throws(StoreError) -> Account? {
        let name = KnownAccounts.Name(login: identity.login, resolver: resolver)
        if let account = accounts.account(name) { return account }
        guard let user = try user(named: identity.login, resolver: resolver) else { return nil }
        let account = Account(name, user: user, tokens: try tokens(of: user.id))
        accounts.keep(account)
        return account
    }

    /// Makes the changes, within the transaction that is open.
    ///
    /// - Parameter account: whose tokens they are about, where it is known.
    /// - Returns: false when a row is no longer what a change was decided on. The transaction must be rolled back then.
    func apply(_ changes: [Change], to account: Account? = nil) throws(StoreError) -> Bool {
        for change in changes {
            guard try apply(change, account) else {
                // It is not what the database says: the next look is into the database.
                if let account { accounts.forget(account) }
                return false
            }
        }
        return true
    }

    private func apply(_ change: Change, _ account: Account?) throws(StoreError) -> Bool {
        switch change {
        case .moveCounters(let token, let from, let to):
            try statements.moveCounters.run(to, token.row, from)
            guard database.changedRows == 1 else { return false }
            if let account { accounts.change(account) { $0.move(token, to: to) } }
            return true
        case .openChallenge(let challenge):
            try open(challenge)
            return true
        case .closeChallenge(let transactionDigest):
            try statements.closeChallenge.run(transactionDigest)
            return database.changedRows > 0
        case .renewPIN(let token, let from, let to):
            guard try renew("UPDATE token SET pin = ? WHERE id = ? AND pin = ?", token.row, from, to) else {
                return false
            }
            if let account { accounts.change(account) { $0.renewPIN(of: token, to: to) } }
            return true
        case .renewTokenPassword(let token, let from, let to):
            let sql = "UPDATE token SET secret = ? WHERE id = ? AND secret = ?"
            guard try renew(sql, token.row, .hash(from), to) else { return false }
            if let account { accounts.change(account) { $0.renewPassword(of: token, to: to) } }
            return true
        case .renewUserPassword(let user, let from, let to):
            let sql = "UPDATE user SET password = ? WHERE id = ? AND password = ?"
            guard let number = Int64(user.uid), try renew(sql, number, .hash(from), to) else { return false }
            if let account { accounts.change(account) { $0.renewUserPassword(to: to) } }
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
