/// What an outcome does to the tokens' counters.
extension Hearing {
    /// Lets the user in, if authorization has nothing against it. Without it nothing is used up.
    ///
    /// - Parameters:
    ///   - proved: the tokens that matched, each with its counters after the match.
    ///   - closing: what happens to the challenge, whether they may come in or not.
    mutating func accept(
        _ proved: [(token: Token, counters: TokenCounters)], _ message: String, _ closing: [Change] = []
    ) -> Evaluation {
        let allowed = rules.allowedKinds.map { kinds in proved.filter { kinds.contains($0.token.kind) } } ?? proved
        guard rules.isAuthorized, !allowed.isEmpty else {
            let policies = rules.applied.names
            note(.denied(policies: policies))
            return reject(
                .notAuthorized,
                rules.isAuthorized
                    ? "Tokentype not allowed for authentication!"
                    : "User is not authorized to authenticate under these conditions.",
                tokens: proved.map(\.token), changes: closing)
        }

        var changes = closing
        for (token, counters) in allowed {
            var counters = counters
            counters.failCount = 0
            counters.authentications += 1
            counters.successes += 1
            changes.append(.moveCounters(token: token.id, from: token.counters, to: counters))
        }
        if rules.resetsAllTokens {
            for token in facts.tokens where token.counters.failCount > 0 {
                guard !allowed.contains(where: { $0.token.id == token.id }) else { continue }
                var counters = token.counters
                counters.failCount = 0
                changes.append(.moveCounters(token: token.id, from: token.counters, to: counters))
            }
        }
        return verdict(.accept, .accepted, message, tokens: allowed.map(\.token), changes: changes)
    }

    /// One failure of one token.
    ///
    /// - Parameter countsAuthentication: whether it counts as an authentication, too.
    func failure(of token: Token, countsAuthentication: Bool) -> [Change] {
        var counters = token.counters
        if counters.failCount < token.limits.failCountMaximum { counters.failCount += 1 }
        if countsAuthentication { counters.authentications += 1 }
        return counters == token.counters ? [] : [.moveCounters(token: token.id, from: token.counters, to: counters)]
    }

    /// A PIN that fits none of the tokens counts against each of them, if the settings say so.
    func failuresForWrongPIN(of tokens: [Token]) -> [Change] {
        settings.wrongPINCounts ? tokens.flatMap { failure(of: $0, countsAuthentication: true) } : []
    }
}
