/// What an administrator may ask of a running server, over a Unix socket beside its database.
package enum ControlCommand: Sendable, Equatable {
    /// Take the files over, for good (nil), or for so many seconds unless somebody keeps them.
    case reload(confirmSeconds: Int64?)
    /// What waits to be kept stays.
    case keep
    /// What waits to be kept goes at once.
    case revert
    case status
    case metrics

    /// As it stands on the wire, without its line feed.
    var line: String {
        switch self {
        case .reload(nil): "reload"
        case .reload(let seconds?): "reload \(seconds)"
        case .keep: "keep"
        case .revert: "revert"
        case .status: "status"
        case .metrics: "metrics"
        }
    }

    /// - Returns: nil for what is no command.
    init?(line: String) {
        switch line {
        case "reload": self = .reload(confirmSeconds: nil)
        case "keep": self = .keep
        case "revert": self = .revert
        case "status": self = .status
        case "metrics": self = .metrics
        default:
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, words[0] == "reload", let seconds = Int64(words[1]),
                Self.confirmSeconds.contains(seconds)
            else { return nil }
            self = .reload(confirmSeconds: seconds)
        }
    }

    /// How long a new configuration may wait to be kept: up to a day.
    static let confirmSeconds: ClosedRange<Int64> = 1...86_400
}
