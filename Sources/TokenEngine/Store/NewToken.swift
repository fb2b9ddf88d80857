package import Cryptography

/// A token to be made.
package struct NewToken: Sendable {
    package var kind: TokenKind
    /// nil: one is made up, such as `OATH0001A3F2`.
    package var serial: String?
    package var owner: UserID?
    /// The seed, or the static password. nil: a seed is generated, as long as the algorithm's digest.
    package var secret: SecretOctets?
    package var pin: SecretOctets?
    package var digits: Int = 6
    package var algorithm: DigestAlgorithm = .sha1
    package var periodInSeconds: Int64 = 30
    /// HOTP: the next expected counter.
    package var counter: Int64 = 0
    package var description: String = ""
    package var attributes: [Attribute] = []
    package var limits = TokenLimits()
    package var isEnabled = true

    package init(kind: TokenKind) { self.kind = kind }

    /// The token as it will stand in the store.
    ///
    /// - Parameters:
    ///   - id: of no consequence before the row is written.
    ///   - secret: the seed or the hash.
    /// - Throws: ``StoreError/invalid(_:)`` for what no token can be.
    func token(id: TokenID, serial: String, secret: TokenSecret, pin: StoredPIN) throws(StoreError) -> Token {
        guard Self.isSerial(serial) else {
            throw .invalid("'\(serial)' is no serial; use 1 to 40 letters, digits, '_' and '-'")
        }
        guard algorithm != .md5 else { throw .invalid("OTPs are computed with sha1, sha256 or sha512") }
        var rules = TokenRules(
            kind: kind, digits: storedDigits, algorithm: algorithm, periodInSeconds: periodInSeconds, limits: limits)
        rules.state.isEnabled = isEnabled
        var counters = TokenCounters()
        if kind == .hotp { counters.counter = counter }
        let token = Token(
            id: id, serial: serial, owner: owner, secret: secret, pin: pin, rules: SharedRules(rules),
            counters: counters, description: description, attributes: attributes)
        guard token.isWithinBounds else {
            throw .invalid(
                kind == .password
                    ? "a static password has 1 to \(Token.passwordSizeMaximum) octets"
                    : "an OTP has 6 to 8 digits, a time step 1 s to a day, a counter 0 to 2^53, a window 1 to 10000")
        }
        return token
    }

    private var storedDigits: Int {
        switch kind {
        case .hotp, .totp: digits
        case .spass: 0
        case .password: secret?.canonical.count ?? 0
        }
    }

    private static func isSerial(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// A row of an import.
package struct ImportedToken: Sendable {
    /// With a serial and a secret.
    package var token: NewToken
    /// The owner's name in the local resolver; nil for a token that belongs to nobody yet.
    package var userName: String?

    package init(_ token: NewToken, userName: String? = nil) {
        self.token = token
        self.userName = userName
    }
}
