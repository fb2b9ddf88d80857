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
    struct Fingerprint: Hashable, Sendable {
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

        /// It is a digest already: half of it tells entries apart well enough.
        func hash(into hasher: inout Hasher) { hasher.combine(high) }
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
        /// Never, while the request is being evaluated.
        var expiry = Int64.max
        /// nil while the request is being evaluated.
        var reply: [UInt8]?
    }

    fileprivate struct State {
        /// A ring: the entry of ticket n stands at n modulo the capacity.
        var ring: [Entry] = []
        var oldest = 0
        var next = 0
        var numbers: [Fingerprint: Int] = [:]
        /// Of all replies.
        var octets = 0
    }

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
            if let number = state.numbers[fingerprint], state.ring[number % capacity].expiry > now {
                guard let reply = state.ring[number % capacity].reply else { return .pending }
                return .answered(reply)
            }
            while state.oldest < state.next,
                state.next - state.oldest >= capacity || state.ring[state.oldest % capacity].expiry <= now
            {
                state.drop(state.oldest, capacity)
                state.oldest += 1
            }
            let entry = Entry(fingerprint: fingerprint)
            if state.ring.count < capacity {
                state.ring.append(entry)
            } else {
                state.ring[state.next % capacity] = entry
            }
            state.numbers[fingerprint] = state.next
            defer { state.next += 1 }
            return .new(Ticket(number: state.next))
        }
    }

    /// Keeps `reply` for retransmissions until `expiry`.
    func remember(_ reply: [UInt8], for ticket: Ticket, until expiry: Int64) {
        state.withLock { state in
            guard ticket.number >= state.oldest else { return }
            state.octets += reply.count - (state.ring[ticket.number % capacity].reply?.count ?? 0)
            state.ring[ticket.number % capacity].reply = reply
            state.ring[ticket.number % capacity].expiry = expiry
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
    var count: Int { state.withLock { $0.numbers.count } }
}

extension DuplicateCache.State {
    /// Takes entry `number` out of the index and gives its reply's memory back; a newer entry of the same content stays.
    fileprivate mutating func drop(_ number: Int, _ capacity: Int) {
        let index = number % capacity
        octets -= ring[index].reply?.count ?? 0
        ring[index].reply = nil
        if numbers[ring[index].fingerprint] == number { numbers[ring[index].fingerprint] = nil }
    }
}
