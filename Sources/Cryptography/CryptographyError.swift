/// OpenSSL refused a call that only a broken installation, exhausted memory or a damaged file makes it refuse.
package struct CryptographyError: Error, Equatable, CustomStringConvertible {
    /// The OpenSSL function that failed.
    package let function: String
    /// What that means for the person reading the log.
    package let reason: String

    package init(function: String, reason: String) {
        self.function = function
        self.reason = reason
    }

    package var description: String { "\(function): \(reason)" }
}
