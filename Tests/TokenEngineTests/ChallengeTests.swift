import Foundation
import Testing

@testable import TokenEngine

/// Open challenges as rows: listed, cleared away, and without what would answer them.
@Suite struct ChallengeTests {
    @Test func challengesAreListedAndExpired() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try Laboratory(.small.with(policy))
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        for _ in 0..<3 { _ = try laboratory.login(laboratory.attempt("cornelius", "")) }
        #expect(try laboratory.store.challenges().map(\.serial) == ["H1", "H1", "H1"])
        #expect(try laboratory.store.expireChallenges(at: laboratory.now.advanced(bySeconds: 119)) == 0)
        #expect(try laboratory.store.expireChallenges(at: laboratory.now.advanced(bySeconds: 120)) == 3)
        _ = try laboratory.login(laboratory.attempt("cornelius", ""))
        #expect(try laboratory.store.expireChallenges(at: nil) == 1)
    }

    @Test func expiredChallengesDoNotPileUp() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try Laboratory(.small.with(policy))
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        for _ in 0..<50 {
            _ = try laboratory.login(laboratory.attempt("cornelius", ""))
            laboratory.now = laboratory.now.advanced(bySeconds: 60)
        }
        #expect(try laboratory.store.challenges().count <= 13)
    }

    @Test("nobody waits for all the challenges of an hour ago to be cleared away, and in the end they are")
    func expiredChallengesAreClearedAwayInParts() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try Laboratory(.small.with(policy))
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        // Some of them in the same millisecond.
        for number in 0..<30 {
            _ = try laboratory.login(laboratory.attempt("cornelius", ""))
            if number.isMultiple(of: 10) { laboratory.now = laboratory.now.advanced(bySeconds: 1) }
        }
        laboratory.now = laboratory.now.advanced(bySeconds: 3600)
        var left: [Int] = []
        for _ in 0..<32 {
            _ = try laboratory.login(laboratory.attempt("cornelius", ""))
            left.append(try laboratory.store.challenges().count)
        }
        // Two go and one comes, until there are only those that are open now.
        #expect(left.prefix(15) == ArraySlice((15...29).reversed()))
        #expect(left.suffix(17) == ArraySlice(16...32))
    }

    @Test func theStateItselfIsNotStored() throws {
        let policy = Policy(name: "p", actions: [.challengeKinds([.hotp])])
        let laboratory = try Laboratory(.small.with(policy))
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        let transaction = try #require(try laboratory.login(laboratory.attempt("cornelius", "")).transaction)
        #expect(transaction.octets.count == 32)
        let octets = try Data(contentsOf: URL(filePath: laboratory.path + "-wal"))
        #expect(octets.range(of: Data(transaction.octets)) == nil)
    }
}
