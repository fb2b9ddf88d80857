/// What an outcome does to the tokens' counters.
extension Hearing {
    /// Lets the user in, if authorization has nothing against it. Without it nothing is used up.
    ///
    /// - Parameters:
    ///   - proved: the tokens that matched.
    ///   - successes: what that does to each of them, in the same order.
    ///   - closing: what happens to the challenge, whether they may come in or not.
    mutating func accept(
        _ proved: [Token], _ successes: [Change], _ message: String, _ closing: [Change] = []
    ) -> Evaluation {
        var (allowed, changes) = (proved, successes)
        if let kinds = rules.allowedKinds {
            let places = proved.indices.filter { kinds.contains(proved[$0].kind) }
            (allowed, changes) = (places.map { proved[$0] }, places.map { successes[$0] })
        }
        guard rules.isAuthorized, !allowed.isEmpty else {
            let policies = rules.applied.names
            note(.denied(policies: policies))
            return reject(
                .notAuthorized,
                rules.isAuthorized
                    ? "Tokentype not allowed for authentication!"
                    : "User is not authorized to authenticate under these conditions.",
                tokens: proved, changes: closing)
        }

        if rules.resetsAllTokens {
            for token in facts.tokens where token.counters.failCount > 0 {
                guard !allowed.contains(where: { $0.id == token.id }) else { continue }
                var counters = token.counters
                counters.failCount = 0
                changes.append(.moveCounters(token: token.id, from: token.counters, to: counters))
            }
        }
        return verdict(
            .accept, .accepted, message, tokens: allowed, changes: closing.isEmpty ? changes : closing + changes)
    }

    /// One success of one token, which has moved it to `counters`.
    func success(of token: Token, _ counters: TokenCounters) -> Change {
        var counters = counters
        counters.failCount = 0
        counters.authentications += 1
        counters.successes += 1
        return .moveCounters(token: token.id, from: token.counters, to: counters)
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
