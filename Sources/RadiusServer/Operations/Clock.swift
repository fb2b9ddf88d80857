import Glibc
import TokenEngine

/// The only place that reads a clock; everything below is told the time.
enum Clock {
    /// The time of day, which may be set back by an administrator.
    static func now() -> UnixTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Milliseconds since some moment in the past; never goes back.
    static func monotonic() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}
