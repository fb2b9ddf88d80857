package import Cryptography

/// The 16 octets after a packet's Length: the Request Authenticator or the Response Authenticator (RFC 2865 §3).
package struct Authenticator: Equatable, Sendable {
    package static let size = 16

    package let octets: InlineArray<16, UInt8>

    package init(_ octets: InlineArray<16, UInt8>) { self.octets = octets }

    /// - Returns: nil when `octets` are not 16.
    package init?(_ octets: [UInt8]) {
        guard octets.count == Self.size else { return nil }
        self.octets = InlineArray { octets[$0] }
    }

    /// A new Request Authenticator, which nobody can foretell (RFC 2865 §3).
    package init(random: any RandomOctets) throws(CryptographyError) {
        let octets = try random.octets(Self.size)
        guard let authenticator = Authenticator(octets) else {
            throw CryptographyError(function: "RandomOctets", reason: "gave \(octets.count) octets instead of 16")
        }
        self = authenticator
    }

    package static func == (left: Authenticator, right: Authenticator) -> Bool {
        equalInConstantTime(left.octets.span, right.octets.span)
    }
}
