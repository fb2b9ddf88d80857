import Synchronization

/// The answers of the last seconds, so that a retransmission gets the same octets again and is evaluated once
/// (RFC 5080 §2.2.2).
///
/// A retransmission has the same source, the same destination and the same content, identifier included: all of that is
/// in its ``Fingerprint``. The same identifier with other content is a new request. A request that is being evaluated is
/// known until it is answered, a reply for a fixed time after that; both are bounded, in number and in octets: beyond that the
/// oldest is forgotten.
final class DuplicateCache: Sendable {
    /// 128 bits of a SHA-256 digest over source, destination and the whole packet without its padding.
    struct Fingerprint: Equatable, Sendable {
        private let high: UInt64
        private let low: UInt64

        init(digest: InlineArray<16, UInt8>) {
            var (high, low): (UInt64, UInt64) = (0, 0)
            for index in 0..<8 {
                high = high << 8 | UInt64(digest[index])
                low = low << 8 | UInt64(digest[index + 8])
            }
            (self.high, self.low) = (high, low)
        }

        /// Which of `count` chains it belongs to. Half of it tells entries apart well enough; that it is hashed once more, as
        /// nobody outside can, keeps those who compute digests from filling one chain.
        fileprivate func chain(of count: Int) -> Int { Int(UInt(bitPattern: high.hashValue) % UInt(count)) }
    }

    /// One evaluation.
    struct Ticket: Sendable {
        fileprivate let number: Int
    }

    enum Finding {
        /// Never seen: evaluate it, then ``remember(_:for:)`` its reply or ``forget(_:)`` it.
        case new(Ticket)
        /// Being evaluated; the first one will be answered.
        case pending
        /// Answered already with these octets.
        case answered([UInt8])
    }

    fileprivate struct Entry {
        let fingerprint: Fingerprint
        let chain: Int
        /// The number of the one before in the same chain.
        let previous: Int
        /// Never, while the request is being evaluated; always, when it was forgotten.
        var expiry = Int64.max
        /// How many octets the reply has; 0 while the request is being evaluated.
        var size = 0
        /// The reply, if it has no room among the short ones.
        var longReply: [UInt8]?
    }

    fileprivate struct State {
        /// A ring: the entry of ticket n stands at n modulo the capacity.
        var ring: [Entry] = []
        /// The replies of the entries of the ring, at the same places. Octets in a row, and not an array for each: thousands of
        /// arrays would each take three times as much.
        var shortReplies: [UInt8] = []
        var oldest = 0
        var next = 0
        /// The newest number of each chain: entries whose fingerprints come to the same place here. What a chain says of numbers
        /// before the oldest is of the past, and so is all that follows.
        var chains: [Int] = []
        /// How many entries are not forgotten.
        var known = 0
        /// Of all replies.
        var octets = 0
    }

    /// An Accept with a text and two or three attributes.
    fileprivate static let shortSize = 96

    private let capacity: Int
    private let octetsMaximum: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: how many requests are known at most.
    ///   - octetsMaximum: how many octets their replies have at most, the newest one aside.
    init(capacity: Int, octetsMaximum: Int = 16 << 20) {
        self.capacity = max(1, capacity)
        self.octetsMaximum = octetsMaximum
    }

    /// - Parameter now: milliseconds of a clock that never goes back.
    func look(for fingerprint: Fingerprint, at now: Int64) -> Finding {
        state.withLock { state in
            if state.chains.isEmpty { state.makeRoom(for: capacity) }
            let chain = fingerprint.chain(of: state.chains.count)
            if let index = state.index(of: fingerprint, in: chain, capacity, at: now) {
                return state.ring[index].size == 0 ? .pending : .answered(state.reply(at: index))
            }
            while state.oldest < state.next,
                state.next - state.oldest >= capacity || state.ring[state.oldest % capacity].expiry <= now
            {
                state.drop(state.oldest, capacity)
                state.oldest += 1
            }
            let entry = Entry(fingerprint: fingerprint, chain: chain, previous: state.chains[chain])
            if state.ring.count < capacity {
                state.ring.append(entry)
                state.shortReplies.append(contentsOf: repeatElement(0, count: Self.shortSize))
            } else {
                state.ring[state.next % capacity] = entry
            }
            state.chains[chain] = state.next
            state.known += 1
            defer { state.next += 1 }
            return .new(Ticket(number: state.next))
        }
    }

    /// Keeps `reply` for retransmissions until `expiry`.
    func remember(_ reply: [UInt8], for ticket: Ticket, until expiry: Int64) {
        state.withLock { state in
            guard ticket.number >= state.oldest, state.ring[ticket.number % capacity].expiry != .min else { return }
            state.put(reply, at: ticket.number % capacity, until: expiry)
            while state.octets > octetsMaximum, state.oldest < ticket.number {
                state.drop(state.oldest, capacity)
                state.oldest += 1
            }
        }
    }

    /// The request was not answered: the next retransmission is evaluated like a first one.
    func forget(_ ticket: Ticket) {
        state.withLock { state in
            guard ticket.number >= state.oldest else { return }
            state.drop(ticket.number, capacity)
        }
    }

    /// How many requests are known.
    var count: Int { state.withLock { $0.known } }
}

extension DuplicateCache.State {
    /// All at once: the system gives memory when it is first written to, and arrays that grow leave holes behind.
    fileprivate mutating func makeRoom(for capacity: Int) {
        // Twice as many as entries: most that are new find nobody to be compared with.
        chains = Array(repeating: -1, count: 2 * capacity)
        ring.reserveCapacity(capacity)
        shortReplies.reserveCapacity(capacity * DuplicateCache.shortSize)
    }

    /// Where the newest entry of `fingerprint` that counts at `now` stands.
    fileprivate func index(
        of fingerprint: DuplicateCache.Fingerprint, in chain: Int, _ capacity: Int, at now: Int64
    ) -> Int? {
        var number = chains[chain]
        while number >= oldest {
            let index = number % capacity
            if ring[index].fingerprint == fingerprint, ring[index].expiry > now { return index }
            number = ring[index].previous
        }
        return nil
    }

    fileprivate func reply(at index: Int) -> [UInt8] {
        if let reply = ring[index].longReply { return reply }
        let start = index * DuplicateCache.shortSize
        return Array(shortReplies[start..<start + ring[index].size])
    }

    fileprivate mutating func put(_ reply: [UInt8], at index: Int, until expiry: Int64) {
        octets += reply.count - ring[index].size
        ring[index].size = reply.count
        ring[index].expiry = expiry
        ring[index].longReply = reply.count > DuplicateCache.shortSize ? reply : nil
        guard reply.count <= DuplicateCache.shortSize else { return }
        let start = index * DuplicateCache.shortSize
        shortReplies.replaceSubrange(start..<start + reply.count, with: reply)
    }

    /// Forgets entry `number`, and gives its reply's memory back; a newer entry of the same content stays.
    fileprivate mutating func drop(_ number: Int, _ capacity: Int) {
        let index = number % capacity
        guard ring[index].expiry != .min else { return }
        octets -= ring[index].size
        ring[index].size = 0
        ring[index].longReply = nil
        ring[index].expiry = .min
        known -= 1
        // The same request forgotten again and again must not make a long chain.
        let chain = ring[index].chain
        if chains[chain] == number { chains[chain] = ring[index].previous }
    }
}
