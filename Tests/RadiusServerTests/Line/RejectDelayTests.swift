import Synchronization
import Testing

@testable import RadiusServer

@Suite("Rejects are held back, in bounded memory")
struct RejectDelayTests {
    private func rejects(
        _ count: Int, of pending: PendingRequest, due: Int64 = .max, octets: Int = 60
    ) -> [RejectDelay.Reject] {
        let octets = [UInt8](repeating: 3, count: octets)
        return [RejectDelay.Reject](
            repeating: .init(octets: octets, request: pending.request, due: due), count: count)
    }

    @Test("beyond so many they are handed back, to be sent at once")
    func count() throws {
        let laboratory = try LineLaboratory()
        let delay = RejectDelay(server: laboratory.server)
        let pending = try laboratory.request("alice")
        #expect(delay.hold(rejects(RejectDelay.capacity, of: pending)).isEmpty)
        #expect(delay.hold(rejects(3, of: pending)).count == 3)
    }

    @Test("so are large ones beyond so many octets")
    func octets() throws {
        let laboratory = try LineLaboratory()
        let delay = RejectDelay(server: laboratory.server)
        let pending = try laboratory.request("alice", proxyStates: 15)
        let rest = delay.hold(rejects(RejectDelay.capacity, of: pending, octets: 4000))
        let held = RejectDelay.capacity - rest.count
        #expect(held * 4000 < RejectDelay.octetsMaximum)
        #expect(held * 8500 > RejectDelay.octetsMaximum)
        #expect(delay.hold(rejects(1, of: pending, octets: 4000)).count == 1)
    }

    @Test("what was sent makes room again, and the order to stop sends the rest at once")
    func release() throws {
        let laboratory = try LineLaboratory()
        let delay = RejectDelay(server: laboratory.server)
        let pending = try laboratory.request("alice", proxyStates: 15)
        let sent = Atomic<Int>(0)
        let all = rejects(RejectDelay.capacity, of: pending, due: 0, octets: 4000)
        for _ in 0..<3 { sent.add(all.count - delay.hold(all).count, ordering: .relaxed) }
        let held = sent.exchange(0, ordering: .relaxed)
        let thread = Thread(named: "delay") {
            delay.run { sent.add($0.count, ordering: .relaxed) }
        }
        while sent.load(ordering: .relaxed) < held { Clock.sleep(milliseconds: 1) }
        #expect(delay.hold(rejects(1, of: pending, due: .max, octets: 4000)).isEmpty)
        laboratory.server.stop()
        delay.close()
        thread?.join()
        #expect(sent.load(ordering: .relaxed) == held + 1)
    }
}
