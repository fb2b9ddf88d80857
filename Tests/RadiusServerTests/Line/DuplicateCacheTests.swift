import Testing

@testable import RadiusServer

@Suite("Duplicates are evaluated once (RFC 5080 §2.2.2)")
struct DuplicateCacheTests {
    private static func fingerprint(_ number: UInt8) -> DuplicateCache.Fingerprint {
        .init(digest: InlineArray { $0 == 0 ? number : 7 })
    }

    private func ticket(_ finding: DuplicateCache.Finding) throws -> DuplicateCache.Ticket {
        guard case .new(let ticket) = finding else { throw NotNew() }
        return ticket
    }

    private struct NotNew: Error {}

    private func isPending(_ finding: DuplicateCache.Finding) -> Bool {
        if case .pending = finding { true } else { false }
    }

    private func reply(_ finding: DuplicateCache.Finding) -> [UInt8]? {
        if case .answered(let octets) = finding { octets } else { nil }
    }

    @Test("a request that is being evaluated stays known, however long that takes")
    func pendingNeverExpires() throws {
        let cache = DuplicateCache(capacity: 4)
        _ = try ticket(cache.look(for: Self.fingerprint(1), at: 0))
        #expect(isPending(cache.look(for: Self.fingerprint(1), at: 1)))
        #expect(isPending(cache.look(for: Self.fingerprint(1), at: 1_000_000_000)))
    }

    @Test("a reply is given again until its time is over, and then no more")
    func repliesExpire() throws {
        let cache = DuplicateCache(capacity: 4)
        let first = try ticket(cache.look(for: Self.fingerprint(1), at: 0))
        cache.remember([2, 1], for: first, until: 30_000)
        #expect(reply(cache.look(for: Self.fingerprint(1), at: 29_999)) == [2, 1])
        _ = try ticket(cache.look(for: Self.fingerprint(1), at: 30_000))
    }

    @Test("what was not answered is evaluated like new")
    func forgetting() throws {
        let cache = DuplicateCache(capacity: 4)
        let first = try ticket(cache.look(for: Self.fingerprint(1), at: 0))
        cache.forget(first)
        let second = try ticket(cache.look(for: Self.fingerprint(1), at: 1))
        // The first evaluation has nothing to say any more.
        cache.forget(first)
        #expect(isPending(cache.look(for: Self.fingerprint(1), at: 2)))
        cache.remember([9], for: second, until: 100)
        #expect(reply(cache.look(for: Self.fingerprint(1), at: 3)) == [9])
    }

    @Test("beyond the capacity the oldest is forgotten, and its late reply harms nobody")
    func capacity() throws {
        let cache = DuplicateCache(capacity: 3)
        let tickets = try (1...4).map { try ticket(cache.look(for: Self.fingerprint($0), at: 0)) }
        #expect(cache.count == 3)
        cache.remember([1], for: tickets[0], until: 100)
        cache.forget(tickets[0])
        #expect((2...4).allSatisfy { isPending(cache.look(for: Self.fingerprint($0), at: 1)) })
        _ = try ticket(cache.look(for: Self.fingerprint(1), at: 1))
        #expect(cache.count == 3)
    }

    @Test("large replies are forgotten sooner, the oldest first, so that they keep to so many octets")
    func octets() throws {
        let cache = DuplicateCache(capacity: 100, octetsMaximum: 10_000)
        for round in UInt8(0)..<3 {
            let tickets = try (0..<8).map { try ticket(cache.look(for: Self.fingerprint(round * 8 + $0), at: 0)) }
            for ticket in tickets { cache.remember([UInt8](repeating: round, count: 4096), for: ticket, until: 100) }
            #expect(cache.count == 2)
            for number in UInt8(6)..<8 {
                #expect(reply(cache.look(for: Self.fingerprint(round * 8 + number), at: 1))?.count == 4096)
            }
        }
    }

    @Test("one reply that is too large by itself is kept while it is the newest, and replaces none twice")
    func oversized() throws {
        let cache = DuplicateCache(capacity: 4, octetsMaximum: 10)
        let first = try ticket(cache.look(for: Self.fingerprint(1), at: 0))
        cache.remember([UInt8](repeating: 1, count: 50), for: first, until: 100)
        cache.remember([UInt8](repeating: 2, count: 5), for: first, until: 100)
        let second = try ticket(cache.look(for: Self.fingerprint(2), at: 0))
        cache.remember([UInt8](repeating: 3, count: 5), for: second, until: 100)
        #expect(reply(cache.look(for: Self.fingerprint(1), at: 1))?.count == 5)
        #expect(reply(cache.look(for: Self.fingerprint(2), at: 1))?.count == 5)
    }

    @Test("replies of every size come back as they were, also where others stood before")
    func sizes() throws {
        let cache = DuplicateCache(capacity: 5)
        for round in UInt8(0)..<20 {
            let sizes = [20, 95, 96, 97, 4096]
            for place in sizes.indices {
                let fingerprint = Self.fingerprint(round &* 5 + UInt8(place))
                let ticket = try ticket(cache.look(for: fingerprint, at: 0))
                // Each round begins one place further on, so that a long reply follows a short one and the other way round.
                cache.remember([UInt8](repeating: round, count: sizes[(place + Int(round)) % 5]), for: ticket, until: 9)
            }
            for place in sizes.indices {
                #expect(
                    reply(cache.look(for: Self.fingerprint(round &* 5 + UInt8(place)), at: 1))
                        == [UInt8](repeating: round, count: sizes[(place + Int(round)) % 5]))
            }
        }
    }

    @Test("other content is another request")
    func otherContent() throws {
        let cache = DuplicateCache(capacity: 4)
        let first = try ticket(cache.look(for: Self.fingerprint(1), at: 0))
        cache.remember([1], for: first, until: 100)
        _ = try ticket(cache.look(for: Self.fingerprint(2), at: 1))
    }
}
