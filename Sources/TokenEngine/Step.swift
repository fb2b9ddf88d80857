/// One thing that the engine looked at, and what it found. Never holds a secret.
package struct Step: Sendable, Equatable, CustomStringConvertible {
    /// The token that it is about; nil when it is about the attempt.
    package let serial: String?
    package let finding: Finding

    package var description: String {
        guard let serial else { return finding.description }
        return "\(serial): \(finding)"
    }
}

extension [Step] {
    /// These and one more, about the attempt; none where none were asked for.
    func followed(by finding: Finding) -> [Step] { isEmpty ? [] : self + [Step(serial: nil, finding: finding)] }
}

/// What a ``Step`` found.
package enum Finding: Sendable, Equatable, CustomStringConvertible {
    case identity(login: String, realm: String?)
    case unusableCredential(Reason)
    case userFound(resolver: String)
    case nameReadAs(CharacterSet)
    case passwordReadAs(CharacterSet)
    case noSuchUser
    case noSuchRealm
    case policies([String])
    case policyConflict(action: String, policies: [String])
    case tokens(count: Int)
    case unfit(Reason)
    case passwordTooShort
    case otpMatches(ahead: Int64)
    case otpUsedBefore
    case otpDiffers
    case pinMatches
    case pinDiffers
    case slowCheckAwaited
    case challengeFound
    case challengeUnknown
    case challengeExpired
    case challengeOfAnotherClient
    case challengeOfAnotherUser
    case answerMatches
    case answerDiffers
    case challengeOpened(validityInSeconds: Int64)
    case singleStepForbidden
    case denied(policies: [String])
    case attributeMisfit

    package var description: String {
        switch self {
        case .identity(let login, let realm): "the name is read as user '\(login)' in realm '\(realm ?? "")'"
        case .unusableCredential(let reason): "the request offers nothing that can be checked: \(reason.rawValue)"
        case .userFound(let resolver): "resolver '\(resolver)' knows the user"
        case .nameReadAs(let characterSet): "the name was read as \(characterSet.rawValue)"
        case .passwordReadAs(let characterSet): "the password was read as \(characterSet.rawValue)"
        case .noSuchUser: "no resolver of the realm knows the user"
        case .noSuchRealm: "there is no such realm, and no default"
        case .policies(let names): names.isEmpty ? "no policy applies" : "policies: \(names.joined(separator: ", "))"
        case .policyConflict(let action, let names):
            "policies \(names.joined(separator: " and ")) disagree on \(action) at the same priority"
        case .tokens(let count): count == 1 ? "1 token" : "\(count) tokens"
        case .unfit(let reason): "not usable: \(reason.rawValue)"
        case .passwordTooShort: "the password is shorter than an OTP of this token"
        case .otpMatches(let ahead): "the OTP matches, \(ahead) ahead of the expected one"
        case .otpUsedBefore: "the OTP was used before"
        case .otpDiffers: "the OTP matches nothing in the window"
        case .pinMatches: "the PIN matches"
        case .pinDiffers: "the PIN differs"
        case .slowCheckAwaited: "a password hash must be computed first"
        case .challengeFound: "answers a challenge of this token"
        case .challengeUnknown: "the State names no open challenge"
        case .challengeExpired: "the challenge has expired"
        case .challengeOfAnotherClient: "the challenge was sent to another client"
        case .challengeOfAnotherUser: "the challenge was sent to another user"
        case .answerMatches: "the answer matches"
        case .answerDiffers: "the answer differs"
        case .challengeOpened(let validity): "a challenge is opened for \(validity) s"
        case .singleStepForbidden: "PIN and OTP at once are forbidden by policy"
        case .denied(let names): "denied by policy \(names.joined(separator: ", "))"
        case .attributeMisfit: "the reply would lack an attribute that nobody may be let in without"
        }
    }
}
