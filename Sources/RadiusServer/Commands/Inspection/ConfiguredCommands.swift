import TokenEngine

/// `watchword realm list`, `resolver list`, `resolver test` and `policy list`: what is configured, as the server reads it.
enum ConfiguredCommands {
    static let realm = Command(
        name: "realm", summary: "Realms", example: "watchword realm list", subcommands: [realmList])
    static let resolver = Command(
        name: "resolver", summary: "Resolvers: where users come from", example: "watchword resolver list",
        subcommands: [resolverList, resolverTest])
    static let policy = Command(
        name: "policy", summary: "Policies", example: "watchword policy list", subcommands: [policyList])

    private struct RealmDocument: Encodable {
        let name: String
        let resolvers: [String]
        let isDefault: Bool

        enum CodingKeys: String, CodingKey {
            case name, resolvers
            case isDefault = "default"
        }
    }

    private static let realmList = Command(
        name: "list", summary: "Lists the realms and the resolvers that each asks, in order",
        example: "watchword realm list"
    ) { invocation throws(CommandFailure) in
        let documents = try invocation.configuration().engine.realms.map {
            RealmDocument(name: $0.name, resolvers: $0.resolvers, isDefault: $0.isDefault)
        }
        let rows = documents.map { [$0.name, $0.isDefault ? "yes" : "no", $0.resolvers.joined(separator: ", ")] }
        try invocation.show(documents, orText: TextTable(["REALM", "DEFAULT", "RESOLVERS"], rows).text)
        return .done
    }

    private struct ResolverDocument: Encodable {
        let name: String
        let type: String
    }

    private static let resolverList = Command(
        name: "list", summary: "Lists the resolvers", example: "watchword resolver list"
    ) { invocation throws(CommandFailure) in
        let documents = try invocation.configuration().engine.resolvers.map {
            ResolverDocument(name: $0.name, type: $0.kind.rawValue)
        }
        try invocation.show(
            documents, orText: TextTable(["RESOLVER", "TYPE"], documents.map { [$0.name, $0.type] }).text)
        return .done
    }

    private static let resolverTest = Command(
        name: "test", summary: "Asks a resolver for a user, or only whether it can be asked",
        operands: ["NAME", "[USER]"], example: "watchword resolver test local alice"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let name = try invocation.requiredOperand(0, "NAME")
        let names = administration.configuration.engine.resolvers.map(\.name)
        guard names.contains(name) else {
            throw .no(
                "no resolver '\(visible(name))' "
                    + didYouMean(name, among: names, otherwise: "there is \(names.joined(separator: ", "))"))
        }
        guard let login = invocation.operand(1) else {
            let number = try administration.ask { (store) throws(StoreError) in try store.users(resolver: name).count }
            try invocation.show(["users": number], orText: "resolver '\(name)' answers: \(count(number, "user"))")
            return .done
        }
        let found = try administration.ask { (store) throws(StoreError) in
            try store.user(named: login, resolver: name)
        }
        guard let user = found else { throw .no("resolver '\(name)' has no user '\(visible(login))'") }
        let document = UserDocument(user, realms: administration.realms(of: name))
        try invocation.show(document, orText: document.table)
        return .done
    }

    private struct PolicyDocument: Encodable {
        let name: String
        let scope: String
        let priority: Int
        let active: Bool
        let realms: [String]
        let users: [String]
        let resolvers: [String]
        let clients: [String]
        let actions: [String: String]
    }

    private static let policyList = Command(
        name: "list", summary: "Lists the policies: for whom each is, and what it does",
        example: "watchword policy list --json"
    ) { invocation throws(CommandFailure) in
        let policies = try invocation.configuration().engine.policies
        let documents = policies.map { policy in
            PolicyDocument(
                name: policy.name, scope: policy.scope.rawValue, priority: policy.priority, active: policy.isActive,
                realms: policy.conditions.realms, users: policy.conditions.users,
                resolvers: policy.conditions.resolvers, clients: policy.conditions.clients,
                actions: Dictionary(policy.actions.map { ($0.name, $0.value) }) { $1 })
        }
        let rows = zip(policies, documents).map { policy, document in
            let conditions = [
                ("realm", document.realms), ("user", document.users), ("resolver", document.resolvers),
                ("client", document.clients),
            ].filter { !$0.1.isEmpty }.map { "\($0.0) = \($0.1.joined(separator: ", "))" }
            return [
                document.name, document.scope, "\(document.priority)", document.active ? "yes" : "no",
                conditions.isEmpty ? "everybody" : conditions.joined(separator: "; "),
                policy.actions.map { "\($0.name) = \($0.value)" }.joined(separator: "; "),
            ]
        }
        try invocation.show(
            documents, orText: TextTable(["POLICY", "SCOPE", "PRIORITY", "ACTIVE", "FOR", "ACTIONS"], rows).text)
        return .done
    }
}

extension PolicyAction {
    /// As it stands in watchword.ini before the equals sign.
    var name: String {
        switch self {
        case .pinSource: "otppin"
        case .challengeKinds: "challenge_response"
        case .forcesChallenge: "force_challenge_response"
        case .challengesCount: "increase_failcounter_on_challenge"
        case .challengeText: "challenge_text"
        case .resetsAllTokens: "reset_all_user_tokens"
        case .pinComesFirst: "prepend_pin"
        case .isAuthorized: "authorized"
        case .allowedKinds: "tokentype"
        }
    }

    /// As it stands in watchword.ini behind the equals sign.
    var value: String {
        switch self {
        case .pinSource(let source): source.rawValue
        case .challengeKinds(let kinds), .allowedKinds(let kinds): kinds.map(\.rawValue).joined(separator: ", ")
        case .forcesChallenge(let holds), .challengesCount(let holds), .resetsAllTokens(let holds),
            .pinComesFirst(let holds):
            holds ? "yes" : "no"
        case .challengeText(let text): text
        case .isAuthorized(let isAuthorized): isAuthorized ? "grant_access" : "deny_access"
        }
    }
}
