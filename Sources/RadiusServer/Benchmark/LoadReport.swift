/// What a run of the load generator came to. Latencies are in microseconds, of answered logins from the first datagram
/// sent to the last received.
struct LoadReport: Sendable, Encodable {
    /// The run without its latencies.
    struct Counts: Sendable, Encodable {
        /// Logins that ended as they should: the right ones in Access-Accept, the wrong ones in Access-Reject, a
        /// Status-Server in its reply, a race with one accept.
        var correct = 0
        var accepts = 0
        var rejects = 0
        var challenges = 0
        /// A right password that was rejected; in a race, an OTP of which no copy was accepted.
        var falseRejects = 0
        /// A wrong password that was accepted; in a race, every accept of an OTP after the first.
        var falseAccepts = 0
        /// A wrong password that was accepted because it happened to be another right one.
        var guesses = 0
        /// No answer after all retransmissions.
        var lost = 0
        var retransmissions = 0
        /// Replies whose Response Authenticator or Message-Authenticator is wrong.
        var wrongAuthenticators = 0
        /// Replies without Message-Authenticator.
        var unsignedReplies = 0
        /// With `--agree`: accepts whose attributes do not agree, and how many different values were agreed on.
        var mixedReplies = 0
        var versions = 0
        /// Moments at which no account could log in again yet.
        var starved = 0

        /// Whether every login was answered, every answer was the server's own and of one piece, and nobody got in who should
        /// not.
        var isFlawless: Bool { lost == 0 && wrongAuthenticators == 0 && falseAccepts == 0 && mixedReplies == 0 }
    }

    struct Latency: Sendable, Encodable {
        let p50: Int64
        let p90: Int64
        let p99: Int64
        let p999: Int64
        let maximum: Int64

        init(_ histogram: LatencyHistogram) {
            p50 = histogram.percentile(0.5)
            p90 = histogram.percentile(0.9)
            p99 = histogram.percentile(0.99)
            p999 = histogram.percentile(0.999)
            maximum = histogram.maximum
        }
    }

    let mode: String
    let concurrency: Int
    /// Logins begun a second; nil in closed loop.
    let rate: Double?
    let seconds: Double
    let perSecond: Double
    let counts: Counts
    let latencyInMicroseconds: Latency
    /// The generator's own processor time; near 1.0 it is the limit, not the server.
    let generatorProcessorLoad: Double
    /// The same in microseconds for each request of the run.
    let generatorMicrosecondsPerRequest: Double

    /// - Parameter processorSeconds: what the generator has used.
    init(
        _ plan: LoadPlan, _ counts: Counts, _ latencies: LatencyHistogram, seconds: Double, processorSeconds: Double
    ) {
        mode = plan.modes.map(\.rawValue).joined(separator: ",")
        concurrency = plan.concurrency
        rate = plan.rate
        self.seconds = seconds
        perSecond = Double(counts.correct) / seconds
        self.counts = counts
        latencyInMicroseconds = Latency(latencies)
        generatorProcessorLoad = processorSeconds / seconds
        generatorMicrosecondsPerRequest =
            processorSeconds * 1_000_000 / Double(max(1, latencies.count + counts.challenges))
    }

    /// For people.
    var text: String {
        let latency = latencyInMicroseconds
        func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
        func milliseconds(_ microseconds: Int64) -> String {
            let hundredths = (microseconds + 5) / 10
            let fraction = String(hundredths % 100)
            return "\(hundredths / 100).\(fraction.count < 2 ? "0" : "")\(fraction)"
        }
        return """
            \(mode), \(rate.map { "\(Int($0)) a second" } ?? "\(concurrency) at a time"), \(tenths(seconds)) s
            \(Int(perSecond)) logins/s, \(counts.correct) right answers
            latency ms   p50 \(milliseconds(latency.p50))   p90 \(milliseconds(latency.p90))   \
            p99 \(milliseconds(latency.p99))   p99.9 \(milliseconds(latency.p999))   max \(milliseconds(latency.maximum))
            accepts \(counts.accepts)   rejects \(counts.rejects)   challenges \(counts.challenges)   \
            lost \(counts.lost)   retransmissions \(counts.retransmissions)
            false rejects \(counts.falseRejects)   false accepts \(counts.falseAccepts)   \
            wrong authenticators \(counts.wrongAuthenticators)   unsigned replies \(counts.unsignedReplies)   \
            starved \(counts.starved)
            mixed replies \(counts.mixedReplies)   versions \(counts.versions)
            generator's processor \(Int(generatorProcessorLoad * 100)) %, \
            \(tenths(generatorMicrosecondsPerRequest)) µs a request

            """
    }
}
