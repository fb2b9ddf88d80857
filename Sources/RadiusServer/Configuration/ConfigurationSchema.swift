import Cryptography
import RadiusCodec
import TokenEngine

/// Every key of `watchword.ini`, one row each. The reader, the defaults, the suggestions, the file that `init` writes
/// and docs/configuration.md come from these rows.
enum ConfigurationSchema {
    static let server: [ConfigurationKey<ServerSettings>] = [
        .list(
            "listen", \.listen, .listen, default: "udp://0.0.0.0:1812, udp://[::]:1812",
            meaning: "The addresses to answer on. Port 0 lets the system choose.", example: "udp://192.0.2.1:1812"),
        .one(
            "database", \.databasePath, .path, default: "watchword.db",
            meaning: "Local users, tokens, challenges and the audit (SQLite). It is made when there is none.",
            example: "/var/lib/watchword/watchword.db"),
        .one(
            "key_file", \.keyFilePath, .path, default: "enckey",
            meaning: "The key under which seeds are encrypted. Nobody but the server's user may read it.",
            example: "/etc/watchword/enckey"),
        .one(
            "dictionary", \.dictionaryPath, .path, default: "dictionary",
            meaning: "Names and types of attributes, in the syntax of FreeRADIUS 3.",
            example: "/usr/share/freeradius/dictionary"),
        .optional(
            "mapping", \.mappingPath, .path,
            meaning:
                "What of a user or token becomes which attribute of the reply. An rlm_perl.ini can be named as it is.",
            example: "rlm.ini"),
        .one(
            "control", \.controlSocketPath, .path, default: "watchword.sock",
            meaning: "The socket by which reload, status and metrics reach the running server.",
            example: "/run/watchword/watchword.sock"),
        .one(
            "reload_on_change", \.reloadsOnChange, .yesOrNo, default: "no",
            meaning:
                "Whether the server looks at its files each second, and reloads when one has changed. What has errors "
                + "is refused.",
            example: "yes"),
        .one(
            "split_user_name", \.splitting, .splitting, default: "at, backslash",
            meaning: "Which forms of a User-Name name a realm: user@realm (at), REALM\\user (backslash).", example: "at"
        ),
        .one(
            "challenge_validity", \.challengeValidityInSeconds, .seconds(1...3600), default: "120",
            meaning: "How long a challenge can be answered.", example: "90"),
        .one(
            "duplicate_lifetime", \.duplicateLifetimeInSeconds, .seconds(1...60), default: "30",
            meaning: "How long a retransmitted request gets the answer that the first one got.", example: "30"),
        .one(
            "reject_delay", \.rejectDelayInSeconds, .seconds(0...10), default: "1",
            meaning:
                "How long a reject is held back, so that guessing costs time. Less than duplicate_lifetime.",
            example: "2"),
        .one(
            "guesses_per_user", \.guessesPerUser, .number(0...60_000), default: "30",
            meaning:
                "How many failed logins a minute a user name has from one place (device and Calling-Station-Id); beyond it, "
                + "requests are rejected unseen. 0: no limit.",
            example: "10"),
        .one(
            "guesses_per_client", \.guessesPerClient, .number(0...60_000), default: "6000",
            meaning:
                "How many failed logins a minute a device has; beyond it, its requests are rejected unseen while others "
                + "would have to wait. 0: no limit.",
            example: "600"),
        .one(
            "on_failure", \.failureAnswer, .choice, default: "silence",
            meaning:
                "What a request gets that cannot be decided because something inside fails: silence, so that the device "
                + "turns to its second server, or a reject.",
            example: "reject"),
        .one(
            "listener_threads", \.listenerThreads, .number(1...64), default: "1",
            meaning:
                "Threads that receive, decide and answer, for each address. They decide one after the other, so more than one "
                + "pays only where much needs no decision: retransmissions, Status-Server, what is dropped.",
            example: "2"),
        .one(
            "pin_hash_cost", \.pinHashCost, .hashCost(8...18), default: "11",
            meaning: "What checking a PIN costs: one more doubles time and memory; 11 is about 5 ms of one core.",
            example: "12"),
        .one(
            "password_hash_cost", \.passwordHashCost, .hashCost(10...18), default: "15",
            meaning: "The same for the passwords of users and tokens; 15 is about 80 ms of one core.", example: "16"),
        .one(
            "prepend_pin", \.pinComesFirst, .yesOrNo, default: "yes",
            meaning: "Whether the PIN is typed before the one-time password; no: behind it.", example: "no"),
        .one(
            "increase_failcounter_on_wrong_pin", \.wrongPINCounts, .yesOrNo, default: "yes",
            meaning: "Whether a wrong PIN counts against the user's tokens as a wrong one-time password does.",
            example: "no"),
        .one(
            "log_level", \.logLevel, .choice, default: "info",
            meaning: "How much is logged on standard error.", example: "notice"),
    ]

    static let client: [ConfigurationKey<ClientSettings>] = [
        .list(
            "address", \.prefixes, .prefix, isRequired: true,
            meaning:
                "Where its requests come from. Of several clients that contain an address the longest prefix counts.",
            example: "192.0.2.0/24, 2001:db8::/64"),
        .optional(
            "secret", \.secret, .secret,
            meaning: "What the client and this server share. At least 16 characters, by chance, and no other client's.",
            example: "7QK3ZW5VYD2MHXT4R6NB"),
        .optional(
            "secret_file", \.secretFile, .path,
            meaning: "A file that holds the secret, instead of secret. Others may not be able to read it.",
            example: "office-vpn.secret"),
        .one(
            "require_message_authenticator", \.requireMessageAuthenticator, .choice, default: "auto",
            meaning:
                "Whether a request must be signed by a Message-Authenticator. auto: each device from its first signed "
                + "one on, over restarts.",
            example: "yes"),
        .one(
            "limit_proxy_state", \.limitProxyState, .choice, default: "auto",
            meaning:
                "Whether an unsigned request with a Proxy-State, which a forger needs (CVE-2024-3596), is dropped. auto: as "
                + "yes, since only signed requests could teach otherwise.",
            example: "yes"),
        .optional(
            "realm", \.realm, .name,
            meaning: "The realm of everybody who comes through this client, whatever they type.", example: "corp"),
        .optional(
            "mapping", \.mappingPath, .path,
            meaning: "A mapping of its own, in place of the server's.", example: "rlm-office.ini"),
        .one(
            "auth_type", \.authenticationType, .name, default: "Perl",
            meaning:
                "The section of the mapping whose REALM and RESCONF hold for it, as FreeRADIUS' Auth-Type chooses one.",
            example: "scope1"),
        .list(
            "group", \.groups, .name,
            meaning: "What it belongs to, for conditions of the mapping: when = client.group is firewalls.",
            example: "firewalls, berlin"),
        .one(
            "reply_limit", \.replyLimit, .number(256...4096), default: "4096",
            meaning: "The most octets of a reply that it takes. What a mapping makes beyond it is left out.",
            example: "1400"),
        .optional(
            "split_user_name", \.splitting, .splitting,
            meaning: "Its own way to take names apart, in place of the server's.", example: "no"),
        .one(
            "character_set", \.characterSet, .characterSet, default: "auto",
            meaning:
                "What names and passwords beyond ASCII are sent in. auto: UTF-8, ISO 8859-1 and Windows-1252 are tried.",
            example: "latin-1"),
    ]

    static let resolver: [ConfigurationKey<ResolverSettings>] = [
        .one(
            "type", \.kind, .choice, isRequired: true,
            meaning: "Where its users are: local is the database.", example: "local")
    ]

    static let realm: [ConfigurationKey<RealmSettings>] = [
        .list(
            "resolvers", \.resolvers, .name, isRequired: true,
            meaning: "Where its users come from. The first resolver that knows a name wins.", example: "staff, guests"),
        .one(
            "default", \.isDefault, .yesOrNo, default: "no",
            meaning: "Whether it is the realm of those who name none. One realm may be.", example: "yes"),
    ]

    static let policy: [ConfigurationKey<PolicySettings>] = conditions + actions

    private static let conditions: [ConfigurationKey<PolicySettings>] = [
        .one(
            "scope", \.scope, .choice, default: "authentication",
            meaning: "What it is about: proving who one is, or what that person may do then.",
            example: "authorization"),
        .list(
            "realm", \.realms, .text,
            meaning:
                "It holds in these realms. ! before one excepts it; with exceptions alone, it holds in all others.",
            example: "corp"),
        .list(
            "resolver", \.resolvers, .text,
            meaning: "It holds for users from these resolvers; ! excepts, as for realm.", example: "staff"),
        .list(
            "user", \.users, .text,
            meaning: "It holds for these users, by login name; ! excepts, as for realm.", example: "alice, bob"),
        .list(
            "client", \.clients, .text,
            meaning: "It holds for requests from these addresses; ! excepts, as for realm.",
            example: "192.0.2.0/24, !192.0.2.66"),
        .one(
            "priority", \.priority, .number(1...1000), default: "1",
            meaning: "Where policies contradict each other, the smaller number wins.", example: "2"),
        .one(
            "active", \.isActive, .yesOrNo, default: "yes", meaning: "no: as if the policy were not there.",
            example: "no"),
    ]

    private static let actions: [ConfigurationKey<PolicySettings>] = [
        .action(
            "otppin",
            meaning: "Which PIN goes with a one-time password: the token's, none, or the user's password.",
            example: "userstore"),
        .action(
            "challenge_response",
            meaning: "The types of token for which the PIN alone triggers a challenge.", example: "hotp, totp"),
        .action(
            "force_challenge_response",
            meaning: "PIN and one-time password together are refused; the challenge is the only way.", example: "yes"),
        .action(
            "increase_failcounter_on_challenge",
            meaning: "Triggering a challenge costs one failure, which the right answer gives back.", example: "yes"),
        .action(
            "challenge_text", meaning: "The prompt of a challenge.", example: "Your code:"),
        .action(
            "reset_all_user_tokens",
            meaning: "A success clears the fail counters of all tokens of the user.", example: "yes"),
        .action(
            "prepend_pin",
            meaning: "Whether the PIN is typed before the one-time password; no: behind it.", example: "no"),
        .action(
            "authorized",
            meaning: "Scope authorization: whether those who have proved their identity may come in.",
            example: "deny_access"),
        .action(
            "tokentype",
            meaning: "Scope authorization: the only types of token that open the door.", example: "hotp totp"),
    ]
}

/// The sections that `watchword.ini` knows.
enum ConfigurationSectionKind: String, CaseIterable {
    case server = "Server"
    case client = "Client"
    case resolver = "Resolver"
    case realm = "Realm"
    case policy = "Policy"

    /// Whether its heading names something: `[Client name]`.
    var isNamed: Bool { self != .server }

    /// As it stands in the manual: `[Client name]`.
    var heading: String { isNamed ? "[\(rawValue) name]" : "[\(rawValue)]" }

    var meaning: String {
        switch self {
        case .server: "The server itself. Every key has a default that is right for most."
        case .client: "Who may ask: a device, or a network of them, that shares a secret with this server."
        case .resolver: "Where users come from."
        case .realm: "A set of users, under the name that stands behind the @ of a User-Name."
        case .policy: "A rule: for whom its conditions hold, its actions do. A condition that is not set holds for all."
        }
    }

    var keys: [KeyDescription] {
        switch self {
        case .server: ConfigurationSchema.server.map(\.description)
        case .client: ConfigurationSchema.client.map(\.description)
        case .resolver: ConfigurationSchema.resolver.map(\.description)
        case .realm: ConfigurationSchema.realm.map(\.description)
        case .policy: ConfigurationSchema.policy.map(\.description)
        }
    }
}

/// `[Client name]` as it is written.
struct ClientSettings: Sendable {
    var prefixes: [IPAddressPrefix] = []
    var secret: SecretOctets?
    var secretFile: String?
    var requireMessageAuthenticator = AutomaticChoice.automatic
    var limitProxyState = AutomaticChoice.automatic
    var realm: String?
    var mappingPath: String?
    var authenticationType = ""
    var groups: [String] = []
    var replyLimit = 0
    var splitting: UserNameSplitting?
    var characterSet: CharacterSet?
}

/// `[Resolver name]` as it is written.
struct ResolverSettings: Sendable {
    var kind = ResolverKind.local
}

/// Every kind of resolver that can be asked for; some of them another version or another build has.
enum ResolverKind: String, Sendable, CaseIterable {
    case local
    case passwd
    case ldap
    case sql
}

/// `[Realm name]` as it is written.
struct RealmSettings: Sendable {
    var resolvers: [String] = []
    var isDefault = false
}

/// `[Policy name]` as it is written.
struct PolicySettings: Sendable {
    /// A key that the engine reads, since what it takes depends on the scope.
    struct Action: Sendable {
        let name: String
        let value: String
    }

    var scope = PolicyScope.authentication
    var realms: [String] = []
    var resolvers: [String] = []
    var users: [String] = []
    var clients: [String] = []
    var priority = 1
    var isActive = true
    var actions: [Action] = []
}

extension ConfigurationKey<PolicySettings> {
    /// An action of the engine's.
    static func action(_ name: String, meaning: String, example: String) -> ConfigurationKey {
        let values = PolicyAction.definitions.first { $0.name == name }?.values ?? ""
        let action = ValueType<PolicySettings.Action>(values) { (text, _) in
            PolicySettings.Action(name: name, value: text)
        }
        return .one(name, \.newAction, action, meaning: meaning, example: example)
    }
}

extension PolicySettings {
    /// What is set here joins ``actions``.
    fileprivate var newAction: Action {
        get { Action(name: "", value: "") }
        set { actions.append(newValue) }
    }
}
