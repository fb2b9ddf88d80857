import Cryptography
import Foundation
import TestSupport

@testable import TokenEngine

/// Runs one record of a scenario file; the file's head says what its lines mean.
struct Scenario {
    private let laboratory: Laboratory
    private var policies: [Policy] = []
    private var transactions: [TransactionID] = []
    /// What the last login came to; nil once it was expected.
    private var verdict: Verdict?
    private(set) var expectations = 0

    init() throws { laboratory = try Laboratory() }

    /// - Throws: ``ScenarioError`` at the first thing that is not as the record says.
    mutating func run(_ record: VectorRecord) throws {
        for field in record.fields {
            if verdict != nil, field.key != "expect" { throw ScenarioError("a login is not followed by 'expect'") }
            let words = field.value.split(separator: " ").map(String.init)
            switch field.key {
            case "what": continue
            case "user": try laboratory.addUser(words[0], password: words.count > 1 ? words[1] : nil)
            case "token": try addToken(words)
            case "policy": try addPolicy(words)
            case "elapse": laboratory.now = laboratory.now.advanced(bySeconds: try number(field.value))
            case "do": try administer(words)
            case "login": try login(words)
            case "expect": try expect(field.value)
            default: throw ScenarioError("no line begins with '\(field.key)'")
            }
        }
        if verdict != nil { throw ScenarioError("the last login is not followed by 'expect'") }
    }

    private func addToken(_ words: [String]) throws {
        let settings = pairs(words.dropFirst(2))
        let owner = try laboratory.store.user(named: settings["owner"] ?? "cornelius", resolver: "local")
        guard let kind = TokenKind(name: words[1]) else { throw ScenarioError("no kind '\(words[1])'") }
        try laboratory.addToken(words[0], kind, of: owner, pin: settings["pin"]) { new in
            if let maximum = settings["maxfail"].flatMap({ Int64($0) }) { new.limits.failCountMaximum = maximum }
            if let counter = settings["counter"].flatMap({ Int64($0) }) { new.counter = counter }
            if let secret = settings["secret"] { new.secret = SecretOctets(utf8: secret) }
        }
    }

    private mutating func addPolicy(_ words: [String]) throws {
        var settings = pairs(words[...])
        let scope = PolicyScope(rawValue: settings.removeValue(forKey: "scope") ?? "authentication") ?? .authentication
        let priority = settings.removeValue(forKey: "priority").flatMap { Int($0) } ?? 1
        let clients = settings.removeValue(forKey: "client").map { [$0] } ?? []
        policies.append(
            Policy(
                name: "policy\(policies.count + 1)", scope: scope, priority: priority,
                conditions: try PolicyConditions(clients: clients),
                actions: try settings.map { try PolicyAction(name: $0, value: $1, in: scope) }))
        laboratory.configuration.policies = policies
    }

    private mutating func login(_ words: [String]) throws {
        let settings = pairs(words.dropFirst(2))
        var transaction: TransactionID?
        switch settings["state"] {
        case nil: transaction = nil
        case "last"?: transaction = transactions.last
        case let text?: transaction = TransactionID(octets: Hexadecimal.octets(text) ?? [])
        }
        var attempt = laboratory.attempt(
            words[0], try password(words[1]), answering: transaction, client: settings["client"] ?? "vpn",
            address: settings["address"] ?? "192.0.2.1")
        attempt.isExplained = true
        let verdict = try laboratory.login(attempt)
        if let transaction = verdict.transaction { transactions.append(transaction) }
        self.verdict = verdict
    }

    private mutating func expect(_ text: String) throws {
        guard let verdict else { throw ScenarioError("nothing to expect anything of") }
        self.verdict = nil
        expectations += 1
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        let found = "\(verdict.decision.name) \(verdict.reason.rawValue)"
        let expected = parts[0].trimmingCharacters(in: .whitespaces)
        guard found == expected else {
            throw ScenarioError("expected '\(expected)', found '\(found)': \(verdict.steps)")
        }
        let message = parts[1].trimmingCharacters(in: .whitespaces)
        guard verdict.message.trimmingCharacters(in: .whitespaces) == message else {
            throw ScenarioError("expected the message '\(message)', found '\(verdict.message)'")
        }
        guard parts.count > 2 else { return }
        for token in parts[2].split(separator: ",") {
            let words = token.split(separator: " ").map(String.init)
            let counters = try laboratory.counters(words[0])
            let now = "\(counters.counter)/\(counters.failCount)/\(counters.authentications)/\(counters.successes)"
            guard now == words[1] else { throw ScenarioError("expected \(words[0]) at \(words[1]), found \(now)") }
        }
    }

    private func administer(_ words: [String]) throws {
        let (store, serial) = (laboratory.store, words[1])
        switch words[0] {
        case "enable": try store.setEnabled(true, serial: serial)
        case "disable": try store.setEnabled(false, serial: serial)
        case "revoke": try store.revoke(serial: serial)
        case "unlock": try store.unlock(serial: serial)
        case "lock": try store.database.run("UPDATE token SET is_locked = 1 WHERE serial = ?", serial)
        case "await-enrolment":
            try store.database.run("UPDATE token SET is_awaiting_enrolment = 1 WHERE serial = ?", serial)
        case "reset-failcounter": try store.resetFailCount(serial: serial)
        case "failcount":
            try store.database.run(
                "UPDATE token_counter SET fail_count = ? WHERE token = (SELECT id FROM token WHERE serial = ?)",
                try number(words[2]), serial)
        case "valid-from":
            try limit(serial) { $0.validFrom = laboratory.now.advanced(bySeconds: $1) }(try number(words[2]))
        case "valid-until":
            try limit(serial) { $0.validUntil = laboratory.now.advanced(bySeconds: $1) }(try number(words[2]))
        case "authentications-maximum": try limit(serial) { $0.authenticationsMaximum = $1 }(try number(words[2]))
        case "successes-maximum": try limit(serial) { $0.successesMaximum = $1 }(try number(words[2]))
        case "test":
            let otp = SecretOctets(utf8: try password(words[2]))
            guard try store.test(serial: serial, otp: otp, at: laboratory.now) else {
                throw ScenarioError("the test of \(words[2]) failed")
            }
        case "resync":
            let (first, second) = (try password(words[2]), try password(words[3]))
            let isFound = try store.resynchronise(
                serial: serial, first: SecretOctets(utf8: first), second: SecretOctets(utf8: second),
                at: laboratory.now)
            guard isFound else { throw ScenarioError("\(words[2]) and \(words[3]) were not found") }
        default: throw ScenarioError("nothing is called '\(words[0])'")
        }
    }

    private func limit(_ serial: String, _ change: @escaping (inout TokenLimits, Int64) -> Void) -> (Int64) throws ->
        Void
    {
        { value in
            guard var limits = try laboratory.store.token(serial: serial)?.limits else {
                throw LaboratoryError.noToken(serial)
            }
            change(&limits, value)
            try laboratory.store.setLimits(limits, serial: serial)
        }
    }

    /// Puts the parts of `pin1+otp(3)` together.
    private func password(_ text: String) throws -> String {
        if text == "-" { return "" }
        return try text.split(separator: "+").map { part in
            let generator = OneTimePasswordGenerator.rfc4226
            guard part.hasSuffix(")"), let open = part.firstIndex(of: "(") else { return String(part) }
            let value = try number(part[part.index(after: open)...].dropLast())
            switch part[..<open] {
            case "otp": return try generator.value(at: UInt64(value))
            case "totp": return try generator.value(atSecond: laboratory.now.seconds + value * generator.period)
            default: throw ScenarioError("'\(part)' is no password")
            }
        }.joined()
    }

    private func number(_ text: some StringProtocol) throws -> Int64 {
        guard let number = Int64(text) else { throw ScenarioError("'\(text)' is no number") }
        return number
    }

    private func pairs(_ words: ArraySlice<String>) -> [String: String] {
        var pairs: [String: String] = [:]
        for word in words {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            pairs[sides[0]] = sides.count > 1 ? sides[1] : ""
        }
        return pairs
    }
}

struct ScenarioError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
