package import Cryptography

/// The `otpauth://` address that authenticator apps read from a QR code (Key URI Format). It holds the seed.
package struct EnrolmentURI: Sendable, CustomStringConvertible, CustomReflectable {
    package let text: String

    /// - Parameters:
    ///   - account: what the app shows below the issuer: the user, or the serial of a token that is nobody's.
    ///   - counter: HOTP's next expected one.
    /// - Returns: nil for kinds that no app can hold.
    package init?(
        kind: TokenKind, seed: SecretOctets, account: String, issuer: String = "Watchword", digits: Int = 6,
        algorithm: DigestAlgorithm = .sha1, periodInSeconds: Int64 = 30, counter: Int64 = 0
    ) {
        let movingFactor: String
        switch kind {
        case .hotp: movingFactor = "counter=\(counter)"
        case .totp: movingFactor = "period=\(periodInSeconds)"
        case .spass, .password: return nil
        }
        let (issuer, account) = (Self.escaped(issuer), Self.escaped(account))
        let seed = seed.octets
        text =
            "otpauth://\(kind.rawValue)/\(issuer):\(account)?secret=\(Base32.text(seed.span))&issuer=\(issuer)"
            + "&algorithm=\(algorithm.rawValue.uppercased())&digits=\(digits)&\(movingFactor)"
    }

    /// Percent-encoding of all but the unreserved characters (RFC 3986 §2.3). A colon, which parts issuer and account
    /// even where it is encoded, becomes a hyphen.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(octet))
            case UInt8(ascii: ":"): escaped += "-"
            default: escaped += "%\(Hexadecimal.text([octet]).uppercased())"
            }
        }
        return escaped
    }

    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
