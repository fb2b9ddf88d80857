import Cryptography

/// A password without a State: PIN and OTP at once, or a PIN that asks for a challenge.
///
/// The outcomes, strongest first: a token matches in both; the whole password is the PIN of a token that a policy wants
/// challenged; a PIN matches and the OTP does not; nothing matches. Only the strongest has effects.
///
/// The OTP is looked at first, because it is cheap. A slow hash is asked for only where it can still change the outcome:
/// a right login costs one, and so does a trigger.
extension Hearing {
    /// A token, and how the password divides into its PIN and its value.
    private struct Offer {
        let token: Token
        let pin: Range<Int>
        /// nil while only a slow check can tell.
        let possession: Possession?
    }

    /// - Returns: nil when there is no token to offer it to.
    mutating func password(offeredTo tokens: [Token], random: any RandomOctets) throws(CryptographyError) -> Evaluation?
    {
        guard !tokens.isEmpty else { return nil }

        var offers: [Offer] = []
        if rules.forcesChallenge {
            note(.singleStepForbidden)
        } else {
            for token in tokens {
                if let offer = try offer(to: token) { offers.append(offer) }
            }
            if let evaluation = proof(among: offers) { return evaluation }
        }
        if let evaluation = try trigger(among: tokens, random) { return evaluation }
        if let evaluation = wrongValue(among: offers) { return evaluation }
        if !awaited.isEmpty { return .needs(awaited) }

        let reason: Reason = rules.forcesChallenge ? .challengeRequired : .wrongPIN
        return reject(reason, "wrong otp pin", tokens: tokens, changes: failuresForWrongPIN(of: tokens))
    }

    /// - Returns: nil when the password is too short for the token.
    private mutating func offer(to token: Token) throws(CryptographyError) -> Offer? {
        let (count, size) = (password.count, token.valueSize)
        guard count >= size else {
            note(.passwordTooShort, token)
            return nil
        }
        let pin = rules.pinComesFirst ? 0..<count - size : size..<count
        let value = rules.pinComesFirst ? count - size..<count : 0..<size
        let possession = try possession(of: password.part(value), token)
        return Offer(token: token, pin: pin, possession: possession)
    }

    /// Tokens that match in PIN and value. All of them are used up.
    private mutating func proof(among offers: [Offer]) -> Evaluation? {
        var proved: [Token] = []
        var successes: [Change] = []
        for offer in offers {
            switch offer.possession {
            case .proved(let counters, _)?:
                guard isPIN(offer.pin, of: offer.token) == true else { continue }
                proved.append(offer.token)
                successes.append(success(of: offer.token, counters))
            case nil:
                // Both hashes at once: one round beside the line, not two.
                _ = isPIN(offer.pin, of: offer.token)
            case .usedBefore?, .refuted?, .asks?:
                continue
            }
        }
        if !awaited.isEmpty { return .needs(awaited) }
        return proved.isEmpty
            ? nil
            : accept(proved, successes, proved.count == 1 ? "matching 1 tokens" : "matching \(proved.count) tokens")
    }

    /// Tokens whose PIN the whole password is, of kinds that a policy wants challenged.
    private mutating func trigger(
        among tokens: [Token], _ random: any RandomOctets
    ) throws(CryptographyError) -> Evaluation? {
        var triggered: [Token] = []
        for token in tokens where rules.challengeKinds.contains(token.kind) && token.kind.canBeChallenged {
            if isPIN(0..<password.count, of: token) == true { triggered.append(token) }
        }
        if !awaited.isEmpty { return .needs(awaited) }
        guard !triggered.isEmpty, let user = facts.user else { return nil }

        let transaction = try TransactionID(random: random)
        let digest = try transaction.digest()
        let validity = settings.challengeValidityInSeconds
        var changes: [Change] = []
        for token in triggered {
            if rules.challengesCount { changes += failure(of: token, countsAuthentication: false) }
            changes.append(
                .openChallenge(
                    Challenge(
                        transactionDigest: digest, token: token.id, user: user.id, client: attempt.client,
                        openedAt: now, expiresAt: now.advanced(bySeconds: validity))))
            note(.challengeOpened(validityInSeconds: validity), token)
        }
        let prompt = Prompt(text: rules.challengeText, transaction: transaction, validityInSeconds: validity)
        return verdict(.challenge(prompt), .challengeTriggered, prompt.text, tokens: triggered, changes: changes)
    }

    /// Tokens whose PIN is right and whose value is not.
    private mutating func wrongValue(among offers: [Offer]) -> Evaluation? {
        let matching = offers.filter { isPIN($0.pin, of: $0.token) == true }
        if !awaited.isEmpty { return .needs(awaited) }
        guard !matching.isEmpty else { return nil }

        let wasUsed = matching.contains { offer in
            if case .usedBefore? = offer.possession { true } else { false }
        }
        let isHinted = wasUsed && matching.count == 1
        return reject(
            wasUsed ? .otpAlreadyUsed : .wrongOTP,
            isHinted ? "wrong otp value. previous otp used again" : "wrong otp value",
            tokens: matching.map(\.token),
            changes: matching.flatMap { failure(of: $0.token, countsAuthentication: true) })
    }
}
