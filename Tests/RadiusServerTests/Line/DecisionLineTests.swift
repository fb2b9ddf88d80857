import Testing
import TokenEngine

@testable import RadiusServer

/// Who comes while others are decided is decided along with them, in the same transaction.
@Suite struct DecisionLineTests {
    private let laboratory: LineLaboratory
    private let line: DecisionLine

    init() throws {
        laboratory = try LineLaboratory("guesses_per_user = 3")
        let server = laboratory.server
        let configuration = server.active.current
        let store = try Store(path: configuration.configuration.server.databasePath, keys: server.keys)
        line = DecisionLine(
            server: server,
            decider: Decider(store: store, engine: configuration.engine, remembered: try VerifiedSecrets()))
    }

    /// Decides `first`, joined by each of `groups` in turn.
    private func decide(
        _ first: [PendingRequest], joinedBy groups: [[PendingRequest]] = []
    ) -> (names: [String], waiting: Int) {
        _ = line.post(first)
        var groups = groups[...]
        let outcome = line.decide { groups.popFirst() ?? [] }
        return (outcome.decided.map(\.userName), outcome.waitingCount)
    }

    @Test("in the order of their coming, until nobody comes")
    func joined() throws {
        let (a, b, c, d) = (
            try laboratory.request("a"), try laboratory.request("b"), try laboratory.request("c"),
            try laboratory.request("d")
        )
        let outcome = decide([a], joinedBy: [[b, c], [], [d]])
        #expect(outcome.names == ["a", "b", "c"])
        #expect(outcome.waiting == 0)
    }

    @Test("but not without end")
    func bounded() throws {
        let request = try laboratory.request("a")
        var count = 0
        _ = line.post([request])
        let outcome = line.decide {
            count += 1
            return (try? [laboratory.request("user\(count)")]) ?? []
        }
        #expect(count < 20)
        #expect(outcome.decided.count == 1 + count)
    }

    @Test("nobody has more guesses decided at once than are left, however they come")
    func guesses() throws {
        let guesses = try (0..<5).map { _ in try laboratory.request("a", "000000") }
        let other = try laboratory.request("b")
        let outcome = decide([guesses[0], guesses[1]], joinedBy: [[guesses[2], guesses[3], other, guesses[4]]])
        #expect(outcome.names == ["a", "a", "a", "b"])
        #expect(outcome.waiting == 2)
        // By then it is known that all three were.
        let next = line.decide()
        #expect(next.decided.map(\.verdict.reason) == [.tooManyGuesses, .tooManyGuesses])
        #expect(next.waitingCount == 0)
    }

    @Test("who is heard stays heard when others join under a limit that a reload has lowered")
    func lowered() throws {
        for _ in 0..<2 { #expect(decide([try laboratory.request("a", "000000")]).names == ["a"]) }
        try laboratory.reload("guesses_per_user = 3", as: "guesses_per_user = 1")
        let outcome = decide([try laboratory.request("a")], joinedBy: [[try laboratory.request("b")]])
        #expect(outcome.names == ["a", "b"])
        #expect(outcome.waiting == 0)
    }

    @Test("who was admitted by another version of the configuration waits for a transaction under that one")
    func reload() throws {
        let first = try laboratory.request("a")
        try laboratory.reload("guesses_per_user = 3", as: "guesses_per_user = 4")
        let (second, third) = (try laboratory.request("b"), try laboratory.request("c"))
        let outcome = decide([first], joinedBy: [[second], [third]])
        #expect(outcome.names == ["a"])
        #expect(outcome.waiting == 1)
        #expect(decide([], joinedBy: [[third]]).names == ["b", "c"])
    }
}
