package import Cryptography

/// Which tokens are meant; nil means any.
package struct TokenFilter: Sendable {
    package var owner: UserID?
    package var kind: TokenKind?
    /// `*` stands for any run of characters.
    package var serial: String?
    package var isAssigned: Bool?

    package init(
        owner: UserID? = nil, kind: TokenKind? = nil, serial: String? = nil, isAssigned: Bool? = nil
    ) {
        self.owner = owner
        self.kind = kind
        self.serial = serial
        self.isAssigned = isAssigned
    }
}

/// What administrators do to tokens. Each takes effect in a running server at once, and throws
/// ``StoreError/noSuchToken(_:)`` where the serial is nobody's.
extension Store {
    package func setEnabled(_ isEnabled: Bool, serial: String) throws(StoreError) {
        try update(serial, "UPDATE token SET is_enabled = ? WHERE id = ?", isEnabled)
    }

    /// For ever: a revoked token is never usable again.
    package func revoke(serial: String) throws(StoreError) {
        try update(serial, "UPDATE token SET is_revoked = ? WHERE id = ?", true)
    }

    /// Takes an administrator's lock off, and sets the fail counter to 0.
    package func unlock(serial: String) throws(StoreError) {
        try transaction { () throws(StoreError) in
            let row = try row(serial)
            try database.run("UPDATE token SET is_locked = 0 WHERE id = ?", row)
            try database.run("UPDATE token_counter SET fail_count = 0 WHERE token = ?", row)
        }
    }

    package func resetFailCount(serial: String) throws(StoreError) {
        try update(serial, "UPDATE token_counter SET fail_count = ? WHERE token = ?", 0)
    }

    package func deleteToken(serial: String) throws(StoreError) {
        try transaction { () throws(StoreError) in
            try database.run("DELETE FROM token WHERE id = ?", try row(serial))
        }
    }

    /// - Parameter user: nil unassigns.
    package func assign(serial: String, to user: UserID?) throws(StoreError) {
        try transaction { () throws(StoreError) in
            let row = try row(serial)
            try database.run("UPDATE token SET resolver = ?, uid = ? WHERE id = ?", user?.resolver, user?.uid, row)
            try database.run("DELETE FROM challenge WHERE token = ?", row)
        }
    }

    /// - Parameter pin: nil or empty takes it away.
    package func setPIN(
        _ pin: SecretOctets?, serial: String, cost: PasswordHashCost = .pin, random: any RandomOctets = SecureRandom()
    ) throws(StoreError) {
        let hash = try hash(pin, cost: cost, random: random)
        try update(serial, "UPDATE token SET pin = ? WHERE id = ?", hash?.text)
    }

    package func setDescription(_ description: String, serial: String) throws(StoreError) {
        try update(serial, "UPDATE token SET description = ? WHERE id = ?", description)
    }

    /// - Throws: ``StoreError/invalid(_:)`` for limits that make no sense.
    package func setLimits(_ limits: TokenLimits, serial: String) throws(StoreError) {
        guard var token = try token(serial: serial) else { throw .noSuchToken(serial) }
        token.limits = limits
        guard token.isWithinBounds else { throw .invalid("windows are 1 to \(Token.windowMaximum) counters or steps") }
        try transaction { () throws(StoreError) in
            try database.run(
                """
                UPDATE token SET fail_count_maximum = ?, count_window = ?, sync_window = ?, time_window = ?,
                    authentications_maximum = ?, successes_maximum = ?, valid_from = ?, valid_until = ?
                WHERE id = ?
                """,
                limits.failCountMaximum, limits.countWindow, limits.syncWindow, limits.timeWindowInSeconds,
                limits.authenticationsMaximum, limits.successesMaximum, limits.validFrom?.milliseconds,
                limits.validUntil?.milliseconds, try row(serial))
        }
    }

    /// Replaces all attributes.
    package func setAttributes(_ attributes: [Attribute], serial: String) throws(StoreError) {
        try transaction { () throws(StoreError) in
            let row = try row(serial)
            try database.run("DELETE FROM token_attribute WHERE token = ?", row)
            try insert(attributes, ofToken: row)
        }
    }

    /// Finds two OTPs in a row within the token's sync window, and goes on from there; the fail counter starts anew.
    ///
    /// - Returns: false when they are not to be found; nothing has changed then.
    package func resynchronise(
        serial: String, first: SecretOctets, second: SecretOctets, at now: UnixTime
    ) throws(StoreError) -> Bool {
        try transaction { () throws(StoreError) in
            guard let token = try token(serial: serial) else { throw .noSuchToken(serial) }
            guard case .seed(let seed) = token.secret,
                let first = OneTimePasswords.number(first.octets, digits: token.digits),
                let second = OneTimePasswords.number(second.octets, digits: token.digits)
            else { return false }
            let found = try cryptography { () throws(CryptographyError) -> TokenCounters? in
                let passwords = try OneTimePasswords(seed: seed, algorithm: token.algorithm, digits: token.digits)
                return token.kind == .hotp
                    ? HOTP.resynchronised(
                        first, second, passwords, token.counters, window: token.limits.syncWindow)
                    : TOTP.resynchronised(
                        first, second, passwords, token.counters, token.window(at: now),
                        syncWindow: token.limits.syncWindow)
            }
            guard var counters = found else { return false }
            counters.failCount = 0
            return try apply([.moveCounters(token: token.id, from: token.counters, to: counters)])
        }
    }

    /// Tries an OTP, or a static password, without PIN. A right OTP is used up; no other counter moves.
    package func test(serial: String, otp: SecretOctets, at now: UnixTime) throws(StoreError) -> Bool {
        try transaction { () throws(StoreError) in
            guard let token = try token(serial: serial) else { throw .noSuchToken(serial) }
            let possession = try cryptography { () throws(CryptographyError) in
                try token.possession(of: otp.canonical.whole, at: now)
            }
            switch possession {
            case .proved(let counters, _):
                return try apply([.moveCounters(token: token.id, from: token.counters, to: counters)])
            case .asks(let hash):
                let check = SlowCheck(stored: .hash(hash), candidate: otp, cost: EngineSettings().passwordHashCost)
                let outcome = try cryptography { () throws(CryptographyError) in try check.run(keys: keys) }
                return outcome.isMatch
            case .usedBefore, .refuted:
                return false
            }
        }
    }

    private func update(_ serial: String, _ sql: String, _ value: some DatabaseValue) throws(StoreError) {
        try transaction { () throws(StoreError) in try database.run(sql, value, try row(serial)) }
    }

    private func row(_ serial: String) throws(StoreError) -> Int64 {
        var row: Int64?
        try database.prepare("SELECT id FROM token WHERE serial = ?").forEach(serial) { row = $0.integer(0) }
        guard let row else { throw .noSuchToken(serial) }
        return row
    }

    func insert(_ attributes: [Attribute], ofToken row: Int64) throws(StoreError) {
        for (position, attribute) in attributes.enumerated() {
            try database.run(
                "INSERT INTO token_attribute (token, position, name, value) VALUES (?, ?, ?, ?)",
                row, position, attribute.name, attribute.value)
        }
    }
}
