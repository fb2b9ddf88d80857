import Cryptography

/// A password with a State: the answer to a challenge, which is the token's value alone. Right or wrong, an answer uses
/// the challenge up.
extension Hearing {
    /// - Returns: nil when there is no token to offer it to.
    mutating func answer(offeredTo tokens: [Token]) throws(CryptographyError) -> Evaluation? {
        let (open, lapse) = openChallenges()
        let closing = open.first.map { [Change.closeChallenge(transactionDigest: $0.transactionDigest)] } ?? []
        let challenged = tokens.filter { token in open.contains { $0.token == token.id } }
        guard !challenged.isEmpty else {
            if tokens.isEmpty {
                renewals += closing
                return nil
            }
            return reject(
                lapse ?? .unknownChallenge, "wrong otp pin", tokens: tokens,
                changes: closing + failuresForWrongPIN(of: tokens))
        }

        var wasUsed = false
        for token in challenged {
            note(.challengeFound, token)
            switch try possession(of: password.whole, token) {
            case .proved(let counters, _)?:
                return accept([token], [success(of: token, counters)], "Found matching challenge", closing)
            case .usedBefore?: wasUsed = true
            case .refuted?, .asks?, nil: continue
            }
        }
        if !awaited.isEmpty { return .needs(awaited) }
        let message =
            challenged.count == 1
            ? "Response did not match the challenge."
            : "Response did not match for \(challenged.count) tokens."
        return reject(
            wasUsed ? .otpAlreadyUsed : .wrongAnswer, message, tokens: challenged,
            changes: closing + challenged.flatMap { failure(of: $0, countsAuthentication: false) })
    }

    /// The challenges that this attempt may answer; and, where there are none, why.
    private mutating func openChallenges() -> ([Challenge], Reason?) {
        guard let first = facts.challenges.first else {
            note(.challengeUnknown)
            return ([], .unknownChallenge)
        }
        guard first.client == attempt.client else {
            note(.challengeOfAnotherClient)
            return ([], .unknownChallenge)
        }
        guard first.user == facts.user?.id else {
            note(.challengeOfAnotherUser)
            return ([], .unknownChallenge)
        }
        guard now < first.expiresAt else {
            note(.challengeExpired)
            return ([], .challengeExpired)
        }
        return (facts.challenges, nil)
    }
}
