import Synchronization

/// What the policies say about one attempt.
struct Rules: Sendable, Equatable {
    struct Conflict: Sendable, Equatable {
        let action: String
        let policies: [String]
    }

    var pinSource = PINSource.tokenpin
    var challengeKinds: [TokenKind] = []
    var forcesChallenge = false
    var challengesCount = false
    var challengeText = ""
    var resetsAllTokens = false
    var pinComesFirst = true
    var isAuthorized = true
    /// nil: all of them.
    var allowedKinds: [TokenKind]?
    /// The policies whose conditions hold.
    var applied = AppliedPolicies.none
    /// Two of them want different things at the same priority: nobody can say what holds.
    var conflict: Conflict?
}

/// Rules that hold for nearly everybody, and go from hand to hand as one reference.
final class RulesInForce: Sendable {
    let rules: Rules

    init(_ rules: Rules) { self.rules = rules }

    /// Where no policy has been asked.
    static let none = RulesInForce(Rules())
}

/// The policies that had a say in a decision. The same for nearly everybody, hence shared.
final class AppliedPolicies: Sendable, Equatable {
    static let none = AppliedPolicies([])

    /// The strongest first.
    let names: [String]
    /// The names joined by commas.
    let text: String

    init(_ names: [String]) {
        self.names = names
        text = names.joined(separator: ",")
    }

    static func == (left: AppliedPolicies, right: AppliedPolicies) -> Bool { left.names == right.names }
}

/// The active policies, ready to be asked. Immutable: a reload makes a new one.
struct PolicySet: Sendable {
    /// The strongest first; of equal ones, in the order of the file.
    private let policies: [Policy]
    /// Those that hold for everybody, as a set: bit n stands for policy n.
    private let unconditional: UInt64
    /// The others.
    private let conditional: [Int]
    private let settings: EngineSettings
    /// What those say that hold for everybody, when no others do.
    private let usual: RulesInForce
    private let known = KnownRules()

    init(_ policies: [Policy], settings: EngineSettings = EngineSettings()) {
        let active = policies.enumerated().filter { $0.element.isActive }
        let ordered = active.sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
            .map(\.element)
        let everybody = PolicyConditions()
        let numbers = ordered.indices.prefix(UInt64.bitWidth)
        conditional = numbers.filter { ordered[$0].conditions != everybody }
        unconditional = numbers.filter { ordered[$0].conditions == everybody }.reduce(0) { $0 | 1 << UInt64($1) }
        self.policies = ordered
        self.settings = settings
        usual = RulesInForce(Self.rules(of: ordered.filter { $0.conditions == everybody }, settings))
    }

    func rules(for user: User, client: IPAddress) -> RulesInForce {
        guard policies.count <= UInt64.bitWidth else {
            return RulesInForce(
                Self.rules(of: policies.filter { $0.conditions.hold(for: user, client: client) }, settings))
        }
        var holding = unconditional
        for index in conditional where policies[index].conditions.hold(for: user, client: client) {
            holding |= 1 << UInt64(index)
        }
        guard holding != unconditional else { return usual }
        return known.rules(of: holding) {
            Self.rules(of: policies.indices.filter { holding >> UInt64($0) & 1 == 1 }.map { policies[$0] }, settings)
        }
    }

    private static func rules(of holding: [Policy], _ settings: EngineSettings) -> Rules {
        var rules = Rules()
        rules.challengeText = settings.challengeText
        rules.pinComesFirst = settings.pinComesFirst
        var decided = Decided()
        for policy in holding {
            for action in policy.actions { decided.apply(action, of: policy, to: &rules) }
        }
        rules.applied = AppliedPolicies(holding.map(\.name))
        return rules
    }

    /// What was worked out already. The same policies hold for nearly everybody, and say the same each time.
    private final class KnownRules: Sendable {
        private static let countMaximum = 256
        private let rules = Mutex<[UInt64: RulesInForce]>([:])

        func rules(of policies: UInt64, orWorkOut workOut: () -> Rules) -> RulesInForce {
            if let known = rules.withLock({ $0[policies] }) { return known }
            let new = RulesInForce(workOut())
            rules.withLock { if $0.count < Self.countMaximum { $0[policies] = new } }
            return new
        }
    }

    /// Disagreements that can be seen without a login: active policies for the very same people, at the same priority.
    /// Others show only when conditions overlap, and reject the login that they show at.
    var conflicts: [Rules.Conflict] {
        var conflicts: [Rules.Conflict] = []
        for (index, first) in policies.enumerated() {
            for second in policies[(index + 1)...]
            where second.priority == first.priority && second.conditions == first.conditions {
                var rules = Rules()
                var decided = Decided()
                for action in first.actions { decided.apply(action, of: first, to: &rules) }
                for action in second.actions { decided.apply(action, of: second, to: &rules) }
                if let conflict = rules.conflict { conflicts.append(conflict) }
            }
        }
        return conflicts
    }

    /// Which policy has settled each of the actions that can have one value only.
    private struct Decided {
        private var byAction: [(action: String, policy: Policy)] = []

        mutating func apply(_ action: PolicyAction, of policy: Policy, to rules: inout Rules) {
            switch action {
            case .pinSource(let source): settle("otppin", \.pinSource, source, policy, &rules)
            case .challengeKinds(let kinds): rules.challengeKinds += kinds
            case .forcesChallenge(let forces):
                settle("force_challenge_response", \.forcesChallenge, forces, policy, &rules)
            case .challengesCount(let count):
                settle("increase_failcounter_on_challenge", \.challengesCount, count, policy, &rules)
            case .challengeText(let text): settle("challenge_text", \.challengeText, text, policy, &rules)
            case .resetsAllTokens(let resets):
                settle("reset_all_user_tokens", \.resetsAllTokens, resets, policy, &rules)
            case .pinComesFirst(let first): settle("prepend_pin", \.pinComesFirst, first, policy, &rules)
            case .isAuthorized(let authorized): settle("authorized", \.isAuthorized, authorized, policy, &rules)
            case .allowedKinds(let kinds): rules.allowedKinds = (rules.allowedKinds ?? []) + kinds
            }
        }

        /// The first policy of the strongest priority settles; another of the same priority must agree with it.
        private mutating func settle<Value: Equatable>(
            _ action: String, _ value: WritableKeyPath<Rules, Value>, _ wanted: Value, _ policy: Policy,
            _ rules: inout Rules
        ) {
            guard let settled = byAction.first(where: { $0.action == action }) else {
                byAction.append((action, policy))
                rules[keyPath: value] = wanted
                return
            }
            guard settled.policy.priority == policy.priority, rules[keyPath: value] != wanted else { return }
            rules.conflict = Rules.Conflict(action: action, policies: [settled.policy.name, policy.name])
        }
    }
}
