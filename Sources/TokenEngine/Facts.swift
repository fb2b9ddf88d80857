/// What the store knows that bears on one attempt, read in the transaction that will commit the verdict.
package final class Facts {
    /// How the name was read.
    package let identity: Identity
    /// Whom the attempt is about; nil when no resolver of the realm knows the name.
    package var user: User?
    /// The user's tokens, oldest first.
    package var tokens: [Token]
    /// What is open under the attempt's transaction, whoever it belongs to; one for each token that may answer.
    package var challenges: [Challenge]
    /// Where the store keeps user and tokens for the next attempt.
    var account: Account?
    /// Secrets that were verified since the process started.
    package var remembered: VerifiedSecrets?

    package init(
        identity: Identity, user: User? = nil, tokens: [Token] = [], challenges: [Challenge] = [],
        remembered: VerifiedSecrets? = nil
    ) {
        self.identity = identity
        self.user = user
        self.tokens = tokens
        self.challenges = challenges
        self.remembered = remembered
    }
}
