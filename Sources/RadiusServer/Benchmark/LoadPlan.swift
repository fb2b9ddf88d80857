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
        /// As `pap`, but each PIN and OTP is sent in many copies at once, of which one may be accepted.
        case race
    }

    /// One server, or nodes that share a database.
    var servers: [SocketAddress]
    let secret: SharedSecret
    var mode = Mode.pap
    /// How many requests carry the same OTP.
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
}
