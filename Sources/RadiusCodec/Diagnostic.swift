/// Something wrong in a file that a person wrote: where, what, and what was expected instead.
package struct Diagnostic: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        case error
        case warning
        /// Nothing is wrong, but a reader may expect something else.
        case note
    }

    package let file: String
    /// Counted from 1; 0 when the whole file is meant.
    package let line: Int
    package let severity: Severity
    /// What is wrong, without a full stop; what was expected stands behind it in parentheses. Control characters that it
    /// repeats of the file are escaped.
    package let message: String

    package init(file: String, line: Int = 0, severity: Severity = .error, _ message: String) {
        self.file = file
        self.line = line
        self.severity = severity
        self.message = QuotedText.harmless(message)
    }

    /// `file:line: what (expected what)`, with `warning: ` or `note: ` before the message of one.
    package var description: String {
        let place = line > 0 ? "\(file):\(line)" : file
        return severity == .error ? "\(place): \(message)" : "\(place): \(severity.rawValue): \(message)"
    }
}
