import TestSupport
import Testing
import TokenEngine

@testable import RadiusServer

@Suite("Looking at what is configured and what was decided")
struct InspectionCommandsTests {
    let server: TestServerFolder
    init() throws { server = try TestServerFolder() }

    @Test("realms, resolvers and policies are listed as the server reads them")
    func lists() throws {
        let realms = try server.run("realm list --json").list()
        let realm = try #require(realms.first)
        #expect(realm["name"] as? String == "default")
        #expect(realm["default"] as? Bool == true)
        #expect(realm["resolvers"] as? [String] == ["local"])
        let resolver = try server.run("resolver list --json").list()
        #expect(resolver.first as? [String: String] == ["name": "local", "type": "local"])
        let policies = try server.run("policy list --json").list()
        let policy = try #require(policies.first)
        #expect(policy["name"] as? String == "default")
        #expect(policy["actions"] as? [String: String] == ["challenge_response": "hotp, totp"])
        #expect(server.run("policy list").output.contains("challenge_response = hotp, totp"))
    }

    @Test("a resolver is asked for a user")
    func resolver() {
        #expect(server.run("user add alice").status == .done)
        #expect(server.run("resolver test local").output == "resolver 'local' answers: 1 user\n")
        #expect(server.run("resolver test local alice").output.hasPrefix("name      alice\n"))
        #expect(server.run("resolver test local bob").status == .no)
        #expect(server.run("resolver test locla").messages == ["watchword: no resolver 'locla' (did you mean local?)"])
        #expect(server.run("resolver test").status == .wrongUsage)
    }

    @Test("nothing was decided yet, and that is proved")
    func emptyAudit() throws {
        #expect(try server.run("audit --json").list().isEmpty)
        #expect(server.run("audit").output.hasPrefix("NUMBER  TIME"))
        let verified = try server.run("audit verify --json").object()
        #expect(verified["intact"] as? Bool == true)
        #expect(verified["lines"] as? Int == 0)
        #expect(try server.run("challenge list --json").list().isEmpty)
        #expect(try server.run("challenge expire --json").object()["deleted"] as? Int == 0)
        #expect(server.run("challenge expire --all").output == "0 challenges deleted\n")
    }

    @Test(
        "a time or a number that is none is wrong usage",
        arguments: [
            "--since yesterday", "--since 2026-13-01", "--since 2026-02-30", "--since -1h", "--limit 0", "--limit x",
        ])
    func senseless(options: String) {
        #expect(server.run("audit \(options)").status == .wrongUsage)
    }

    @Test("without a running server there is nobody to ask", arguments: ["status", "metrics", "reload"])
    func nobody(command: String) {
        let outcome = server.run(command)
        #expect(outcome.status == .couldNot)
        #expect(outcome.messages.first?.contains("no running server to ask") == true)
    }

    @Test(
        "an action is written as it is read",
        arguments: [
            ("otppin", "userstore"), ("challenge_response", "hotp, totp"), ("force_challenge_response", "yes"),
            ("increase_failcounter_on_challenge", "no"), ("challenge_text", "Code?"), ("reset_all_user_tokens", "yes"),
            ("prepend_pin", "no"), ("authorized", "deny_access"), ("tokentype", "totp"),
        ])
    func actions(name: String, value: String) throws {
        let definition = try #require(PolicyAction.definitions.first { $0.name == name })
        let action = try PolicyAction(name: name, value: value, in: definition.scope)
        #expect(action.name == name)
        #expect(action.value == value)
    }

    @Test("the test above knows every action")
    func allActions() { #expect(PolicyAction.definitions.count == 9) }
}

@Suite("Instants as people write them")
struct TypedTimeTests {
    private static let now = UnixTime(seconds: 1_800_000_000)

    @Test(
        "are read",
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1), ("2000-02-29", 951_782_400), ("2000-03-01", 951_868_800),
            ("2026-11-22T06:40:00Z", 1_795_329_600), ("2026-11-22T06:40", 1_795_329_600),
            ("2026-11-22 06:40:59", 1_795_329_659),
            ("90s", 1_799_999_910), ("2h", 1_799_992_800), ("7d", 1_799_395_200), ("0m", 1_800_000_000),
        ])
    func reading(text: String, seconds: Int64) {
        #expect(UnixTime(text, orAgoAt: Self.now)?.seconds == seconds)
    }

    @Test(
        "are refused",
        arguments: [
            "", "now", "1969-12-31", "2026", "2026-11", "2026-11-31", "2100-02-29", "2026-00-01", "2026-01-00",
            "2026-11-22T24:00",
            "2026-11-22T06", "2026-11-22T06:60", "2026-11-22T06:40:60", "2026-11-22T06:40:00+01:00", "2026-11-22T",
            "-1h", "h",
            "1w", "99999999999999999999s", "10000-01-01",
        ])
    func refusing(text: String) {
        #expect(UnixTime(text, orAgoAt: Self.now) == nil)
    }
}
