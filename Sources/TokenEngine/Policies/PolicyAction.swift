/// What a policy does. The names and values are privacyIDEA's.
package enum PolicyAction: Sendable, Equatable {
    case pinSource(PINSource)
    /// A PIN alone triggers a challenge for tokens of these kinds. Policies add up.
    case challengeKinds([TokenKind])
    /// PIN and OTP at once are refused: the PIN must trigger a challenge first.
    case forcesChallenge(Bool)
    /// A triggered challenge costs a failure, which the right answer takes back.
    case challengesCount(Bool)
    /// The prompt.
    case challengeText(String)
    /// An accept sets the fail counters of all the user's tokens to 0.
    case resetsAllTokens(Bool)
    /// Whether the PIN stands before the OTP; else after it.
    case pinComesFirst(Bool)
    /// Scope authorization: whether who has proved their identity may come in.
    case isAuthorized(Bool)
    /// Scope authorization: the only kinds that open the door. Policies add up.
    case allowedKinds([TokenKind])
}

/// Where the PIN of a login is checked.
package enum PINSource: String, Sendable, CaseIterable {
    /// The token's own.
    case tokenpin
    /// There is none: the password is the OTP alone.
    case none
    /// The user's password in their resolver.
    case userstore
}

extension PolicyAction {
    /// One row for each action: its name in watchword.ini, its scope, what values it takes, and how they are read.
    package struct Definition: Sendable {
        package let name: String
        package let scope: PolicyScope
        /// For messages: `tokenpin, none or userstore`.
        package let values: String
        /// nil when the text is not one of ``values``.
        let action: @Sendable (String) -> PolicyAction?
    }

    package static let definitions: [Definition] = [
        Definition(name: "otppin", scope: .authentication, values: "tokenpin, none or userstore") {
            PINSource(rawValue: $0.lowercased()).map { .pinSource($0) }
        },
        Definition(name: "challenge_response", scope: .authentication, values: "token types that can be challenged") {
            kinds($0).flatMap { kinds in kinds.allSatisfy(\.canBeChallenged) ? .challengeKinds(kinds) : nil }
        },
        Definition(name: "force_challenge_response", scope: .authentication, values: "yes or no") {
            truth($0).map { .forcesChallenge($0) }
        },
        Definition(name: "increase_failcounter_on_challenge", scope: .authentication, values: "yes or no") {
            truth($0).map { .challengesCount($0) }
        },
        Definition(name: "challenge_text", scope: .authentication, values: "a prompt") {
            $0.isEmpty ? nil : .challengeText($0)
        },
        Definition(name: "reset_all_user_tokens", scope: .authentication, values: "yes or no") {
            truth($0).map { .resetsAllTokens($0) }
        },
        Definition(name: "prepend_pin", scope: .authentication, values: "yes or no") {
            truth($0).map { .pinComesFirst($0) }
        },
        Definition(name: "authorized", scope: .authorization, values: "grant_access or deny_access") {
            ["grant_access": true, "deny_access": false][$0.lowercased()].map { .isAuthorized($0) }
        },
        Definition(name: "tokentype", scope: .authorization, values: "token types") {
            kinds($0).map { .allowedKinds($0) }
        },
    ]

    /// Reads one action.
    ///
    /// - Parameters:
    ///   - name: its name, either case.
    ///   - value: the text after the equals sign.
    ///   - scope: of the policy that it stands in.
    package init(name: String, value: String, in scope: PolicyScope) throws(PolicyError) {
        let name = name.lowercased()
        guard let definition = Self.definitions.first(where: { $0.name == name }) else {
            throw PolicyError(description: "'\(name)' is no action of a policy")
        }
        guard definition.scope == scope else {
            throw PolicyError(description: "'\(name)' belongs into scope \(definition.scope.rawValue)")
        }
        guard let action = definition.action(value) else {
            throw PolicyError(description: "'\(value)' is no value of \(name); it takes \(definition.values)")
        }
        self = action
    }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "yes", "true", "on", "1": true
        case "no", "false", "off", "0": false
        default: nil
        }
    }

    /// Names separated by commas or blanks; nil when there is none, or one that is no kind.
    private static func kinds(_ text: String) -> [TokenKind]? {
        let names = text.split { $0 == "," || $0 == " " || $0 == "\t" }
        let kinds = names.compactMap { TokenKind(name: $0) }
        return kinds.isEmpty || kinds.count < names.count ? nil : kinds
    }
}
