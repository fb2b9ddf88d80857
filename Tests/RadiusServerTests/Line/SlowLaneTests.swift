import Cryptography
import Testing

@testable import RadiusServer
@testable import TokenEngine

@Suite("Slow hashes: one at a time for each stored hash, and a share for each device")
struct SlowLaneTests {
    private let laboratory: LineLaboratory
    private let lane: SlowLane

    init() throws {
        laboratory = try LineLaboratory()
        lane = SlowLane(server: laboratory.server)
    }

    private func work(_ pending: PendingRequest, hash: String, candidate: String = "1234") -> SlowWork {
        // Damaged on purpose: that is found out without computing anything.
        let stored = SlowCheck.Stored.hash(PasswordHash(stored: hash))
        return SlowWork(
            pending: pending, checks: [SlowCheck(stored: stored, candidate: SecretOctets(utf8: candidate), cost: .pin)])
    }

    /// Runs the lane to its end; which requests came out, how, and in which order.
    private func drain() -> [(user: String, outcome: String)] {
        lane.close()
        var outcomes: [(String, String)] = []
        lane.run { outcome in
            switch outcome {
            case .checked(let pending): outcomes.append((pending.attempt.userName, "checked"))
            case .changed(let pending): outcomes.append((pending.attempt.userName, "changed"))
            case .outdated(let pending): outcomes.append((pending.attempt.userName, "outdated"))
            case .failed(let pending): outcomes.append((pending.attempt.userName, "failed"))
            }
        }
        return outcomes
    }

    private func now() -> Int64 { Clock.monotonic() }

    @Test("a thousand guesses at one PIN cost one hash, and the others are decided anew behind it")
    func oneAtATime() throws {
        let guess = try laboratory.request("alice", at: now())
        let other = try laboratory.request("bob", at: now())
        let guesses = (0..<1000).map { work(guess, hash: "a", candidate: "\($0)") }
        #expect(lane.post(guesses).isEmpty)
        #expect(lane.post([work(other, hash: "b")]).isEmpty)
        let outcomes = drain()
        #expect(outcomes.count == 1001)
        #expect(outcomes.count { $0 == ("alice", "checked") } == 1)
        #expect(outcomes.count { $0 == ("alice", "changed") } == 999)
        #expect(outcomes.last.map { $0 == ("bob", "checked") } == true)
    }

    @Test("one device takes a quarter of the room, whether at one hash or at many", arguments: [true, false])
    func share(isOneHash: Bool) throws {
        let noisy = try laboratory.request("alice", at: now())
        let quiet = try laboratory.request("bob", from: "127.0.0.2", at: now())
        let works = (0..<SlowLane.shareOfOneDevice + 10).map { work(noisy, hash: isOneHash ? "a" : "\($0)") }
        #expect(lane.post(works).count == 10)
        #expect(lane.post([work(quiet, hash: "quiet")]).isEmpty)
        #expect(lane.post([work(noisy, hash: "another")]).count == 1)
        #expect(drain().count == SlowLane.shareOfOneDevice + 1)
    }

    @Test("what has been done makes room again")
    func room() throws {
        let pending = try laboratory.request("alice", at: now())
        let works = (0..<SlowLane.shareOfOneDevice).map { work(pending, hash: "\($0 / 2)") }
        #expect(lane.post(works).isEmpty)
        let lane = lane
        let thread = Thread(named: "slow") { lane.run { _ in } }
        var rest = [work(pending, hash: "next")]
        while !rest.isEmpty { rest = lane.post(rest) }
        lane.close()
        thread?.join()
    }

    @Test("who has waited half a minute has given up, and costs no hash")
    func outdated() throws {
        let late = try laboratory.request("alice", at: now() - 30_000)
        #expect(lane.post([work(late, hash: "a")]).isEmpty)
        #expect(drain().map(\.outcome) == ["outdated"])
    }
}
