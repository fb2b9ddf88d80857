/// What becomes of an attempt: the engine decides it or needs more; the store may fail it.
package enum Evaluation: Sendable {
    case decided(Verdict)
    /// Nothing is decided before these are known. Run them beside the line, put their outcomes into
    /// ``Attempt/verified`` and ask again.
    case needs([SlowCheck])
    /// This attempt alone could not be decided, and has left no trace: nobody may be told anything.
    case failed(StoreError)
}

/// A decision, why it was made, and what must be on disk before it is told. Handed from thread to thread, never copied.
package final class Verdict: Sendable {
    package let decision: Decision
    package let reason: Reason
    /// privacyIDEA's text for it. For the audit and `explain`; a reject's text is not for the client, it tells too much.
    package let message: String
    /// Who it is about; nil when nobody of that name exists.
    package let user: User?
    /// The tokens that decided: those that matched, were challenged, or failed. Empty where none was singled out.
    package let tokens: [Token]
    /// In which realm the user was looked for; nil where there is none.
    let realm: String?
    /// The policies that had a say.
    let applied: AppliedPolicies
    /// What was looked at, in order; empty unless that was asked for (``Attempt/isExplained``).
    package let steps: [Step]
    package let changes: [Change]
    /// As what the name was read that a user was found by; nil for ASCII.
    package let nameReadAs: CharacterSet?
    /// As what the password was read that was right, or had the right PIN; nil for ASCII, and for a wrong one.
    package let passwordReadAs: CharacterSet?

    init(
        decision: Decision, reason: Reason, message: String, user: User?, realm: String?, tokens: [Token],
        applied: AppliedPolicies, steps: [Step], changes: [Change], nameReadAs: CharacterSet?,
        passwordReadAs: CharacterSet? = nil
    ) {
        self.decision = decision
        self.reason = reason
        self.message = message
        self.user = user
        self.realm = realm
        self.tokens = tokens
        self.applied = applied
        self.steps = steps
        self.changes = changes
        self.nameReadAs = nameReadAs
        self.passwordReadAs = passwordReadAs
    }
}

extension Verdict {
    /// A reject that no engine made, since the attempt was not looked at. It stands in no audit.
    package static func unheard(_ reason: Reason) -> Verdict {
        Verdict(
            decision: .reject, reason: reason, message: "", user: nil, realm: nil, tokens: [], applied: .none,
            steps: [], changes: [], nameReadAs: nil)
    }
}

extension Verdict {
    /// Itself, or a reject where there is an objection to letting the user in or to asking on. What was proved is used up
    /// all the same; a challenge that nobody is told of is not opened.
    func heeding(_ objection: (Verdict) -> String?) -> Verdict {
        if case .reject = decision { return self }
        guard let why = objection(self) else { return self }
        let changes = changes.filter { change in
            if case .openChallenge = change { false } else { true }
        }
        return Verdict(
            decision: .reject, reason: .attributeMisfit, message: why, user: user, realm: realm, tokens: tokens,
            applied: applied, steps: steps.followed(by: .attributeMisfit), changes: changes, nameReadAs: nameReadAs,
            passwordReadAs: passwordReadAs)
    }

    /// The policies that had a say, by name.
    package var policies: [String] { applied.names }
}

package enum Decision: Sendable {
    case accept
    case challenge(Prompt)
    case reject

    /// `accept`, `challenge` or `reject`: the audit's and the metrics' words.
    package var name: String {
        switch self {
        case .accept: "accept"
        case .challenge: "challenge"
        case .reject: "reject"
        }
    }
}

/// What the user is asked next. The tokens that may answer are ``Verdict/tokens``; they share the transaction.
package struct Prompt: Sendable {
    package let text: String
    package let transaction: TransactionID
    package let validityInSeconds: Int64
}
