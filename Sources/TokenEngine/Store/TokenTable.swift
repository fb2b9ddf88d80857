import Cryptography

/// Tokens, their hot counters and their attributes, as rows.
enum TokenTable {
    /// A token, its counters, and its attributes, a row for each attribute; one row where there are none. Those of an import
    /// that has not come to its end do not count yet.
    private static let columns = """
        SELECT token.id, serial, token.kind, resolver, uid, secret, pin, digits, algorithm, period, fail_count_maximum,
            count_window, sync_window, time_window, authentications_maximum, successes_maximum, valid_from,
            valid_until, is_enabled, is_revoked, is_locked, is_awaiting_enrolment, description,
            counter, drift, fail_count, authentications, successes, token_attribute.name, token_attribute.value
        FROM token JOIN token_counter ON token_counter.token = token.id
            LEFT JOIN token_attribute ON token_attribute.token = token.id
        WHERE NOT EXISTS (SELECT 1 FROM unfinished WHERE kind = 'token' AND token.id BETWEEN first AND last)
        """

    static let selectOfOwner = """
        \(columns) AND resolver = ? AND uid = ? ORDER BY token.id, token_attribute.position
        """
    static let selectBySerial = "\(columns) AND serial = ? ORDER BY token.id, token_attribute.position"
    static let selectAll = """
        \(columns)
        AND (?1 IS NULL OR (resolver = ?1 AND uid = ?2)) AND (?3 IS NULL OR token.kind = ?3)
            AND (?4 IS NULL OR serial GLOB ?4) AND (?5 IS NULL OR (uid IS NOT NULL) = ?5)
        ORDER BY token.id, token_attribute.position
        """

    /// Conditional: names the whole row that it was decided on.
    static let moveCounters = """
        UPDATE token_counter
        SET counter = ?, drift = ?, fail_count = ?, authentications = ?, successes = ?
        WHERE token = ? AND counter = ? AND drift = ? AND fail_count = ? AND authentications = ? AND successes = ?
        """

    /// What a token's sealed secrets are bound to, so that a row copied to another token does not open.
    static func seedContext(serial: String) -> String { "seed \(serial)" }
    static func pinContext(serial: String) -> String { "pin \(serial)" }

    /// Adds what `row` says: a token, or one more attribute of the last one.
    ///
    /// - Parameters:
    ///   - cipher: opens the seed; nil leaves it shut.
    ///   - inUse: what the token may share with others.
    static func read(
        _ row: borrowing Row, openedBy cipher: AuthenticatedCipher?, sharing inUse: inout RulesInUse,
        into tokens: inout [Token]
    ) {
        let id = TokenID(row: row.integer(0))
        if tokens.last?.id != id {
            // A kind or an algorithm that this version does not know makes the token unusable, not the login.
            guard let kind = TokenKind(rawValue: row.text(2)) else { return }
            tokens.append(token(id, kind, row, cipher, &inUse))
        }
        if let name = row.optionalText(28) { tokens[tokens.count - 1].attributes.append(Attribute(name, row.text(29))) }
    }

    private static func token(
        _ id: TokenID, _ kind: TokenKind, _ row: borrowing Row, _ cipher: AuthenticatedCipher?,
        _ inUse: inout RulesInUse
    ) -> Token {
        let serial = row.text(1)
        let algorithm = DigestAlgorithm(rawValue: row.text(8))
        var rules = TokenRules(
            kind: kind, digits: Int(clamping: row.integer(7)), algorithm: algorithm ?? .sha1,
            periodInSeconds: row.integer(9))
        rules.limits.failCountMaximum = row.integer(10)
        rules.limits.countWindow = row.integer(11)
        rules.limits.syncWindow = row.integer(12)
        rules.limits.timeWindowInSeconds = row.integer(13)
        rules.limits.authenticationsMaximum = row.optionalInteger(14)
        rules.limits.successesMaximum = row.optionalInteger(15)
        rules.limits.validFrom = row.optionalInteger(16).map { UnixTime(milliseconds: $0) }
        rules.limits.validUntil = row.optionalInteger(17).map { UnixTime(milliseconds: $0) }
        rules.state.isEnabled = row.boolean(18)
        rules.state.isRevoked = row.boolean(19)
        rules.state.isLocked = row.boolean(20)
        rules.state.isAwaitingEnrolment = row.boolean(21)
        var counters = TokenCounters()
        counters.counter = row.integer(23)
        counters.drift = row.integer(24)
        counters.failCount = row.integer(25)
        counters.authentications = row.integer(26)
        counters.successes = row.integer(27)
        var token = Token(
            id: id, serial: serial, owner: row.isNull(4) ? nil : UserID(resolver: row.text(3), uid: row.text(4)),
            secret: secret(row, serial, cipher),
            pin: row.isNull(6)
                ? .none : row.isText(6) ? .hash(PasswordHash(stored: row.text(6))) : .sealed(row.octets(6)),
            rules: inUse.shared(rules), counters: counters, description: row.text(22), attributes: [])
        if algorithm == nil || !token.isWithinBounds { token.secret = .unreadable }
        return token
    }

    private static func secret(_ row: borrowing Row, _ serial: String, _ cipher: AuthenticatedCipher?) -> TokenSecret {
        if row.isNull(5) { return .none }
        if row.isText(5) { return .password(PasswordHash(stored: row.text(5))) }
        guard let cipher else { return .none }
        guard let seed = try? cipher.open(row.octets(5), context: seedContext(serial: serial)) else {
            return .unreadable
        }
        return .seed(seed)
    }
}

extension Store {
    /// With their seeds, oldest first.
    func tokens(of owner: UserID) throws(StoreError) -> [Token] {
        var tokens: [Token] = []
        let cipher = keys.cipher
        try statements.selectTokens.forEach(owner.resolver, owner.uid) {
            TokenTable.read($0, openedBy: cipher, sharing: &accounts.rulesInUse, into: &tokens)
        }
        return tokens
    }

    /// With its seed. nil when there is none of that serial.
    package func token(serial: String) throws(StoreError) -> Token? {
        var tokens: [Token] = []
        let cipher = keys.cipher
        try database.prepare(TokenTable.selectBySerial).forEach(serial) {
            TokenTable.read($0, openedBy: cipher, sharing: &accounts.rulesInUse, into: &tokens)
        }
        return tokens.first
    }

    /// In the order of their making. Seeds stay shut: ``Token/secret`` is ``TokenSecret/none``.
    package func tokens(_ filter: TokenFilter = TokenFilter()) throws(StoreError) -> [Token] {
        var tokens: [Token] = []
        try database.prepare(TokenTable.selectAll).forEach(
            filter.owner?.resolver, filter.owner?.uid, filter.kind?.rawValue, filter.serial, filter.isAssigned
        ) {
            TokenTable.read($0, openedBy: nil, sharing: &accounts.rulesInUse, into: &tokens)
        }
        return tokens
    }
}

extension TokenCounters: DatabaseValue {
    /// Five in a row, in the order in which ``TokenTable/moveCounters`` names them.
    func bind(to parameters: inout Parameters) {
        parameters.set(counter)
        parameters.set(drift)
        parameters.set(failCount)
        parameters.set(authentications)
        parameters.set(successes)
    }
}
