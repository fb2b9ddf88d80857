/// Why a decision is what it is. The raw value stands in the audit, the log, the metrics and what `explain` prints.
package enum Reason: String, Sendable, CaseIterable {
    case accepted
    case challengeTriggered = "challenge-triggered"

    case unknownUser = "unknown-user"
    case unknownRealm = "unknown-realm"
    /// The request names nobody.
    case nameMissing = "name-missing"
    /// The name is no UTF-8 text, or has a NUL octet in it.
    case nameMalformed = "name-malformed"
    /// The request carries twice what may be there once.
    case attributeRepeated = "attribute-repeated"
    /// A State has no octets, so that nobody can tell which challenge it answers.
    case attributeMalformed = "attribute-malformed"
    /// The request offers nothing to prove the identity with.
    case credentialMissing = "credential-missing"
    /// It offers several kinds of proof at once, such as a password in the clear and CHAP.
    case credentialsMixed = "credentials-mixed"
    /// What it offers is of a kind that this server does not check.
    case credentialUnsupported = "credential-unsupported"
    /// The hidden password has an impossible size, or a NUL octet in it.
    case passwordMalformed = "password-malformed"
    case policyConflict = "policy-conflict"
    case notAuthorized = "not-authorized"
    /// The reply would lack an attribute that nobody may be let in without.
    case attributeMisfit = "attribute-misfit"

    case noToken = "no-token"
    case tokenRevoked = "token-revoked"
    /// The fail counter has reached its maximum, or an administrator locked the token.
    case tokenLocked = "token-locked"
    case tokenDisabled = "token-disabled"
    case outsideValidity = "outside-validity"
    case authenticationCounterExceeded = "authentication-counter-exceeded"
    case notEnrolled = "not-enrolled"
    /// The token's secret does not open, or its row or the hash of its PIN is damaged.
    case tokenUnreadable = "token-unreadable"

    case wrongPIN = "wrong-pin"
    case wrongOTP = "wrong-otp"
    case otpAlreadyUsed = "otp-already-used"
    /// The policy wants a challenge first: a password that holds PIN and OTP at once is not looked at.
    case challengeRequired = "challenge-required"

    /// Too many failed logins under this name, from where this one comes: it was not looked at.
    case tooManyGuesses = "too-many-guesses"
    /// The server could not decide, and is set up to say so with a reject.
    case serverFailure = "server-failure"

    case wrongAnswer = "wrong-answer"
    case unknownChallenge = "unknown-challenge"
    case challengeExpired = "challenge-expired"
}
