import Cryptography
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct OneTimePasswordTests {
    @Test(arguments: try vectors("rfc4226"))
    func everyValueOfRFC4226(_ record: VectorRecord) throws {
        let counter = try #require(Int64(try record.required("counter")))
        let otp = try record.required("otp")
        let passwords = try OneTimePasswords(seed: .rfc, algorithm: .sha1, digits: 6)
        #expect(passwords.password(for: counter) == OneTimePasswords.number(Array(otp.utf8), digits: 6))
        #expect(passwords.password(for: counter + 1) != OneTimePasswords.number(Array(otp.utf8), digits: 6))
    }

    @Test(arguments: try vectors("rfc6238"))
    func everyValueOfRFC6238(_ record: VectorRecord) throws {
        let second = try #require(Int64(try record.required("second")))
        let algorithm = try #require(DigestAlgorithm(rawValue: try record.required("algorithm")))
        let seed = SecretOctets((0..<algorithm.digestSize).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) })
        let passwords = try OneTimePasswords(seed: seed, algorithm: algorithm, digits: 8)
        let number = OneTimePasswords.number(Array(try record.required("otp").utf8), digits: 8)
        #expect(number != nil)
        #expect(passwords.password(for: second / 30) == number)
    }

    @Test(arguments: try vectors("hotp-window"))
    func aCounterTokenAnswersAsListed(_ record: VectorRecord) throws {
        var token = try token(.hotp, record)
        token.counters.counter = try number(record, "next") ?? 0
        if let window = try number(record, "window") { token.limits.countWindow = window }
        let value = try record.required("value")
        let offered =
            value.hasPrefix(":")
            ? String(value.dropFirst())
            : try generator(record).value(at: try #require(UInt64(value)))
        let possession = try token.possession(
            of: SecretOctets(utf8: offered).whole, at: UnixTime(seconds: 0))
        switch possession {
        case .proved(let counters, _): #expect(record["becomes"] == String(counters.counter))
        case .usedBefore: #expect(record["refused"] == "usedBefore")
        case .refuted: #expect(record["refused"] == "refuted")
        case .asks: Issue.record("a one-time password needs no slow hash")
        }
    }

    @Test(arguments: try vectors("totp-window"))
    func aTimeTokenAnswersAsListed(_ record: VectorRecord) throws {
        let second = try number(record, "now") ?? 1_800_000_000
        var token = try token(.totp, record)
        token.periodInSeconds = try number(record, "period") ?? 30
        let step = max(second, 0) / token.periodInSeconds
        token.counters.counter = try number(record, "last").map { step + $0 } ?? 0
        token.counters.drift = try number(record, "drift") ?? 0
        token.limits.timeWindowInSeconds = try number(record, "window") ?? 180
        let offered = try #require(try number(record, "step")) + step
        var generator = try generator(record)
        if let algorithm = record["value"].flatMap({ DigestAlgorithm(rawValue: $0) }) {
            generator.algorithm = algorithm
        }
        let possession = try token.possession(
            of: SecretOctets(utf8: try generator.value(at: UInt64(offered))).whole, at: UnixTime(seconds: second))
        switch possession {
        case .proved(let counters, _):
            #expect(record["becomes"] == String(counters.drift))
            #expect(counters.counter == offered)
        case .usedBefore: #expect(record["refused"] == "usedBefore")
        case .refuted: #expect(record["refused"] == "refuted")
        case .asks: Issue.record("a one-time password needs no slow hash")
        }
    }

    /// A token whose clock is right, typed now, a step late or a step early, in any order, for long: it never falls out.
    @Test(arguments: [[0], [-1], [1], [-1, 0, 1], [-1, -1, 1], [-2, 0, 2, 1]])
    func aRightClockStaysInTheWindow(_ offsets: [Int64]) throws {
        var token = Token.sample(.totp)
        var step: Int64 = 60_000_000
        for round in 0..<200 {
            step += 20
            let offered = step + offsets[round % offsets.count]
            let possession = try token.possession(
                of: SecretOctets(utf8: try OneTimePasswordGenerator.rfc4226.value(at: UInt64(offered))).whole,
                at: UnixTime(seconds: step * 30))
            guard case .proved(let counters, _) = possession else {
                Issue.record("round \(round): \(possession) with drift \(token.counters.drift)")
                return
            }
            token.counters = counters
        }
    }

    /// A token that gains a step every ten logins is followed as long as it is used.
    @Test func aClockThatGainsIsFollowedUpToTheWindow() throws {
        var token = Token.sample(.totp)
        var step: Int64 = 60_000_000
        for round in 0..<40 {
            step += 20
            let ahead = Int64(round / 10)
            let possession = try token.possession(
                of: SecretOctets(utf8: try OneTimePasswordGenerator.rfc4226.value(at: UInt64(step + ahead))).whole,
                at: UnixTime(seconds: step * 30))
            guard case .proved(let counters, _) = possession else {
                Issue.record("round \(round)")
                return
            }
            token.counters = counters
        }
        #expect(token.counters.drift >= 1)
    }

    @Test func aDamagedCounterEndsNoSearchInATrap() throws {
        for counter in [Int64.max, .max - 1, .max - 5, .min, -1] {
            var token = Token.sample(.hotp)
            token.counters.counter = counter
            #expect(!token.isWithinBounds || counter >= 0)
            let passwords = try OneTimePasswords(seed: .rfc, algorithm: .sha1, digits: 6)
            _ = HOTP.possession(of: 0, passwords, token.counters, window: 10)
        }
    }

    // MARK: Reading records

    private func token(_ kind: TokenKind, _ record: VectorRecord) throws -> Token {
        var token = Token.sample(kind)
        token.digits = Int(try number(record, "digits") ?? 6)
        token.algorithm = try generator(record).algorithm
        return token
    }

    private func generator(_ record: VectorRecord) throws -> OneTimePasswordGenerator {
        var generator = OneTimePasswordGenerator.rfc4226
        generator.digits = Int(try number(record, "digits") ?? 6)
        if let name = record["algorithm"] { generator.algorithm = try #require(DigestAlgorithm(rawValue: name)) }
        return generator
    }

    private func number(_ record: VectorRecord, _ key: String) throws -> Int64? {
        guard let text = record[key] else { return nil }
        let number: Int64 = try #require(Int64(text), "\(record.file):\(record.line): \(key)")
        return number
    }
}

extension SecretOctets {
    static var rfc: SecretOctets { SecretOctets(OneTimePasswordGenerator.rfc4226.seed) }
}

extension Token {
    /// A token with the seed of RFC 4226 that stands in no store.
    static func sample(_ kind: TokenKind, row: Int64 = 1, pin: StoredPIN = .none) -> Token {
        Token(
            id: TokenID(row: row), serial: "T\(row)", owner: UserID(resolver: "local", uid: "1"), secret: .seed(.rfc),
            pin: pin, rules: SharedRules(TokenRules(kind: kind, digits: 6, algorithm: .sha1, periodInSeconds: 30)),
            counters: TokenCounters(), description: "", attributes: [])
    }
}
