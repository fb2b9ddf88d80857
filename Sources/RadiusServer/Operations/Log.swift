import Glibc
import Synchronization
import TokenEngine

/// Lines on standard error: time, level, what happened, then `name=value` pairs. A service manager adds the rest.
///
/// Nobody waits for the log: lines are left for a thread of its own (``run()``), and where that thread cannot keep up,
/// because nobody reads standard error, they are dropped and counted. Whatever comes from outside is escaped, so that a
/// user name cannot start a line or move a cursor. Nothing secret is ever handed to it.
package final class Log: Sendable {
    /// The most texts that wait to be written.
    private static let queueCapacity = 1024
    /// What strangers can trigger: no more lines a second than this, whatever they are about,
    static let sparingLinesPerSecond = 10
    /// and about the same subject one in this time.
    static let repeatAfterInMilliseconds: Int64 = 60_000
    /// The most subjects whose last line is remembered.
    static let subjectsMaximum = 1024

    /// Which lines are written of what strangers can trigger, and what was left out before each.
    struct Sparing {
        /// A line that is written.
        struct Admitted: Equatable {
            /// How many lines of its own subject were left out since the last one.
            let suppressed: Int
            /// How many lines of subjects that nothing is remembered of were left out; told once.
            let others: Int
        }

        /// When each subject may be spoken of again, and how often it was left out since.
        private var silences: [String: (until: Int64, suppressed: Int)] = [:]
        private var second: Int64 = .min
        private var linesThisSecond = 0
        private var others = 0
    }

    private let verbosity: Atomic<Int>
    private let sparing = Mutex(Sparing())
    private let waiting = Mailbox<String>(capacity: queueCapacity)
    private let dropped = Atomic<Int>(0)
    /// How many texts wait, or are being written.
    private let unwritten = Atomic<Int>(0)

    package init(level: LogLevel) { verbosity = Atomic(level.verbosity) }

    /// Takes effect at the next line, as after a reload.
    package func setLevel(_ level: LogLevel) { verbosity.store(level.verbosity, ordering: .relaxed) }

    package func isOn(_ level: LogLevel) -> Bool { level.verbosity <= verbosity.load(ordering: .relaxed) }

    package func write(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard isOn(level) else { return }
        put(Self.line(level, message(), at: Clock.now()))
    }

    /// Writes at most one line a minute for the same `subject`, and few lines a second in all; later ones tell how many
    /// were left out. What a stranger can trigger is logged by this, and only by this.
    package func writeSparingly(_ level: LogLevel, about subject: String, _ message: @autoclosure () -> String) {
        guard isOn(level), let admitted = sparing.withLock({ $0.admit(subject, at: Clock.monotonic()) }) else {
            return
        }
        let now = Clock.now()
        let more = admitted.suppressed > 0 ? " (\(admitted.suppressed) more like it were left out)" : ""
        put(Self.line(level, message() + more, at: now))
        guard admitted.others > 0 else { return }
        put(
            Self.line(
                level, "\(admitted.others) lines about other things were left out: too many in one second", at: now))
    }

    /// Leaves finished lines to be written. Never waits.
    func put(_ text: String) {
        unwritten.add(1, ordering: .relaxed)
        guard !waiting.post([text]).isEmpty else { return }
        unwritten.subtract(1, ordering: .relaxed)
        dropped.add(1, ordering: .relaxed)
    }

    /// The logging thread. Returns after ``close(patienceInMilliseconds:)``, when all that waited is written.
    func run() {
        while case let texts = waiting.take(upTo: 256), !texts.isEmpty {
            var text = texts.joined()
            let lost = dropped.exchange(0, ordering: .relaxed)
            if lost > 0 {
                text += Self.line(.warning, "\(lost) log entries were lost: nobody read them in time", at: Clock.now())
            }
            Self.writeToStandardError(&text)
            unwritten.subtract(texts.count, ordering: .relaxed)
        }
    }

    /// Waits until all that waits is written, but no longer than `patience`.
    func close(patienceInMilliseconds patience: Int64) {
        waiting.close()
        let end = Clock.monotonic() + patience
        while unwritten.load(ordering: .relaxed) > 0, Clock.monotonic() < end { Clock.sleep(milliseconds: 2) }
    }

    private static func writeToStandardError(_ text: inout String) {
        text.withUTF8 { octets in
            var position = 0
            while position < octets.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(octets)[position...])
                let written = unsafe Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if written > 0 {
                    position += written
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    static func line(_ level: LogLevel, _ message: String, at time: UnixTime) -> String {
        "\(time) \(level.rawValue) \(message)\n"
    }

    /// `text` as one word of a line: in quotation marks where it has blanks, and with control characters, quotation
    /// marks and backslashes escaped. At most 253 characters of it.
    package static func word(_ text: some StringProtocol) -> String {
        var word = ""
        var isPlain = !text.isEmpty
        for scalar in text.unicodeScalars.prefix(253) {
            switch scalar {
            case "\"", "\\":
                word += "\\\(scalar)"
                isPlain = false
            case " ", "=":
                word.unicodeScalars.append(scalar)
                isPlain = false
            default:
                // Control characters, and those that turn the direction of writing.
                if scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                    || scalar.properties.generalCategory == .lineSeparator
                    || scalar.properties.generalCategory == .paragraphSeparator
                {
                    word += "\\u{\(String(scalar.value, radix: 16))}"
                    isPlain = false
                } else {
                    word.unicodeScalars.append(scalar)
                }
            }
        }
        return isPlain ? word : "\"\(word)\""
    }
}

extension LogLevel {
    /// 0 for the fewest lines.
    fileprivate var verbosity: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .notice: 2
        case .info: 3
        case .debug: 4
        }
    }
}

extension Log.Sparing {
    /// - Parameter now: milliseconds of a clock that never goes back.
    /// - Returns: nil when the line is left out.
    mutating func admit(_ subject: String, at now: Int64) -> Admitted? {
        if now / 1000 != second { (second, linesThisSecond) = (now / 1000, 0) }
        let isFull = linesThisSecond >= Log.sparingLinesPerSecond
        if let silence = silences[subject], isFull || now < silence.until {
            silences[subject] = (silence.until, silence.suppressed + 1)
            return nil
        }
        guard !isFull else {
            others += 1
            return nil
        }
        linesThisSecond += 1
        let suppressed = silences.removeValue(forKey: subject)?.suppressed ?? 0
        makeRoom(at: now)
        silences[subject] = (now + Log.repeatAfterInMilliseconds, 0)
        defer { others = 0 }
        return Admitted(suppressed: suppressed, others: others)
    }

    /// Forgets subjects where there are too many, first those that may be spoken of anyway. What was left out of them is not
    /// forgotten.
    private mutating func makeRoom(at now: Int64) {
        guard silences.count >= Log.subjectsMaximum else { return }
        var kept = silences.filter { $0.value.until > now }
        if kept.count >= Log.subjectsMaximum { kept = [:] }
        others += silences.reduce(0) { $0 + (kept[$1.key] == nil ? $1.value.suppressed : 0) }
        silences = kept
    }
}
