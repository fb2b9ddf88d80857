import Cryptography

/// One attempt while it is being looked at: what was found so far, which slow checks are missing, what has to change.
struct Hearing {
    let attempt: Attempt
    let facts: Facts
    let settings: EngineSettings
    let now: UnixTime
    var rulesInForce = RulesInForce.none
    /// As what the name was read that a user was found by; nil for ASCII.
    var nameReadAs: CharacterSet?
    /// Stays empty unless the attempt is to be explained.
    private(set) var steps: [Step] = []
    /// Slow checks that nobody has an outcome for.
    var awaited: [SlowCheck] = []
    /// Hashes that are to be stored anew, whatever the decision is: they were right.
    var renewals: [Change] = []

    init(_ attempt: Attempt, _ facts: Facts, _ settings: EngineSettings, _ now: UnixTime) {
        self.attempt = attempt
        self.facts = facts
        self.settings = settings
        self.now = now
    }

    var rules: Rules { rulesInForce.rules }

    /// What was typed.
    var password: SecretOctets {
        switch attempt.credential {
        case .password(let password): password
        case .unusable: SecretOctets([])
        }
    }

    /// Makes a note of what was found where somebody wants to know: of most logins nobody does.
    mutating func note(_ finding: @autoclosure () -> Finding, _ token: @autoclosure () -> Token? = nil) {
        guard attempt.isExplained else { return }
        steps.append(Step(serial: token()?.serial, finding: finding()))
    }

    /// Two outcomes may look at the same thing; it is told once.
    private mutating func noteOnce(_ finding: @autoclosure () -> Finding, _ token: Token) {
        guard attempt.isExplained else { return }
        let step = Step(serial: token.serial, finding: finding())
        if !steps.contains(step) { steps.append(step) }
    }

    // MARK: Slow checks

    /// Whether a slow check has found the token's PIN, its static password, or the user's password that stands for its
    /// PIN, damaged: then nothing can be held against the token, and nothing counts against it.
    func isDamaged(_ token: Token) -> Bool {
        guard !attempt.verified.isEmpty else { return false }
        return attempt.verified.contains { check, outcome in
            guard outcome == .damaged else { return false }
            if case .password(let hash) = token.secret, check.stored == .hash(hash) { return true }
            switch rules.pinSource {
            case .none: return false
            case .userstore: return facts.user?.password.map { check.stored == .hash($0) } ?? false
            case .tokenpin: return check.stored == token.storedPIN
            }
        }
    }

    /// What is known of `candidate` held against `stored`.
    ///
    /// - Returns: nil when only a slow check can tell; it is among ``awaited`` then.
    private mutating func outcome(
        of candidate: SecretPart, against stored: SlowCheck.Stored, _ cost: PasswordHashCost
    ) -> SlowCheck.Outcome? {
        if attempt.verified.isEmpty, let isMatch = facts.remembered?.isMatch(candidate, against: stored, cost) {
            return isMatch ? .matches : .differs
        }
        let check = SlowCheck(stored: stored, candidate: candidate.copy(), cost: cost)
        if let outcome = attempt.verified[check] { return outcome }
        if let isMatch = facts.remembered?.isMatch(candidate, against: stored, cost) {
            return isMatch ? .matches : .differs
        }
        if !awaited.contains(check) { awaited.append(check) }
        return nil
    }

    /// Whether the token's PIN is what `range` of the password says.
    ///
    /// - Returns: nil when only a slow check can tell.
    mutating func isPIN(_ range: Range<Int>, of token: Token) -> Bool? {
        let answer = answer(whether: range, isPINOf: token)
        switch answer {
        case true?: noteOnce(.pinMatches, token)
        case false?: noteOnce(.pinDiffers, token)
        case nil: noteOnce(.slowCheckAwaited, token)
        }
        return answer
    }

    private mutating func answer(whether range: Range<Int>, isPINOf token: Token) -> Bool? {
        // A token that is nothing but its PIN opens to nobody while it has none.
        if token.kind == .spass && range.isEmpty { return false }
        switch rules.pinSource {
        case .none:
            return range.isEmpty
        case .userstore:
            // An empty password is nobody's.
            guard let user = facts.user, let hash = user.password, !range.isEmpty else { return false }
            return isMatch(password.part(range), .hash(hash), settings.passwordHashCost) {
                .renewUserPassword(user: user.id, from: hash, to: $0)
            }
        case .tokenpin:
            if attempt.verified.isEmpty, !range.isEmpty, let remembered = facts.remembered,
                let isMatch = token.isPIN(password.part(range), settings.pinHashCost, rememberedBy: remembered)
            {
                return isMatch
            }
            guard let stored = token.storedPIN else { return range.isEmpty }
            guard !range.isEmpty else { return false }
            return isMatch(password.part(range), stored, settings.pinHashCost) {
                .renewPIN(token: token.id, from: stored, to: $0)
            }
        }
    }

    /// - Returns: whether `candidate` is what is stored; nil when nobody knows yet.
    private mutating func isMatch(
        _ candidate: SecretPart, _ stored: SlowCheck.Stored, _ cost: PasswordHashCost,
        renewing change: (PasswordHash) -> Change
    ) -> Bool? {
        guard let outcome = outcome(of: candidate, against: stored, cost) else { return nil }
        if case .matchesRenewed(let hash) = outcome {
            let renewal = change(hash)
            if !renewals.contains(renewal) { renewals.append(renewal) }
        }
        return outcome.isMatch
    }

    /// Whether `value` is the token's own; a slow hash, where one is needed, is looked up.
    ///
    /// - Returns: nil when only a slow check can tell.
    mutating func possession(of value: SecretPart, _ token: Token) throws(CryptographyError) -> Possession? {
        let possession = try token.possession(of: value, at: now)
        switch possession {
        case .proved(_, let ahead): note(.otpMatches(ahead: ahead), token)
        case .usedBefore: note(.otpUsedBefore, token)
        case .refuted: note(.otpDiffers, token)
        case .asks(let hash):
            let isMatch = isMatch(value, .hash(hash), settings.passwordHashCost) {
                .renewTokenPassword(token: token.id, from: hash, to: $0)
            }
            guard let isMatch else {
                noteOnce(.slowCheckAwaited, token)
                return nil
            }
            note(isMatch ? .otpMatches(ahead: 0) : .otpDiffers, token)
            return isMatch ? .proved(counters: token.counters, ahead: 0) : .refuted
        }
        return possession
    }

    // MARK: Verdicts

    /// - Parameters:
    ///   - tokens: those that decided.
    ///   - changes: beside the renewals.
    func verdict(
        _ decision: Decision, _ reason: Reason, _ message: String, tokens: [Token] = [], changes: [Change] = []
    ) -> Evaluation {
        .decided(
            Verdict(
                decision: decision, reason: reason, message: message, user: facts.user, realm: facts.identity.realm,
                tokens: tokens, applied: rules.applied, steps: steps,
                changes: renewals.isEmpty ? changes : changes + renewals, nameReadAs: nameReadAs))
    }

    func reject(
        _ reason: Reason, _ message: String, tokens: [Token] = [], changes: [Change] = []
    ) -> Evaluation {
        verdict(.reject, reason, message, tokens: tokens, changes: changes)
    }
}

extension Token {
    /// What a PIN is held against; nil when the token has none.
    fileprivate var storedPIN: SlowCheck.Stored? {
        switch pin {
        case .none: nil
        case .hash(let hash): .hash(hash)
        case .sealed(let sealed): .sealed(sealed, context: TokenTable.pinContext(serial: serial))
        }
    }
}
