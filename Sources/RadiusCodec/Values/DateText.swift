/// Points in time as seconds since 1970, which is how RADIUS has them until 2106 (RFC 8044 §3.3).
enum DateText {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Nov  2 2026 06:40:00 UTC`: the form of FreeRADIUS, always in UTC.
    static func text(_ seconds: UInt32) -> String {
        let date = CalendarDate(day: Int(seconds / 86_400))
        let rest = seconds % 86_400
        let day = date.day < 10 ? " \(date.day)" : "\(date.day)"
        return "\(months[date.month - 1]) \(day) \(date.year) "
            + "\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60)) UTC"
    }

    /// Reads seconds, `Nov  2 2026 06:40:00 UTC`, or `2026-11-02T06:40:00Z` with any offset in place of the `Z`.
    static func seconds(_ text: String) -> UInt32? {
        if let seconds = UInt32(text), text.first != "+" { return seconds }
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if fields.count == 5 {
            guard let month = months.firstIndex(where: { $0.lowercased() == fields[0].lowercased() }),
                let day = number(fields[1], 1...2), let year = number(fields[2], 4...4),
                let time = timeOfDay(fields[3]), ["UTC", "GMT"].contains(fields[4].uppercased())
            else { return nil }
            return seconds(year: year, month: month + 1, day: day, time: time, offset: 0)
        }
        guard fields.count == 1 else { return nil }
        return internetSeconds(fields[0])
    }

    /// Reads the form of RFC 3339, without fractions of a second.
    private static func internetSeconds(_ text: Substring) -> UInt32? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, let year = number(date[0], 4...4), let month = number(date[1], 2...2),
            let day = number(date[2], 2...2), let time = timeOfDay(halves[1].prefix(8))
        else { return nil }
        let zone = halves[1].dropFirst(8)
        if zone == "Z" { return seconds(year: year, month: month, day: day, time: time, offset: 0) }
        let offset = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = zone.first, sign == "+" || sign == "-", offset.count == 2,
            let hours = number(offset[0], 2...2), let minutes = number(offset[1], 2...2), hours < 24, minutes < 60
        else { return nil }
        let offsetInSeconds = (hours * 60 + minutes) * 60 * (sign == "+" ? 1 : -1)
        return seconds(year: year, month: month, day: day, time: time, offset: offsetInSeconds)
    }

    private static func seconds(year: Int, month: Int, day: Int, time: Int, offset: Int) -> UInt32? {
        guard let date = CalendarDate(year: year, month: month, day: day) else { return nil }
        return UInt32(exactly: date.daysSince1970 * 86_400 + time - offset)
    }

    /// Reads `06:40:00`.
    private static func timeOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0], 2...2), let minute = number(parts[1], 2...2),
            let second = number(parts[2], 2...2), hour < 24, minute < 60, second < 60
        else { return nil }
        return (hour * 60 + minute) * 60 + second
    }

    /// Reads a number of so many decimal digits.
    private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func padded(_ number: UInt32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A day of the Gregorian calendar.
private struct CalendarDate {
    let year: Int
    let month: Int
    let day: Int

    /// - Returns: nil for a day that the calendar does not have, and for years before 1970.
    init?(year: Int, month: Int, day: Int) {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        guard year >= 1970, (1...12).contains(month) else { return nil }
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard (1...days).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Years are counted from March here, so that the leap day is the last of a year.
    private static let daysBeforeMarch1970 = 719_468
    private static let daysOf400Years = 146_097

    /// - Parameter day: days since 1970, not negative.
    init(day: Int) {
        let days = day + Self.daysBeforeMarch1970
        let era = days / Self.daysOf400Years
        let dayOfEra = days % Self.daysOf400Years
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let yearOfEra = year % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return year / 400 * Self.daysOf400Years + dayOfEra - Self.daysBeforeMarch1970
    }
}
