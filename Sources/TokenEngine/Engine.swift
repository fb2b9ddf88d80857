package import Cryptography

/// Decides attempts. A pure function of the configuration, the attempt, the facts, the time and a source of random
/// octets: no file, no clock. Read ``evaluate(_:knowing:at:random:)`` top to bottom.
package final class Engine: Sendable {
    package let configuration: EngineConfiguration
    private let policies: PolicySet

    package init(_ configuration: EngineConfiguration) {
        self.configuration = configuration
        policies = PolicySet(configuration.policies, settings: configuration.settings)
    }

    /// How the attempt's name is read.
    package func identity(of attempt: Attempt) -> Identity {
        let identity = configuration.identity(
            userName: attempt.userName, realm: attempt.realm, splitting: attempt.splitting)
        guard let resolver = attempt.resolver else { return identity }
        return Identity(
            login: identity.login, realm: identity.realm, resolvers: identity.resolvers.filter { $0 == resolver })
    }

    /// - Throws: when memory runs out or no random octets are to be had; nothing is decided then.
    package func evaluate(
        _ attempt: Attempt, knowing facts: Facts, at now: UnixTime, random: any RandomOctets
    ) throws(CryptographyError) -> Evaluation {
        guard case .password(let typed) = attempt.credential, !TextReading.isSame(typed.octets) else {
            return try evaluateAsRead(attempt, knowing: facts, at: now, random: random)
        }
        return try evaluateEachReading(of: typed, attempt, knowing: facts, at: now, random: random)
    }

    /// - Parameter attempt: with a password in its canonical form.
    func evaluateAsRead(
        _ attempt: Attempt, knowing facts: Facts, at now: UnixTime, random: any RandomOctets
    ) throws(CryptographyError) -> Evaluation {
        var hearing = Hearing(attempt, facts, configuration.settings, now)

        // Is there anything to look at?
        if case .unusable(let reason) = attempt.credential {
            hearing.note(.unusableCredential(reason))
            return hearing.reject(reason, "The request offers nothing that can be checked")
        }

        // Who is it?
        hearing.note(.identity(login: facts.identity.login, realm: facts.identity.realm))
        guard !facts.identity.resolvers.isEmpty else {
            hearing.note(.noSuchRealm)
            return hearing.reject(.unknownRealm, "There is no such realm")
        }
        guard let user = facts.user else {
            hearing.note(.noSuchUser)
            return hearing.reject(.unknownUser, "User does not exist")
        }
        hearing.note(.userFound(resolver: user.id.resolver))
        if let reading = attempt.userNameReadings.first {
            hearing.nameReadAs = reading.characterSet
            hearing.note(.nameReadAs(reading.characterSet))
        }

        // What do the operator's policies say about them?
        let inForce = policies.rules(for: user, client: attempt.clientAddress)
        hearing.rulesInForce = inForce
        hearing.note(.policies(inForce.rules.applied.names))
        if let conflict = inForce.rules.conflict {
            hearing.note(.policyConflict(action: conflict.action, policies: conflict.policies))
            return hearing.reject(.policyConflict, "There are policies with conflicting actions: \(conflict.action)")
        }

        // Which of their tokens may be used? Revoked ones are as good as gone.
        hearing.note(.tokens(count: facts.tokens.count))
        guard !facts.tokens.isEmpty else { return hearing.reject(.noToken, "The user has no tokens assigned") }
        var unusable: Set<TokenID> = []
        var unfit: [Unfitness] = []
        let tokens =
            facts.tokens.count == 1 ? facts.tokens : facts.tokens.sorted { $0.kind.weight < $1.kind.weight }
        for token in tokens {
            guard !token.state.isRevoked else {
                hearing.note(.unfit(.tokenRevoked), token)
                unusable.insert(token.id)
                continue
            }
            if let unfitness = token.unfitness(at: now) ?? (hearing.isDamaged(token) ? .unreadable : nil) {
                hearing.note(.unfit(unfitness.reason), token)
                unusable.insert(token.id)
                if !unfit.contains(unfitness) { unfit.append(unfitness) }
            }
        }
        let fit = unusable.isEmpty ? tokens : tokens.filter { !unusable.contains($0.id) }

        // What did they offer: an answer to a challenge, or a password?
        let evaluation =
            attempt.transaction == nil
            ? try hearing.password(offeredTo: fit, random: random)
            : try hearing.answer(offeredTo: fit)
        if let evaluation { return evaluation }

        // Nothing could be held against it.
        guard let reason = unfit.first?.reason else {
            return hearing.reject(.tokenRevoked, "This action is not possible, since the token is locked")
        }
        return hearing.reject(reason, unfit.map(\.message).joined(separator: ", "))
    }
}
