package import Foundation

/// Takes lines out of a pipe as they come, on a thread of its own, and lets others wait for one.
package final class PipeReader: @unchecked Sendable {
    private let condition = NSCondition()
    private var text = ""
    private var isAtEnd = false

    package init(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [self] in
            while true {
                let octets = handle.availableData
                condition.withLock {
                    text += String(decoding: octets, as: UTF8.self)
                    isAtEnd = octets.isEmpty
                    condition.broadcast()
                }
                if octets.isEmpty { return }
            }
        }
    }

    /// What came so far.
    package var textSoFar: String { condition.withLock { text } }

    /// Everything, once the writer has closed its end.
    package func wholeText() -> String {
        condition.withLock {
            while !isAtEnd { condition.wait() }
            return text
        }
    }

    /// Waits for a line that contains `words`.
    ///
    /// - Returns: the line; nil when the pipe ended or `seconds` passed without it.
    package func line(containing words: String, within seconds: TimeInterval) -> String? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while true {
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                if let line = lines.first(where: { $0.contains(words) }) { return String(line) }
                if isAtEnd || !condition.wait(until: deadline) { return nil }
            }
        }
    }
}
