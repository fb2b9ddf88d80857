/// Latencies in microseconds, kept with an error below two in a hundred in a fixed table: a value is put into one of 64
/// buckets of its power of two.
struct LatencyHistogram: Sendable {
    private static let bucketBits = 6
    private static let buckets = 1 << bucketBits

    private var counts = [Int](repeating: 0, count: 40 * buckets)
    private(set) var count = 0
    private(set) var maximum: Int64 = 0
    private var sum: Int64 = 0

    mutating func record(microseconds: Int64) {
        let value = max(0, microseconds)
        counts[min(counts.count - 1, Self.index(of: value))] += 1
        count += 1
        sum &+= value
        maximum = max(maximum, value)
    }

    /// The value that `fraction` (0 to 1) of all values do not exceed; 0 when there are none.
    func percentile(_ fraction: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = max(1, Int((Double(count) * fraction).rounded(.up)))
        var seen = 0
        for (index, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(maximum, Self.upperBound(of: index)) }
        }
        return maximum
    }

    var mean: Double { count > 0 ? Double(sum) / Double(count) : 0 }

    /// Values below 64 have a bucket each; above, the six bits below the leading one choose it.
    private static func index(of value: Int64) -> Int {
        guard value >= buckets else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount - bucketBits
        return (power + 1) * buckets + Int(value >> Int64(power)) - buckets
    }

    private static func upperBound(of index: Int) -> Int64 {
        guard index >= buckets else { return Int64(index) }
        let power = Int64(index / buckets - 1)
        return (Int64(index % buckets + buckets) + 1) << power - 1
    }
}
