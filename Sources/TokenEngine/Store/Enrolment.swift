package import Cryptography

/// Making a token for somebody who waits.
extension Store {
    /// - Returns: the token as it was stored; ``Token/secret`` holds the seed, generated or given, to be shown once.
    /// - Throws: ``StoreError/serialExists(_:)``, ``StoreError/invalid(_:)``.
    package func addToken(
        _ new: NewToken, settings: EngineSettings = EngineSettings(), random: any RandomOctets = SecureRandom()
    ) throws(StoreError) -> Token {
        // Slow hashes first: the transaction keeps others from writing.
        let secret = try secret(of: new, settings, random)
        let hash = try hash(new.pin, cost: settings.pinHashCost, random: random)
        return try transaction { () throws(StoreError) in
            let serial = if let given = new.serial { given } else { try freeSerial(new.kind, random) }
            let inserter = try TokenInserter(database)
            var token = try new.token(
                id: TokenID(row: 0), serial: serial, secret: secret, pin: hash.map { .hash($0) } ?? .none)
            token.id = try inserter.insert(
                token, of: token.owner, secret: StoredSecret(sealing: token, keys.cipher, random), store: self)
            return token
        }
    }

    /// The secret as the token will have it: a seed, generated where none is given, or the hash of a password.
    func secret(
        of new: NewToken, _ settings: EngineSettings, _ random: any RandomOctets
    ) throws(StoreError) -> TokenSecret {
        switch new.kind {
        case .hotp, .totp:
            guard let seed = new.secret else {
                return .seed(
                    try cryptography { () throws(CryptographyError) in
                        SecretOctets(try random.octets(new.algorithm.digestSize))
                    })
            }
            guard (1...128).contains(seed.count) else { throw .invalid("a seed has 1 to 128 octets") }
            return .seed(seed)
        case .spass:
            return .none
        case .password:
            guard let hash = try hash(new.secret, cost: settings.passwordHashCost, random: random) else {
                throw .invalid("a token of type password needs a password")
            }
            return .password(hash)
        }
    }

    /// A serial as privacyIDEA makes them: the kind's prefix, a running number of four digits, four random ones.
    private func freeSerial(_ kind: TokenKind, _ random: any RandomOctets) throws(StoreError) -> String {
        var rows: Int64 = 0
        try database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'token'").forEach { rows = $0.integer(0) }
        // Four digits, whatever stands in that table.
        let number = String(((rows &+ 1) % 10_000).magnitude)
        let padded = String(repeating: "0", count: 4 - number.count) + number
        while true {
            let octets = try cryptography { () throws(CryptographyError) in try random.octets(2) }
            let serial = kind.serialPrefix + padded + Hexadecimal.text(octets).uppercased()
            if try token(serial: serial) == nil { return serial }
        }
    }
}

/// The statements that write a token.
struct TokenInserter: ~Copyable {
    private let insertToken: Statement
    private let insertCounters: Statement

    init(_ database: borrowing Database) throws(StoreError) {
        let insertToken = try database.prepare(
            """
            INSERT INTO token (serial, kind, resolver, uid, secret, pin, digits, algorithm, period, fail_count_maximum,
                count_window, sync_window, time_window, authentications_maximum, successes_maximum, valid_from,
                valid_until, is_enabled, is_revoked, is_locked, is_awaiting_enrolment, description)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (serial) DO NOTHING
            """)
        let insertCounters = try database.prepare(
            """
            INSERT INTO token_counter (token, counter, drift, fail_count, authentications, successes)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        self.insertToken = insertToken
        self.insertCounters = insertCounters
    }

    /// - Returns: the number of the new row.
    /// - Throws: ``StoreError/serialExists(_:)``.
    func insert(
        _ token: Token, of owner: UserID?, secret: StoredSecret, store: Store
    ) throws(StoreError) -> TokenID {
        let (limits, state, counters) = (token.limits, token.state, token.counters)
        try insertToken.run(
            token.serial, token.kind.rawValue, owner?.resolver, owner?.uid,
            secret, StoredSecret(token.pin), token.digits, token.algorithm.rawValue, token.periodInSeconds,
            limits.failCountMaximum, limits.countWindow,
            limits.syncWindow, limits.timeWindowInSeconds, limits.authenticationsMaximum, limits.successesMaximum,
            limits.validFrom?.milliseconds, limits.validUntil?.milliseconds, state.isEnabled, state.isRevoked,
            state.isLocked, state.isAwaitingEnrolment, token.description)
        guard store.database.changedRows == 1 else { throw .serialExists(token.serial) }
        let row = store.database.lastInsertedRow
        try insertCounters.run(
            row, counters.counter, counters.drift, counters.failCount, counters.authentications, counters.successes)
        try store.insert(token.attributes, ofToken: row)
        return TokenID(row: row)
    }
}

/// A secret's column: sealed octets, the text of a hash, or nothing.
enum StoredSecret: DatabaseValue {
    case octets([UInt8])
    case text(String)
    case null

    /// The secret of `token`; a seed is sealed.
    init(
        sealing token: Token, _ cipher: AuthenticatedCipher, _ random: any RandomOctets
    ) throws(StoreError) {
        switch token.secret {
        case .seed(let seed):
            self = .octets(
                try cryptography { () throws(CryptographyError) in
                    try cipher.seal(seed, context: TokenTable.seedContext(serial: token.serial), random: random)
                })
        case .password(let hash): self = .text(hash.text)
        case .none, .unreadable: self = .null
        }
    }

    init(_ pin: StoredPIN) {
        switch pin {
        case .none: self = .null
        case .hash(let hash): self = .text(hash.text)
        case .sealed(let sealed): self = .octets(sealed)
        }
    }

    func bind(to parameters: inout Parameters) {
        switch self {
        case .octets(let octets): octets.bind(to: &parameters)
        case .text(let text): text.bind(to: &parameters)
        case .null: Optional<String>.none.bind(to: &parameters)
        }
    }
}
