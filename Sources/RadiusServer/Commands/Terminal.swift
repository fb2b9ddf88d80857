package import Cryptography
import Glibc

/// Standard input, output and error, and the terminal behind them.
///
/// `unsafe` here is for calls of the C library on memory that this file owns for the length of the call.
package struct Terminal: Console {
    private static let lineLengthMaximum = 4096

    package init() {}

    package var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    package var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    package func show(_ text: String) throws(CommandFailure) {
        guard write(Array((text + "\n").utf8), to: STDOUT_FILENO) else {
            throw .couldNot("cannot write to standard output: \(lastSystemError())")
        }
    }

    package func note(_ text: String) {
        // Nobody is left to tell when standard error cannot be written.
        _ = write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    package func line() throws(CommandFailure) -> SecretOctets? { try readLine(from: STDIN_FILENO) }

    package func everything(limit: Int) throws(CommandFailure) -> [UInt8] {
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try read(into: &buffer, from: STDIN_FILENO)
            guard count > 0 else { return octets }
            octets += buffer[..<count]
            guard octets.count <= limit else { throw .couldNot("standard input is longer than \(limit) octets") }
        }
    }

    package func ask(_ prompt: String) throws(CommandFailure) -> SecretOctets {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else {
            throw .wrongUsage("\(prompt): there is no terminal to ask at; give it by an option or on standard input")
        }
        defer { close(terminal) }
        var settings = termios()
        guard unsafe tcgetattr(terminal, &settings) == 0 else {
            throw .couldNot("cannot turn off the terminal's echo: \(lastSystemError())")
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ECHONL)

        // A signal that ends the program must not leave the terminal mute: it ends the reading, then the program.
        let signals = InterruptedCalls(by: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP])
        defer { signals.restore() }
        guard write(Array((prompt + ": ").utf8), to: terminal),
            unsafe tcsetattr(terminal, TCSAFLUSH, &silent) == 0
        else { throw .couldNot("cannot ask at the terminal: \(lastSystemError())") }
        defer { _ = unsafe tcsetattr(terminal, TCSAFLUSH, &settings) }
        guard let line = try readLine(from: terminal) else { throw .couldNot("\(prompt): nothing was entered") }
        return line
    }

    /// One line without its line feed, octet by octet so that nothing of the next line is swallowed; nil at the end.
    private func readLine(from descriptor: Int32) throws(CommandFailure) -> SecretOctets? {
        // Room for the longest line at once: growing would leave copies of a password behind.
        var line: [UInt8] = []
        line.reserveCapacity(Self.lineLengthMaximum + 1)
        defer { wipe(&line) }
        var octet: [UInt8] = [0]
        defer { wipe(&octet) }
        while try read(into: &octet, from: descriptor) > 0 {
            if octet[0] == UInt8(ascii: "\n") { return SecretOctets(copying: line.span) }
            line.append(octet[0])
            guard line.count <= Self.lineLengthMaximum else {
                throw .couldNot("the line is longer than \(Self.lineLengthMaximum) octets")
            }
        }
        return line.isEmpty ? nil : SecretOctets(copying: line.span)
    }

    /// Reads once; 0 at the end.
    private func read(into buffer: inout [UInt8], from descriptor: Int32) throws(CommandFailure) -> Int {
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            throw .couldNot(errno == EINTR ? "interrupted" : "cannot read: \(lastSystemError())")
        }
        return count
    }

    /// Writes all of `octets`; false, with `errno`, when it cannot.
    private func write(_ octets: [UInt8], to descriptor: Int32) -> Bool {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// What the last failed call of the C library complained about, in the system's words.
func lastSystemError() -> String {
    // strerror's text lives until the thread's next call of it; it is copied here.
    let number = errno
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}

/// While it is in force, signals end a system call with `EINTR` in place of the program.
private struct InterruptedCalls {
    private let previous: [(signal: Int32, action: sigaction)]

    init(by signals: [Int32]) {
        previous = signals.map { signal in
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { _ in }
            var before = sigaction()
            unsafe sigaction(signal, &action, &before)
            return (signal, before)
        }
    }

    func restore() {
        for (signal, action) in previous {
            var action = action
            unsafe sigaction(signal, &action, nil)
        }
    }
}
