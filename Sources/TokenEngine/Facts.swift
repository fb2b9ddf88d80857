/// What the store knows that bears on one attempt, read in the transaction that will commit the verdict.
package final class Facts {
    /// How the name was read.
    package let identity: Identity
    /// Whom the attempt is about, and what they hold; nil when no resolver of the realm knows the name.
    let account: Account?
    /// What is open under the attempt's transaction, whoever it belongs to; one for each token that may answer.
    let challenges: [Challenge]
    /// Secrets that were verified since the process started.
    let remembered: VerifiedSecrets?

    init(
        identity: Identity, account: Account? = nil, challenges: [Challenge] = [], remembered: VerifiedSecrets? = nil
    ) {
        self.identity = identity
        self.account = account
        self.challenges = challenges
        self.remembered = remembered
    }

    var user: User? { account?.user }
    /// The user's tokens, oldest first.
    var tokens: [Token] { account?.tokens ?? [] }
}
