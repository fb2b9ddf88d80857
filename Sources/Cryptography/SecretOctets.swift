/// A secret: a shared secret, a seed, a PIN or an OTP as octets. It prints as `<secret>`, dumps as nothing, compares in
/// constant time, and is wiped when its last owner lets go.
package final class SecretOctets: @unchecked Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable, Equatable
{
    /// The octets themselves, for a call at once. Whoever keeps a copy keeps it from being wiped.
    package private(set) var octets: [UInt8]

    package init(_ octets: consuming [UInt8]) { self.octets = octets }

    package init(copying octets: Span<UInt8>) {
        self.octets = [UInt8](capacity: octets.count) { output in
            for index in octets.indices { output.append(octets[index]) }
        }
    }

    /// The UTF-8 octets of `text`. The text itself cannot be wiped: prefer octets where there is a choice.
    package convenience init(utf8 text: String) { self.init(Array(text.utf8)) }

    deinit { wipe(&octets) }

    package var count: Int { octets.count }
    package var isEmpty: Bool { octets.isEmpty }

    /// The octets `range`, which must lie within 0..<``count``, without a copy of them.
    package func part(_ range: Range<Int>) -> SecretPart { SecretPart(of: self, range) }

    /// All of them, as a part.
    package var whole: SecretPart { part(0..<count) }

    package static func == (left: SecretOctets, right: SecretOctets) -> Bool {
        equalInConstantTime(left.octets, right.octets)
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Some octets of a secret in a row, where they are: the PIN of a password, or its OTP.
package struct SecretPart: Sendable, CustomStringConvertible, CustomReflectable {
    private let secret: SecretOctets
    private let range: Range<Int>

    fileprivate init(of secret: SecretOctets, _ range: Range<Int>) {
        self.secret = secret
        self.range = range
    }

    /// The octets themselves, for a call at once.
    package var octets: ArraySlice<UInt8> { secret.octets[range] }

    package var count: Int { range.count }
    package var isEmpty: Bool { range.isEmpty }

    /// A secret of their own.
    package func copy() -> SecretOctets { SecretOctets(Array(octets)) }

    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
