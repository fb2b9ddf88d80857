/// The kinds of token. One kind, one file in this folder.
package enum TokenKind: String, Sendable, CaseIterable {
    case hotp
    case totp
    /// Nothing but a PIN ("simple pass").
    case spass
    /// A static password.
    case password

    /// Reads the name of a kind; privacyIDEA's `pw` is `password`.
    package init?(name: some StringProtocol) {
        let name = name.lowercased()
        self.init(rawValue: name == "pw" ? "password" : name)
    }

    /// How serials of the kind begin, as privacyIDEA's do.
    package var serialPrefix: String {
        switch self {
        case .hotp: "OATH"
        case .totp: "TOTP"
        case .spass: "PISP"
        case .password: "PW"
        }
    }

    /// Whether a policy may have a PIN alone trigger a challenge for it.
    package var canBeChallenged: Bool {
        switch self {
        case .hotp, .totp, .password: true
        case .spass: false
        }
    }

    /// Tokens are tried in this order, and within a kind the oldest first: privacyIDEA's, by the first letter.
    var weight: UInt8 { rawValue.utf8.first ?? 0 }
}
