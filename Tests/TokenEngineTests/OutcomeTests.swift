import Cryptography
import TestSupport
import Testing

@testable import TokenEngine

/// The pure core alone: no store, no file, no clock.
@Suite struct OutcomeTests {
    private let keys: KeyFile
    private let user = User(id: UserID(resolver: "local", uid: "1"), name: "cornelius", realm: "realm1")
    private let now = UnixTime(seconds: 1_800_000_000)
    private let otherSeed = SecretOctets(utf8: "another seed altogether")
    private let cost = EngineConfiguration.small.settings.pinHashCost

    init() throws { keys = try KeyFile(master: SecretOctets([UInt8](repeating: 7, count: 32))) }

    @Test(arguments: try vectors("outcomes"))
    func everyOutcomeIsTheOneInTheTable(_ record: VectorRecord) throws {
        let tokens = try record.required("tokens").split(separator: " ").enumerated().map { index, words in
            try token(String(words), row: Int64(index + 1))
        }
        let verdict = try verdict(on: tokens, policy: try record.required("policy"))
        #expect("\(verdict.decision.name) \(verdict.reason.rawValue)" == record["expect"])
        #expect(try moved(verdict.changes).sorted().joined(separator: ", ") == record["moved"])
    }

    @Test func everyReasonThatARejectCanHaveIsListedOnce() {
        #expect(Set(Reason.allCases.map(\.rawValue)).count == Reason.allCases.count)
        #expect(Reason.allCases.allSatisfy { $0.rawValue.allSatisfy { $0.isLowercase || $0 == "-" } })
    }

    @Test func aWrongPINCountsForNothingWhereTheSettingsSaySo() throws {
        var configuration = EngineConfiguration.small
        configuration.settings.wrongPINCounts = false
        let verdict = try verdict(on: [try token("neither", row: 1)], policy: "none", configuration)
        #expect(verdict.reason == .wrongPIN)
        #expect(try moved(verdict.changes).isEmpty)
    }

    @Test(arguments: [("both", 1), ("pin", 1), ("otp", 1), ("neither", 1), ("whole", 1), ("both both", 2)])
    func aLoginCostsNoMoreHashesThanItMust(_ tokens: String, _ hashes: Int) throws {
        let tokens = try tokens.split(separator: " ").enumerated().map { try token(String($1), row: Int64($0 + 1)) }
        var count = 0
        _ = try verdict(on: tokens, policy: "none", counting: &count)
        #expect(count == hashes)
    }

    @Test(arguments: [("both", 1), ("whole", 1), ("pin", 2), ("neither", 2)])
    func norDoesOneWhereAPINTriggers(_ token: String, _ hashes: Int) throws {
        var count = 0
        _ = try verdict(on: [try self.token(token, row: 1)], policy: "challenge", counting: &count)
        #expect(count == hashes)
    }

    @Test func noStepAndNoAuditLineHoldsASecret() throws {
        for kind in ["both", "pin", "otp", "neither", "whole", "used"] {
            let verdict = try verdict(on: [try token(kind, row: 1)], policy: "challenge")
            let told = verdict.steps.map(\.description).joined() + verdict.message + "\(verdict.changes)"
            for secret in ["1234", "755224", "9999", "12345678901234567890"] { #expect(!told.contains(secret)) }
        }
    }

    // MARK: Making cases

    private func token(_ words: String, row: Int64) throws -> Token {
        let parts = words.split(separator: "-")
        let pin: String
        switch parts[0] {
        case "otp", "neither": pin = "9999"
        case "whole": pin = "1234755224"
        default: pin = "1234"
        }
        let hash = try PasswordHash(of: SecretOctets(utf8: pin), pepper: keys.pepper, cost: cost)
        var token = Token.sample(.hotp, row: row, pin: .hash(hash))
        if ["pin", "neither", "whole"].contains(parts[0]) { token.secret = .seed(otherSeed) }
        if parts[0] == "used" { token.counters.counter = 1 }
        switch parts.dropFirst().first {
        case "disabled"?: token.state.isEnabled = false
        case "locked"?: token.counters.failCount = token.limits.failCountMaximum
        case "expired"?: token.limits.validUntil = now.advanced(bySeconds: -1)
        case "revoked"?: token.state.isRevoked = true
        case "waiting"?: token.state.isAwaitingEnrolment = true
        case "exhausted"?: token.limits.authenticationsMaximum = 0
        case "unreadable"?: token.secret = .unreadable
        case let other?: throw ScenarioError("no state '\(other)'")
        case nil: break
        }
        return token
    }

    private func verdict(
        on tokens: [Token], policy: String, _ configuration: EngineConfiguration = .small
    ) throws -> Verdict {
        var count = 0
        return try verdict(on: tokens, policy: policy, configuration, counting: &count)
    }

    private func verdict(
        on tokens: [Token], policy: String, _ configuration: EngineConfiguration = .small, counting count: inout Int
    ) throws -> Verdict {
        var actions: [PolicyAction] = []
        if policy == "challenge" || policy == "both" { actions.append(.challengeKinds([.hotp])) }
        if policy == "force" || policy == "both" { actions.append(.forcesChallenge(true)) }
        let engine = Engine(configuration.with(Policy(name: "p", actions: actions)))
        var attempt = Attempt(
            userName: "cornelius", credential: .password(SecretOctets(utf8: "1234755224")), client: "vpn",
            clientAddress: IPAddress(v4: 1))
        attempt.isExplained = true
        let name = KnownAccounts.Name(login: user.name, resolver: user.id.resolver)
        let facts = Facts(
            identity: engine.identity(of: attempt), account: Account(name, user: user, tokens: tokens))
        while true {
            switch try engine.evaluate(attempt, knowing: facts, at: now, random: RepeatableRandom()) {
            case .decided(let verdict): return verdict
            case .needs(let checks):
                count += checks.count
                for check in checks { attempt.verified[check] = try check.run(keys: keys) }
            case .failed(let error): throw error
            }
        }
    }

    private func moved(_ changes: [Change]) throws -> [String] {
        try changes.map { change in
            switch change {
            case .moveCounters(let token, let from, let to):
                var accepted = from
                accepted.counter = 1
                accepted.authentications += 1
                accepted.successes += 1
                var failed = from
                failed.failCount += 1
                failed.authentications += 1
                if to == accepted { return "T\(token.row) accepted" }
                if to == failed { return "T\(token.row) failed" }
                throw ScenarioError("an odd move from \(from) to \(to)")
            case .openChallenge(let challenge): return "T\(challenge.token.row) challenged"
            default: throw ScenarioError("an odd change \(change)")
            }
        }
    }
}
