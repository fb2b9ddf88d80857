/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. The engine never reads a clock; it is
/// told the time.
package struct UnixTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.milliseconds = overflow ? (seconds < 0 ? .min : .max) : milliseconds
    }

    /// Whole seconds, rounded down.
    package var seconds: Int64 { milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0) }

    /// The instant `seconds` later; at the end of time, the end of time.
    package func advanced(bySeconds seconds: Int64) -> UnixTime {
        let (sum, overflow) = milliseconds.addingReportingOverflow(UnixTime(seconds: seconds).milliseconds)
        return UnixTime(milliseconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    package static func < (left: UnixTime, right: UnixTime) -> Bool { left.milliseconds < right.milliseconds }
}

extension UnixTime {
    /// Reads UTC as ISO 8601 writes it: `2026-01-31`, `2026-01-31T23:59Z`, `2026-01-31T23:59:59Z`, with a blank for the
    /// `T` and without the `Z`, if you like.
    package init?(_ text: some StringProtocol) {
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
        guard let date = halves.first.flatMap({ Self.numbers($0, separator: "-", digits: [4, 2, 2]) }) else {
            return nil
        }
        var clock = [0, 0, 0]
        if halves.count == 2 {
            let time = halves[1].hasSuffix("Z") ? halves[1].dropLast() : halves[1]
            if let found = Self.numbers(time, separator: ":", digits: [2, 2, 2]) {
                clock = found
            } else if let found = Self.numbers(time, separator: ":", digits: [2, 2]) {
                clock = found + [0]
            } else {
                return nil
            }
        }
        guard (1...12).contains(date[1]), (1...Self.daysInMonth(date[1], year: date[0])).contains(date[2]),
            clock[0] < 24, clock[1] < 60, clock[2] < 60
        else { return nil }
        let days = Self.days(year: date[0], month: date[1], day: date[2])
        self.init(seconds: Int64(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]))
    }

    /// `2026-01-31T23:59:59Z`; fractions of a second are left out.
    package var description: String {
        let seconds = seconds
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let clock = seconds - days * 86_400
        let date = Self.date(days: days)
        let texts = [clock / 3600, clock / 60 % 60, clock % 60].map { Self.padded($0, 2) }
        return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
            + "T\(texts.joined(separator: ":"))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }

    private static func numbers(_ text: some StringProtocol, separator: Character, digits: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == digits.count else { return nil }
        var numbers: [Int] = []
        for (part, width) in zip(parts, digits) {
            guard part.utf8.count == width, part.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(part) else {
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func daysInMonth(_ month: Int, year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. The year is taken to begin in March, so that
    /// the leap day is its last, and 400 years are 146,097 days.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
