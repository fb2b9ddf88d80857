/// What the store knows that bears on one attempt, read in the transaction that will commit the verdict.
package final class Facts {
    /// How the name was read.
    package let identity: Identity
    /// Whom the attempt is about, and what they hold; nil when no resolver of the realm knows the name.
    let account: Account?
    /// Of the account, in the realm that the name says.
    let user: User?
    /// What is open under the attempt's transaction, whoever it belongs to; one for each token that may answer.
    let challenges: [Challenge]
    /// Secrets that were verified since the process started.
    let remembered: VerifiedSecrets?

    init(
        identity: Identity, account: Account? = nil, challenges: [Challenge] = [], remembered: VerifiedSecrets? = nil
    ) {
        self.identity = identity
        self.account = account
        user = account?.user(in: identity.realm)
        self.challenges = challenges
        self.remembered = remembered
    }

    /// The user's tokens, oldest first.
    var tokens: [Token] { account?.tokens ?? [] }
}
