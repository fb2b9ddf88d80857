import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct StoreTests {
    // MARK: Opening

    @Test func anotherKeyFileDoesNotOpenTheDatabase() throws {
        let laboratory = try Laboratory()
        let wrong = try KeyFile(master: SecretOctets([UInt8](repeating: 8, count: 32)))
        #expect(throws: StoreError.wrongKeyFile) { try Store(path: laboratory.path, keys: wrong) }
    }

    /// The one that writes, and any that opens the file after it: 2 is FULL.
    @Test func everyCommitIsFlushed() throws {
        let laboratory = try Laboratory()
        for store in [laboratory.store, try laboratory.anotherStore()] {
            var (synchronous, journal) = (Int64(-1), "")
            try store.database.prepare("PRAGMA synchronous").forEach { synchronous = $0.integer(0) }
            try store.database.prepare("PRAGMA journal_mode").forEach { journal = $0.text(0) }
            #expect(synchronous == 2)
            #expect(journal == "wal")
        }
    }

    /// A statement that is kept binds only what has changed or moved: whatever came before, each row is what it was given.
    @Test func aKeptStatementStoresWhatItIsGiven() throws {
        let laboratory = try Laboratory()
        try laboratory.store.database.run("CREATE TABLE t (n INTEGER PRIMARY KEY, a, b, c, d)")
        let insert = try laboratory.store.database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)", isKept: true)
        var random = SeededGenerator(seed: 1)
        var rows: [(Int64?, String?, [UInt8])] = []
        for number in Int64(0)..<2000 {
            // Now and then more than a statement has room for.
            let size = Int.random(in: 0...20, using: &random) == 0 ? 5000 : Int.random(in: 0...3, using: &random)
            let row = (
                Bool.random(using: &random) ? Int64.random(in: -1...1, using: &random) : nil,
                Bool.random(using: &random) ? String(repeating: "\(number % 10)", count: size) : nil,
                [UInt8](repeating: UInt8(number % 7), count: Int.random(in: 0...2, using: &random))
            )
            rows.append(row)
            try insert.run(number, row.0, row.1, row.2, "end")
            // Prepared anew by SQLite, which takes along what is bound.
            if number % 500 == 250 { try laboratory.store.database.run("CREATE INDEX i\(number) ON t (a)") }
        }
        #expect(throws: StoreError.self) { try insert.run(Int64(0), Int64(1), "a", [UInt8(1)], "end") }
        var number = 0
        try laboratory.store.database.prepare("SELECT a, b, c, d FROM t ORDER BY n").forEach { row in
            #expect(row.optionalInteger(0) == rows[number].0)
            #expect(row.optionalText(1) == rows[number].1)
            #expect(row.octets(2) == rows[number].2)
            #expect(row.text(3) == "end")
            number += 1
        }
        #expect(number == rows.count)
    }

    @Test func aNewerSchemaIsRefused() throws {
        let laboratory = try Laboratory()
        try laboratory.store.database.run("PRAGMA user_version = 99")
        #expect(throws: StoreError.newerSchema(found: 99, known: Migrations.steps.count)) {
            try laboratory.anotherStore()
        }
    }

    /// Which runs no step, and undoes none.
    @Test(arguments: [-1, -2_147_483_648])
    func aSchemaBeforeTheFirstIsRefused(_ version: Int) throws {
        let laboratory = try Laboratory()
        try laboratory.addUser("cornelius")
        try laboratory.store.database.run("PRAGMA user_version = \(version)")
        #expect(throws: StoreError.invalid("the database is none of ours: its user_version is \(version)")) {
            try laboratory.anotherStore()
        }
        #expect(try laboratory.store.users().count == 1)
    }

    /// A serial has four digits in its middle, whatever the file says of how many tokens there were.
    @Test(arguments: ["-1", "-2", "-5000", "-123456", "'x'", "0.5", "NULL", "9223372036854775807"])
    func aSerialIsMadeWhateverTheFileCounts(_ count: String) throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp)
        try laboratory.store.database.run("UPDATE sqlite_sequence SET seq = \(count) WHERE name = 'token'")
        do throws(StoreError) {
            let token = try laboratory.store.addToken(NewToken(kind: .hotp))
            #expect(token.serial.wholeMatch(of: /OATH[0-9]{4}[0-9A-F]{4}/) != nil, "\(token.serial)")
        } catch {
            // The table is full, says SQLite.
            guard case .database(let database) = error, count.hasPrefix("92") else { throw error }
            #expect(database.message.contains("full"))
        }
    }

    /// The locks of a process are gone when it closes any descriptor of the file, whoever opened it (fcntl(2)): another
    /// process would take the database for abandoned, and throw away what is not yet in its main file.
    @Test func anotherConnectionOfThisProcessTakesNoLockAway() throws {
        let laboratory = try Laboratory()
        try laboratory.addUser("cornelius")
        for _ in 0..<2 { _ = try laboratory.anotherStore() }
        let held = try Command.run("/usr/bin/env", ["cat", "/proc/locks"]).output
        let number = try FileManager.default.attributesOfItem(atPath: laboratory.path)[.systemFileNumber] as? UInt64
        let inode = ":\(try #require(number)) "
        #expect(held.split(separator: "\n").contains { $0.contains(inode) && $0.contains("READ") }, "\(held)")
    }

    @Test func whatIsNoDatabaseIsAnError() throws {
        let laboratory = try Laboratory()
        let path = laboratory.folder.appending(path: "text.db").path
        try Data(repeating: 65, count: 4096).write(to: URL(filePath: path))
        for path in [path, laboratory.folder.path, laboratory.folder.appending(path: "missing/x.db").path] {
            #expect(throws: StoreError.self) { try Store(path: path, keys: laboratory.keys) }
        }
    }

    @Test func othersMayNotReadTheDatabase() throws {
        let laboratory = try Laboratory()
        try laboratory.addUser("cornelius")
        for suffix in ["", "-wal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: laboratory.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func noErrorHoldsWhatWasBound() throws {
        let laboratory = try Laboratory()
        do throws(StoreError) {
            try laboratory.store.database.run("INSERT INTO user (resolver, name) VALUES (?, NULL)", "hunter2")
        } catch {
            #expect("\(error)".contains("INSERT INTO user"))
            #expect(!"\(error)".contains("hunter2"))
            return
        }
        Issue.record("NULL was accepted as a name")
    }

    // MARK: Users

    @Test func aUserIsKeptWithTheirAttributesInOrder() throws {
        let laboratory = try Laboratory()
        let attributes = [Attribute("group", "b"), Attribute("mail", "a@b"), Attribute("group", "a")]
        let user = try laboratory.store.addUser(name: "Zoë", resolver: "local", attributes: attributes)
        #expect(try laboratory.store.user(named: "Zoë", resolver: "local") == user)
        #expect(try laboratory.store.user(user.id)?.attributes == attributes)
        #expect(try laboratory.store.users(resolver: "elsewhere").isEmpty)
        try laboratory.store.setAttributes([], of: user.id)
        #expect(try laboratory.store.user(user.id)?.attributes == [])
    }

    @Test func aNameIsTakenOncePerResolver() throws {
        let store = try Laboratory().store
        try store.addUser(name: "cornelius", resolver: "local")
        try store.addUser(name: "cornelius", resolver: "elsewhere")
        try store.addUser(name: "Cornelius", resolver: "local")
        #expect(throws: StoreError.userExists(name: "cornelius", resolver: "local")) {
            try store.addUser(name: "cornelius", resolver: "local")
        }
        #expect(throws: StoreError.self) { try store.addUser(name: "", resolver: "local") }
        #expect(try store.users().count == 3)
    }

    @Test func aDeletedUserLeavesTheirTokensToNobody() throws {
        let laboratory = try Laboratory()
        let user = try laboratory.addUser("cornelius")
        try laboratory.addToken("H1", .hotp, of: user)
        try laboratory.store.deleteUser(user.id)
        #expect(try laboratory.store.token(serial: "H1")?.owner == nil)
        let namesake = try laboratory.addUser("cornelius")
        #expect(namesake.id != user.id)
        #expect(try laboratory.store.tokens(TokenFilter(owner: namesake.id)).isEmpty)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "755224")).reason == .noToken)
    }

    @Test func whatIsDoneToNobodyIsAnError() throws {
        let store = try Laboratory().store
        for uid in ["1", "x", ""] {
            let nobody = UserID(resolver: "local", uid: uid)
            #expect(throws: StoreError.noSuchUser(name: uid, resolver: "local")) { try store.deleteUser(nobody) }
            #expect(throws: StoreError.noSuchUser(name: uid, resolver: "local")) {
                try store.setAttributes([], of: nobody)
            }
            #expect(throws: StoreError.noSuchUser(name: uid, resolver: "local")) {
                try store.setPassword(nil, of: nobody)
            }
            #expect(try store.user(nobody) == nil)
        }
    }

    // MARK: Tokens

    @Test func aSerialIsTakenOnce() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp)
        #expect(throws: StoreError.serialExists("H1")) { try laboratory.addToken("H1", .totp) }
        #expect(try laboratory.store.token(serial: "H1")?.kind == .hotp)
    }

    @Test func serialsAreMadeUpLikeTheOldOnes() throws {
        let laboratory = try Laboratory()
        for (kind, prefix) in [(TokenKind.hotp, "OATH"), (.totp, "TOTP"), (.spass, "PISP"), (.password, "PW")] {
            var new = NewToken(kind: kind)
            if kind == .password { new.secret = SecretOctets(utf8: "secret") }
            let serial = try laboratory.store.addToken(new, settings: laboratory.configuration.settings).serial
            #expect(serial.hasPrefix(prefix))
            #expect(serial.dropFirst(prefix.count).count == 8)
            #expect(serial.dropFirst(prefix.count).allSatisfy { $0.isHexDigit && !$0.isLowercase })
        }
    }

    @Test func aSeedIsGeneratedAsLongAsTheDigest() throws {
        let laboratory = try Laboratory()
        for (algorithm, size) in [(DigestAlgorithm.sha1, 20), (.sha256, 32), (.sha512, 64)] {
            var new = NewToken(kind: .totp)
            new.algorithm = algorithm
            guard case .seed(let seed) = try laboratory.store.addToken(new).secret else {
                Issue.record("no seed")
                return
            }
            #expect(seed.count == size)
        }
    }

    @Test func tokensThatMakeNoSenseAreRefused() throws {
        let laboratory = try Laboratory()
        let adjustments: [(TokenKind, (inout NewToken) -> Void)] = [
            (.hotp, { $0.digits = 5 }), (.hotp, { $0.digits = 9 }), (.hotp, { $0.digits = .max }),
            (.hotp, { $0.digits = -6 }), (.totp, { $0.periodInSeconds = 0 }), (.totp, { $0.periodInSeconds = -30 }),
            (.totp, { $0.periodInSeconds = .max }), (.hotp, { $0.counter = -1 }), (.hotp, { $0.counter = .max }),
            (.hotp, { $0.algorithm = .md5 }), (.hotp, { $0.secret = SecretOctets([]) }),
            (.hotp, { $0.secret = SecretOctets([UInt8](repeating: 1, count: 129)) }),
            (.hotp, { $0.limits.countWindow = 0 }), (.hotp, { $0.limits.countWindow = .max }),
            (.hotp, { $0.limits.syncWindow = -1 }), (.totp, { $0.limits.timeWindowInSeconds = -1 }),
            (.totp, { $0.limits.timeWindowInSeconds = .max }), (.hotp, { $0.serial = "" }),
            (.hotp, { $0.serial = "a b" }), (.hotp, { $0.serial = "a%" }), (.hotp, { $0.serial = "Ä" }),
            (.hotp, { $0.serial = String(repeating: "A", count: 41) }), (.password, { $0.secret = nil }),
            (.password, { $0.secret = SecretOctets([]) }),
            (.password, { $0.secret = SecretOctets([UInt8](repeating: 65, count: 129)) }),
        ]
        for (index, (kind, adjust)) in adjustments.enumerated() {
            #expect(throws: StoreError.self, "adjustment \(index)") {
                try laboratory.addToken("X", kind) { new in adjust(&new) }
            }
        }
        #expect(try laboratory.store.tokens().isEmpty)
    }

    @Test func aSeedIsSealedAndBoundToItsToken() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("cornelius"))
        try laboratory.addToken("H2", .hotp, of: try laboratory.addUser("second")) {
            $0.secret = SecretOctets(utf8: "x")
        }
        let octets = try Data(contentsOf: URL(filePath: laboratory.path + "-wal"))
        #expect(octets.range(of: Data("12345678901234567890".utf8)) == nil)
        try laboratory.store.database.run(
            "UPDATE token SET secret = (SELECT secret FROM token WHERE serial = 'H1') WHERE serial = 'H2'")
        #expect(try laboratory.login(laboratory.attempt("second", "755224")).reason == .tokenUnreadable)
        #expect(try laboratory.login(laboratory.attempt("cornelius", "755224")).reason == .accepted)
    }

    /// Whatever somebody writes into the rows of one user: others log in, and nothing traps.
    @Test(arguments: [
        "UPDATE token SET kind = 'oracle'", "UPDATE token SET algorithm = 'rot13'", "UPDATE token SET digits = 99",
        "UPDATE token SET digits = -1", "UPDATE token SET digits = 'many'", "UPDATE token SET secret = NULL",
        "UPDATE token SET secret = 'text'", "UPDATE token SET secret = x'00'", "UPDATE token SET pin = 'text'",
        "UPDATE token SET pin = x'00'", "UPDATE token SET count_window = 9223372036854775807",
        "UPDATE token SET time_window = 9223372036854775807", "UPDATE token SET period = 0",
        "UPDATE token SET fail_count_maximum = -5", "UPDATE token SET valid_from = 9223372036854775807",
        "UPDATE token_counter SET counter = 9223372036854775807", "UPDATE token_counter SET counter = -1",
        "UPDATE token_counter SET drift = -9223372036854775808",
        "UPDATE token_counter SET fail_count = -9223372036854775808",
        "UPDATE token_counter SET authentications = 9223372036854775807",
        "UPDATE token_counter SET successes = 9223372036854775807", "UPDATE token SET serial = x'ff00ff'",
    ])
    func aDamagedRowHarmsNobodyElse(_ sql: String) throws {
        for kind in [TokenKind.hotp, .totp] {
            let laboratory = try Laboratory()
            try laboratory.addToken("H1", kind, of: try laboratory.addUser("cornelius"))
            try laboratory.store.database.run(sql)
            try laboratory.addToken("H2", .hotp, of: try laboratory.addUser("second"))
            var attempts = ["755224", "1234755224", "", "000000"].map { laboratory.attempt("cornelius", $0) }
            attempts.append(laboratory.attempt("second", "755224"))
            let evaluations = try laboratory.decider.decide(attempts, at: laboratory.now)
            #expect(evaluations.last?.verdict?.reason == .accepted)
            #expect(evaluations.dropLast().allSatisfy { $0.verdict?.reason != .accepted })
            _ = try laboratory.store.tokens()
        }
    }

    @Test func tokensAreFound() throws {
        let laboratory = try Laboratory()
        let user = try laboratory.addUser("cornelius")
        try laboratory.addToken("A1", .hotp, of: user) { $0.attributes = [Attribute("a", "1"), Attribute("b", "2")] }
        try laboratory.addToken("A2", .totp, of: user)
        try laboratory.addToken("B1", .hotp)
        func serials(_ filter: TokenFilter) throws -> [String] { try laboratory.store.tokens(filter).map(\.serial) }
        #expect(try serials(TokenFilter()) == ["A1", "A2", "B1"])
        #expect(try serials(TokenFilter(owner: user.id)) == ["A1", "A2"])
        #expect(try serials(TokenFilter(kind: .hotp)) == ["A1", "B1"])
        #expect(try serials(TokenFilter(serial: "A*")) == ["A1", "A2"])
        #expect(try serials(TokenFilter(isAssigned: false)) == ["B1"])
        #expect(try serials(TokenFilter(owner: user.id, kind: .totp, serial: "A1")).isEmpty)
        #expect(try laboratory.store.tokens().first?.attributes.count == 2)
        #expect(
            try laboratory.store.tokens().allSatisfy { token in
                if case .none = token.secret { true } else { false }
            })
    }

    @Test func whatIsDoneToNoTokenIsAnError() throws {
        let store = try Laboratory().store
        let otp = SecretOctets(utf8: "755224")
        let now = UnixTime(seconds: 0)
        let calls: [() throws -> Void] = [
            { try store.setEnabled(true, serial: "X") }, { try store.revoke(serial: "X") },
            { try store.unlock(serial: "X") }, { try store.resetFailCount(serial: "X") },
            { try store.deleteToken(serial: "X") }, { try store.assign(serial: "X", to: nil) },
            { try store.setPIN(nil, serial: "X") }, { try store.setDescription("", serial: "X") },
            { try store.setLimits(TokenLimits(), serial: "X") }, { try store.setAttributes([], serial: "X") },
            { _ = try store.resynchronise(serial: "X", first: otp, second: otp, at: now) },
            { _ = try store.test(serial: "X", otp: otp, at: now) },
        ]
        for call in calls { #expect(throws: StoreError.noSuchToken("X"), performing: call) }
    }

    @Test func resynchronisationNeedsTwoInARow() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp)
        try laboratory.addToken("T1", .totp)
        let generator = OneTimePasswordGenerator.rfc4226
        let step = UInt64(laboratory.now.seconds / 30)
        func resync(_ serial: String, _ first: UInt64, _ second: UInt64) throws -> Bool {
            try laboratory.store.resynchronise(
                serial: serial, first: SecretOctets(utf8: try generator.value(at: first)),
                second: SecretOctets(utf8: try generator.value(at: second)), at: laboratory.now)
        }
        for (first, second) in [(20, 22), (21, 20), (20, 20), (1000, 1001), (5000, 5001)] as [(UInt64, UInt64)] {
            #expect(try !resync("H1", first, second))
        }
        #expect(try laboratory.counters("H1") == TokenCounters())
        #expect(try resync("H1", 999, 1000))
        #expect(try laboratory.counters("H1").counter == 1001)
        #expect(try !resync("H1", 999, 1000))

        for (first, second) in [
            (step, step + 2), (step + 1, step), (step + 1001, step + 1002), (step - 1001, step - 1000),
        ] {
            #expect(try !resync("T1", first, second))
        }
        #expect(try laboratory.counters("T1") == TokenCounters())
        #expect(try resync("T1", step + 100, step + 101))
        #expect(try laboratory.counters("T1").counter == Int64(step) + 101)
        #expect(try laboratory.counters("T1").drift == 101)
        #expect(try !resync("T1", step + 100, step + 101))
        #expect(try !resync("T1", step, step + 1))
    }
}
