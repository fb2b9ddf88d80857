import TokenEngine

extension UnixTime {
    /// Reads an instant as people write it: UTC (`2026-11-22`, `2026-11-22T06:40:00Z`; the seconds and the Z may be left
    /// out), or how long ago it is (`90s`, `30m`, `12h`, `7d`). nil for what is neither, and for what is before 1970.
    init?(_ text: String, orAgoAt now: UnixTime) {
        if let unit = text.last, let seconds = ["s": 1, "m": 60, "h": 3600, "d": 86_400][unit] {
            guard let count = Int64(text.dropLast()), (0...1_000_000_000).contains(count) else { return nil }
            self = now.advanced(bySeconds: -count * Int64(seconds))
            return
        }
        self.init(text)
        guard seconds >= 0 else { return nil }
    }
}
