import Testing
import TokenEngine

@testable import RadiusServer

@Suite("Guesses are counted in bounded memory, and given back over a minute")
struct GuessTableTests {
    private let ten = GuessAllowance(10)

    @Test("as many at once as there are in a minute, then one for each share of it")
    func bucket() {
        var table = GuessTable()
        for guess in 1...10 {
            #expect(!table.isOver(1, ten, at: 0))
            #expect(table.count(1, ten, at: 0).isOver == (guess == 10))
        }
        #expect(table.isOver(1, ten, at: 5_999))
        #expect(!table.isOver(1, ten, at: 6_000))
        _ = table.count(1, ten, at: 6_000)
        #expect(table.isOver(1, ten, at: 11_999))
        #expect(!table.isOver(1, ten, at: 12_000))
        #expect(!table.isOver(1, ten, at: 1_000_000))
    }

    @Test("however many more were on their way, nobody waits longer than one share", arguments: [10, 11, 100, 100_000])
    func ceiling(guesses: Int) {
        var table = GuessTable()
        for _ in 0..<guesses { _ = table.count(1, ten, at: 500) }
        #expect(table.isOver(1, ten, at: 6_499))
        #expect(!table.isOver(1, ten, at: 6_500))
    }

    @Test("one guess after the other for an hour, as fast as they are given back, is never over")
    func patience() {
        var table = GuessTable()
        for step in Int64(0)..<600 { #expect(!table.count(1, ten, at: step * 6_000).isOver) }
    }

    @Test("no limit, no limit", arguments: [0, -1])
    func unlimited(guesses: Int) {
        var table = GuessTable()
        for _ in 0..<1000 { #expect(!table.count(1, GuessAllowance(guesses), at: 0).isOver) }
        #expect(!table.isOver(1, GuessAllowance(guesses), at: 0))
    }

    @Test(
        "every allowance that the configuration can name keeps to a minute",
        arguments: [1, 7, 30, 6_000, 59_999, 60_000])
    func allowances(guesses: Int) {
        let allowance = GuessAllowance(guesses)
        #expect((1...60_000).contains(allowance.interval))
        #expect((1...60_000).contains(allowance.ceiling))
        var table = GuessTable()
        for _ in 0..<guesses - 1 { _ = table.count(1, allowance, at: 0) }
        #expect(!table.isOver(1, allowance, at: 0))
        #expect(table.count(1, allowance, at: 0).isOver)
    }

    @Test("a success makes all of it forgotten, and nobody else's")
    func forgetting() {
        var table = GuessTable()
        for _ in 0..<10 {
            _ = table.count(1, ten, at: 0)
            _ = table.count(2, ten, at: 0)
        }
        table.forget(1)
        #expect(!table.isOver(1, ten, at: 0))
        #expect(table.isOver(2, ten, at: 0))
    }

    @Test("a million others do not make the one forgotten who has guessed most")
    func flood() {
        var table = GuessTable(capacity: 4096)
        for _ in 0..<10 { _ = table.count(1, ten, at: 0) }
        for other in 2..<1_000_000 { _ = table.count(other, ten, at: 1) }
        #expect(table.isOver(1, ten, at: 1))
    }

    @Test("times near the ends of the clock overflow nothing", arguments: [0, 1, Int64.max - 120_000])
    func ends(now: Int64) {
        var table = GuessTable()
        for _ in 0..<20 { _ = table.count(.min, ten, at: now) }
        #expect(table.isOver(.min, ten, at: now))
        table.forget(.max)
        #expect(table.isOver(.min, ten, at: now))
    }
}

@Suite("Who guesses too often is refused, and nobody else")
struct GuessLimitsTests {
    private let laboratory: LineLaboratory
    private let limits = GuessLimits()

    init() throws { laboratory = try LineLaboratory("guesses_per_user = 3\nguesses_per_client = 6") }

    private func guess(
        _ count: Int, _ user: String = "alice", from source: String = "127.0.0.1", station: String? = nil,
        reason: Reason = .wrongOTP, at now: Int64 = 1000
    ) throws {
        let pending = try laboratory.request(user, from: source, station: station)
        for _ in 0..<count { limits.count(.unheard(reason), of: pending, at: now) }
    }

    private func isRefused(
        _ user: String = "alice", from source: String = "127.0.0.1", station: String? = nil, isCrowded: Bool = false,
        at now: Int64 = 1000
    ) throws -> Bool {
        let pending = try laboratory.request(user, from: source, station: station)
        return limits.mayRefuse(at: now) && limits.refuse(pending, isCrowded: isCrowded, at: now)
    }

    @Test("a user name, after its guesses, until one is given back")
    func user() throws {
        try guess(2)
        #expect(try !isRefused())
        #expect(!limits.mayRefuse(at: 1000), "others pay nothing")
        try guess(1)
        #expect(try isRefused())
        #expect(try isRefused(at: 20_999))
        #expect(try !isRefused(at: 21_000))
        #expect(!limits.mayRefuse(at: 61_000))
    }

    @Test("not another user, nor the same one at another device or another station")
    func others() throws {
        try guess(3, station: "198.51.100.7")
        #expect(try isRefused(station: "198.51.100.7"))
        #expect(try !isRefused("bob", station: "198.51.100.7"))
        #expect(try !isRefused(station: "198.51.100.8"))
        #expect(try !isRefused())
        #expect(try !isRefused(from: "127.0.0.2", station: "198.51.100.7"))
    }

    @Test("a device only while others would have to wait")
    func device() throws {
        for user in ["a", "b", "c", "d", "e", "f"] { try guess(1, user) }
        #expect(try !isRefused("g"))
        #expect(try isRefused("g", isCrowded: true))
        #expect(try !isRefused("g", from: "127.0.0.2", isCrowded: true))
        #expect(try !isRefused("g", isCrowded: true, at: 11_000))
    }

    @Test(
        "what proves who they are is no guess", arguments: [Reason.otpAlreadyUsed, .notAuthorized, .attributeMisfit])
    func noGuess(reason: Reason) throws {
        try guess(100, reason: reason)
        #expect(try !isRefused(isCrowded: true))
    }

    @Test(
        "every other reject is", arguments: [Reason.wrongPIN, .wrongAnswer, .unknownUser, .tokenLocked, .nameMissing])
    func isGuess(reason: Reason) throws {
        try guess(3, reason: reason)
        #expect(try isRefused())
    }

    @Test("of many at once, no more are decided together than there are guesses, and what then waits is refused")
    func burst() throws {
        let burst = try (0..<100).map { _ in try laboratory.request("alice", from: "127.0.0.1", station: nil) }
        let others = try [laboratory.request("bob", from: "127.0.0.1", station: nil)]
        let first = limits.part(burst + others, at: 1000)
        #expect(first.heard.count == 4 && first.later.count == 97 && first.refused.isEmpty)
        for pending in first.heard.dropLast() { limits.count(.unheard(.wrongOTP), of: pending, at: 1000) }
        let second = limits.part(first.later + others, at: 1000)
        #expect(second.heard.count == 1 && second.later.isEmpty && second.refused.count == 97)
    }

    @Test("of many at once, somebody who has guessed already has no more decided than guesses are left")
    func burstAfterGuesses() throws {
        try guess(2)
        let burst = try (0..<100).map { _ in try laboratory.request("alice", from: "127.0.0.1", station: nil) }
        let first = limits.part(burst, at: 1000)
        #expect(first.heard.count == 1 && first.later.count == 99 && first.refused.isEmpty)
        // What is checked beside the line is not decided: it comes again.
        let second = limits.part(first.later + first.heard, at: 1000)
        #expect(second.heard.count == 1 && second.later.count == 99)
        limits.count(.unheard(.wrongOTP), of: second.heard[0], at: 1000)
        let third = limits.part(second.later, at: 1000)
        #expect(third.heard.isEmpty && third.later.isEmpty && third.refused.count == 99)
    }

    @Test("only where nobody can come beyond a limit nothing is parted")
    func shortcut() throws {
        let settings = try laboratory.request("alice").request.configuration.configuration.server
        #expect(limits.allows(3, under: settings, at: 1000))
        #expect(!limits.allows(4, under: settings, at: 1000))
        try guess(1)
        #expect(limits.allows(1, under: settings, at: 1000))
        #expect(!limits.allows(2, under: settings, at: 1000))
        #expect(limits.allows(3, under: settings, at: 21_000))
        try guess(3)
        #expect(!limits.allows(1, under: settings, at: 1000))
    }
}
