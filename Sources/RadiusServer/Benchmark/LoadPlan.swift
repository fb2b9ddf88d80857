import RadiusCodec

/// What the load generator is to do.
struct LoadPlan: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        /// PIN and OTP at once in User-Password.
        case pap
        /// The same, as a CHAP response (RFC 2865 §5.3).
        case chap
        /// The PIN, then the OTP with the State of the challenge.
        case challenge
        /// Status-Server (RFC 5997).
        case status
        /// As `pap`, and each request is sent again and again, of which none but the first may be evaluated.
        case duplicate
        /// As `pap`, but each PIN and OTP is sent in many copies at once, of which one may be accepted.
        case race
    }

    /// One server, or nodes that share a database.
    var servers: [SocketAddress]
    let secret: SharedSecret
    /// What the logins are, in turn.
    var modes = [Mode.pap]
    /// `race`: how many requests carry the same OTP. `duplicate`: how often one request is sent.
    var copies = 1
    /// Of a hundred logins, how many offer a wrong OTP.
    var wrongPercentage = 0
    /// Closed loop: how many logins are under way at any time. Open loop: the most that may be.
    var concurrency = 64
    /// Open loop: logins begun a second, whether or not earlier ones have been answered.
    var rate: Double?
    var seconds: Double = 5
    /// Ends the run early.
    var loginsMaximum = Int.max
    var ports = 16
    var retryAfterInMilliseconds: Int64 = 1000
    var retriesMaximum = 3
    /// Whether a reply counts whose authenticators are wrong.
    var isCredulous = false

    /// Attributes of an Access-Accept whose values must all be the same.
    var agreeing: [AttributeType] = []

    /// More requests than this have no identifier of their own (RFC 2865 §3).
    var requestsMaximum: Int { ports * 256 }

    /// How many requests leave by one port before the next port's turn.
    var run: Int { modes == [.race] ? 1 : max(1, min(8, concurrency / 8)) }
}
