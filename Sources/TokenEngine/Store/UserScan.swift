extension Store {
    /// Hands over each local user with their tokens, oldest first, by resolver and name. However many there are, one is in
    /// memory at a time, and all are as they were at one moment. Seeds stay shut.
    package func forEachUser(_ body: (User, [Token]) -> Void) throws(StoreError) {
        let tokensOfOwner = try database.prepare(TokenTable.selectOfOwner, isKept: true)
        var failure: StoreError?
        var users: [User] = []
        func handOver(_ user: User) {
            guard failure == nil else { return }
            var tokens: [Token] = []
            do throws(StoreError) {
                try tokensOfOwner.forEach(user.id.resolver, user.id.uid) {
                    TokenTable.read($0, openedBy: nil, sharing: &accounts.rulesInUse, into: &tokens)
                }
                body(user, tokens)
            } catch {
                failure = error
            }
        }
        try database.prepare(UserTable.selectAll).forEach { row in
            UserTable.read(row, into: &users)
            // The rows of the one before have come to their end.
            if users.count > 1 { handOver(users.removeFirst()) }
        }
        if let last = users.first { handOver(last) }
        if let failure { throw failure }
    }
}
