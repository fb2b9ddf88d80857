import Cryptography

/// Numbers as dictionaries and people write them: decimal digits, leading zeroes or not, or hexadecimal ones behind `0x`.
enum NumberText {
    /// - Returns: nil for anything else, signs included, and beyond 64 bits.
    static func unsigned(_ text: some StringProtocol) -> UInt64? {
        var digits = Array(text.utf8)[...]
        var radix: UInt64 = 10
        if digits.count > 2, digits[0] == UInt8(ascii: "0"), digits[1] | 0x20 == UInt8(ascii: "x") {
            digits = digits.dropFirst(2)
            radix = 16
        }
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard let value = Hexadecimal.value(of: digit), UInt64(value) < radix else { return nil }
            let (product, overflows) = number.multipliedReportingOverflow(by: radix)
            let (sum, overflowsToo) = product.addingReportingOverflow(UInt64(value))
            guard !overflows, !overflowsToo else { return nil }
            number = sum
        }
        return number
    }
}
