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

    /// The octets `range`, as a secret of their own. `range` must lie within 0..<``count``.
    package func part(_ range: Range<Int>) -> SecretOctets { SecretOctets(Array(octets[range])) }

    package static func == (left: SecretOctets, right: SecretOctets) -> Bool {
        equalInConstantTime(left.octets, right.octets)
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
