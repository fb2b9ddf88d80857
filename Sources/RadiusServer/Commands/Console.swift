package import Cryptography

/// Where a command's words go and where it asks: the terminal in the program, a recording in a test.
package protocol Console: Sendable {
    /// Writes a result and a line feed to standard output.
    ///
    /// - Throws: ``ExitStatus/couldNot`` when it cannot be written: half a result must not look like a whole one.
    func show(_ text: String) throws(CommandFailure)

    /// Writes a message and a line feed to standard error.
    func note(_ text: String)

    /// Whether standard output is a terminal, on which colours mean something.
    var isTerminal: Bool { get }

    /// Whether somebody sits at standard input who can be asked.
    var isInteractive: Bool { get }

    /// Asks the person at the terminal, without echo.
    ///
    /// - Returns: what was typed, without the line feed; may be empty.
    /// - Throws: when there is no terminal to ask at, or the person broke off.
    func ask(_ prompt: String) throws(CommandFailure) -> SecretOctets

    /// The next line of standard input without its line feed; nil at the end.
    ///
    /// - Throws: for a line of more than 4096 octets.
    func line() throws(CommandFailure) -> SecretOctets?

    /// All that is left of standard input; throws when that is more than `limit` octets.
    func everything(limit: Int) throws(CommandFailure) -> [UInt8]
}
