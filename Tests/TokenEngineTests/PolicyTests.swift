import Cryptography
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct PolicyTests {
    @Test(arguments: try vectors("conditions"))
    func aConditionHoldsWhereTheTableSaysSo(_ record: VectorRecord) throws {
        let conditions = try PolicyConditions(
            realms: list(record["realms"]), users: list(record["users"]), resolvers: list(record["resolvers"]),
            clients: list(record["clients"]))
        let user = User(
            id: UserID(resolver: record["resolver"] ?? "local", uid: "1"), name: record["user"] ?? "alice",
            realm: record["realm"] ?? "corp")
        let address = try #require(IPAddress(record["client"] ?? "192.0.2.1"))
        #expect(conditions.hold(for: user, client: address) == (try record.required("holds") == "yes"))
    }

    private func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
    }

    @Test(arguments: ["192.0.2.0/33", "192.0.2", "!host", "-", "", "192.0.2.1/24"])
    func aClientThatIsNoAddressIsRefused(_ client: String) {
        #expect(throws: PolicyError.self) { try PolicyConditions(clients: [client]) }
    }

    @Test(arguments: [
        ("otppin", "tokenpin", PolicyAction.pinSource(.tokenpin)), ("OTPPIN", "None", .pinSource(.none)),
        ("challenge_response", "hotp, totp", .challengeKinds([.hotp, .totp])),
        ("challenge_response", "pw hotp", .challengeKinds([.password, .hotp])),
        ("force_challenge_response", "yes", .forcesChallenge(true)),
        ("increase_failcounter_on_challenge", "no", .challengesCount(false)),
        ("challenge_text", "Code, please: ", .challengeText("Code, please: ")),
        ("reset_all_user_tokens", "true", .resetsAllTokens(true)), ("prepend_pin", "off", .pinComesFirst(false)),
    ])
    func anActionIsRead(_ name: String, _ value: String, _ action: PolicyAction) throws {
        #expect(try PolicyAction(name: name, value: value, in: .authentication) == action)
    }

    @Test(arguments: [
        ("otppin", ""), ("otppin", "pin"), ("challenge_response", ""), ("challenge_response", "hotp, motp"),
        ("challenge_response", "spass"), ("force_challenge_response", "maybe"), ("challenge_text", ""),
        ("prepend_pin", "2"), ("authorized", "deny_access"), ("tokentype", "hotp"), ("pinotp", "none"), ("", ""),
    ])
    func anActionThatMakesNoSenseIsRefused(_ name: String, _ value: String) {
        #expect(throws: PolicyError.self) { try PolicyAction(name: name, value: value, in: .authentication) }
    }

    private let user = User(id: UserID(resolver: "local", uid: "1"), name: "alice", realm: "corp")

    private func rules(_ policies: Policy...) -> Rules {
        PolicySet(policies).rules(for: user, client: IPAddress(v4: 1)).rules
    }

    @Test func listsAddUpAndTheRestIsSettledByPriority() {
        let rules = rules(
            Policy(name: "weak", priority: 5, actions: [.pinSource(.none), .challengeKinds([.totp])]),
            Policy(name: "strong", priority: 1, actions: [.pinSource(.userstore), .challengeKinds([.hotp])]),
            Policy(name: "off", priority: 0, isActive: false, actions: [.pinSource(.tokenpin)]))
        #expect(rules.pinSource == .userstore)
        #expect(Set(rules.challengeKinds) == [.hotp, .totp])
        #expect(rules.applied.names == ["strong", "weak"])
        #expect(rules.conflict == nil)
    }

    @Test func aDisagreementIsReportedWithBothNames() {
        let rules = rules(
            Policy(name: "a", actions: [.challengeText("x")]), Policy(name: "b", actions: [.challengeText("y")]))
        #expect(rules.conflict == Rules.Conflict(action: "challenge_text", policies: ["a", "b"]))
    }

    @Test func agreementIsNoConflict() {
        let rules = rules(
            Policy(name: "a", actions: [.forcesChallenge(true)]), Policy(name: "b", actions: [.forcesChallenge(true)]),
            Policy(name: "c", priority: 2, actions: [.forcesChallenge(false)]))
        #expect(rules.conflict == nil)
        #expect(rules.forcesChallenge)
    }

    @Test func aContradictionIsSeenBeforeAnybodyLogsIn() throws {
        let home = try PolicyConditions(realms: ["home"])
        func conflicts(_ second: Policy) -> [String] {
            var configuration = EngineConfiguration()
            configuration.policies = [Policy(name: "a", actions: [.pinSource(.none)]), second]
            return configuration.policyConflicts.map(\.description)
        }
        #expect(
            conflicts(Policy(name: "b", actions: [.pinSource(.tokenpin)]))
                == ["policies 'a' and 'b' disagree on otppin at the same priority"])
        #expect(conflicts(Policy(name: "b", actions: [.pinSource(.none)])).isEmpty)
        #expect(conflicts(Policy(name: "b", priority: 2, actions: [.pinSource(.tokenpin)])).isEmpty)
        #expect(conflicts(Policy(name: "b", isActive: false, actions: [.pinSource(.tokenpin)])).isEmpty)
        #expect(conflicts(Policy(name: "b", conditions: home, actions: [.pinSource(.tokenpin)])).isEmpty)
        #expect(conflicts(Policy(name: "b", actions: [.challengeText("x")])).isEmpty)
    }

    /// A pattern that makes a backtracking matcher try for ever.
    @Test func aPatternTakesNoLongerThanItIsLong() {
        let pattern = Pattern(String(repeating: "*a", count: 200) + "*b")
        #expect(!pattern.matches(String(repeating: "a", count: 5000)))
    }
}
