import Synchronization
import TokenEngine

/// What the server has done since it started, counted without a lock.
final class Metrics: Sendable {
    enum Counter: Int, CaseIterable, Sendable {
        case datagramsReceived, answeredWithoutDecision, unsignedRequests, batches, attributesLeftOut

        var name: String {
            switch self {
            case .datagramsReceived: "datagrams_received_total"
            case .answeredWithoutDecision: "answered_without_decision_total"
            case .unsignedRequests: "unsigned_requests_total"
            case .batches: "batches_total"
            case .attributesLeftOut: "attributes_left_out_total"
            }
        }

        var help: String {
            switch self {
            case .datagramsReceived: "Datagrams received."
            case .answeredWithoutDecision: "Retransmissions answered from memory, and Status-Server requests."
            case .unsignedRequests: "Access-Requests admitted without a Message-Authenticator."
            case .batches: "Transactions in which requests were decided."
            case .attributesLeftOut: "Mapped attributes that did not fit their type, their size or the reply."
            }
        }
    }

    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    /// How often a decision was made for a reason.
    private struct DecisionCount {
        let result: MappedResult
        let reason: Reason
        var count: Int
    }

    /// In the order of ``Counter``.
    private let counters = Counter.allCases.map { _ in Count() }
    // Discards and decisions have few names, and mostly one thread counts them: a lock that nobody else holds is cheap.
    private let discards = Mutex<[String: Int]>([:])
    // A handful: to go through them costs less than to find one by its hash.
    private let decisions = Mutex<[DecisionCount]>([])
    private let reloads = Mutex<[ReloadResult: Int]>([:])
    /// Whether the configuration in force waits for somebody to keep it.
    let awaitsConfirmation = Atomic<Bool>(false)

    /// What became of a new configuration.
    enum ReloadResult: String, CaseIterable, Sendable {
        case done, refused, reverted
    }

    func add(_ number: Int, to counter: Counter) {
        guard number > 0 else { return }
        counters[counter.rawValue].value.add(number, ordering: .relaxed)
    }

    func add(_ number: Int, to discard: Discard) { discards.withLock { $0[discard.name, default: 0] += number } }

    func count(_ result: MappedResult, _ reason: Reason) {
        decisions.withLock { decisions in
            if let place = decisions.firstIndex(where: { $0.result == result && $0.reason == reason }) {
                decisions[place].count += 1
            } else {
                decisions.append(DecisionCount(result: result, reason: reason, count: 1))
            }
        }
    }

    func count(_ result: ReloadResult) { reloads.withLock { $0[result, default: 0] += 1 } }

    /// Prometheus' text format. No label ever holds a user's name.
    var text: String {
        var text = ""
        func family(_ name: String, _ help: String, _ type: String = "counter") {
            text += "# HELP watchword_\(name) \(help)\n# TYPE watchword_\(name) \(type)\n"
        }
        for counter in Counter.allCases {
            family(counter.name, counter.help)
            text += "watchword_\(counter.name) \(counters[counter.rawValue].value.load(ordering: .relaxed))\n"
        }
        family("discards_total", "Datagrams that got no answer, by reason.")
        for (reason, count) in discards.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text += "watchword_discards_total{reason=\"\(reason)\"} \(count)\n"
        }
        family("decisions_total", "Access-Requests decided, by decision and reason.")
        let rows = decisions.withLock { $0 }.map {
            ("\($0.result.rawValue)\",reason=\"\($0.reason.rawValue)", $0.count)
        }
        for (labels, count) in rows.sorted(by: { $0.0 < $1.0 }) {
            text += "watchword_decisions_total{decision=\"\(labels)\"} \(count)\n"
        }
        family("reloads_total", "New configurations, by what became of them.")
        for result in ReloadResult.allCases {
            text += "watchword_reloads_total{result=\"\(result)\"} \(reloads.withLock { $0[result] ?? 0 })\n"
        }
        family("reload_awaits_confirmation", "Whether the configuration in force will be taken back.", "gauge")
        text += "watchword_reload_awaits_confirmation \(awaitsConfirmation.load(ordering: .relaxed) ? 1 : 0)\n"
        return text
    }

    /// How logins ended since the start.
    var logins: LoginTally {
        decisions.withLock { $0 }.reduce(into: LoginTally()) { tally, row in
            switch row.result {
            case .accept: tally.accepts += row.count
            case .reject: tally.rejects += row.count
            case .challenge: break
            }
        }
    }

    /// How many Access-Requests were decided.
    var decided: Int { decisions.withLock { $0.reduce(0) { $0 + $1.count } } }
}
