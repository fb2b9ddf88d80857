extension MutableSpan where Element == UInt8 {
    /// Writes `octets` over those from `start` on, which must be there. Swift 6.3 copies between spans one by one only.
    package mutating func write(_ octets: Span<UInt8>, at start: Int) {
        var place = _mutatingExtracting(start..<start + octets.count)
        unsafe octets.withUnsafeBytes { octets in
            unsafe place.withUnsafeMutableBytes { unsafe $0.copyMemory(from: octets) }
        }
    }

    /// Writes `number` over the eight octets from `start` on, the most significant first.
    package mutating func write(_ number: Int64, at start: Int) {
        var place = _mutatingExtracting(start..<start + 8)
        unsafe place.withUnsafeMutableBytes { unsafe $0.storeBytes(of: number.bigEndian, as: Int64.self) }
    }
}
