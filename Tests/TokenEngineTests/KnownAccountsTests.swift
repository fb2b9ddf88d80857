import Cryptography
import TestSupport
import Testing

@testable import TokenEngine

/// Accounts are kept between logins, and are never told from what the database says.
@Suite struct KnownAccountsTests {
    private static let generator = OneTimePasswordGenerator.rfc4226

    private func laboratory() throws -> Laboratory {
        let laboratory = try Laboratory(.small)
        let user = try laboratory.addUser("cornelius")
        try laboratory.addToken("H1", .hotp, of: user, pin: "1234")
        return laboratory
    }

    private func login(_ laboratory: Laboratory, _ counter: UInt64) throws -> Reason {
        try laboratory.login(laboratory.attempt("cornelius", "1234" + Self.generator.value(at: counter))).reason
    }

    @Test("a login leaves the account behind for the next one, with its counters moved")
    func kept() throws {
        let laboratory = try laboratory()
        #expect(laboratory.store.accounts.count == 0)
        #expect(try login(laboratory, 0) == .accepted)
        #expect(laboratory.store.accounts.count == 1)
        #expect(try login(laboratory, 0) == .otpAlreadyUsed)
        #expect(try login(laboratory, 1) == .accepted)
        #expect(try laboratory.counters("H1").counter == 2)
    }

    @Test(
        "what another connection writes holds for the next login",
        arguments: ["disable", "delete", "counter", "unassign", "user"])
    func writtenElsewhere(_ what: String) throws {
        let laboratory = try laboratory()
        #expect(try login(laboratory, 0) == .accepted)
        let other = try laboratory.anotherStore()
        switch what {
        case "disable": try other.setEnabled(false, serial: "H1")
        case "delete": try other.deleteToken(serial: "H1")
        case "unassign": try other.assign(serial: "H1", to: nil)
        case "user": try other.deleteUser(try #require(try other.user(named: "cornelius", resolver: "local")).id)
        default:
            #expect(
                try other.test(serial: "H1", otp: SecretOctets(utf8: Self.generator.value(at: 1)), at: laboratory.now))
        }
        let expected: [String: Reason] = [
            "disable": .tokenDisabled, "delete": .noToken, "unassign": .noToken, "user": .unknownUser,
            "counter": .otpAlreadyUsed,
        ]
        #expect(try login(laboratory, 1) == expected[what])
    }

    @Test("what this connection writes beside the logins holds for the next one, too")
    func writtenHere() throws {
        let laboratory = try laboratory()
        #expect(try login(laboratory, 0) == .accepted)
        try laboratory.store.setEnabled(false, serial: "H1")
        #expect(try login(laboratory, 1) == .tokenDisabled)
    }

    @Test("a PIN or password whose hash was renewed leaves the account behind, with the new one")
    func renewed() throws {
        let laboratory = try Laboratory(.small)
        let user = try laboratory.addUser("cornelius", password: "secret")
        try laboratory.addToken("P1", .password, of: user, pin: "1234") { $0.secret = SecretOctets(utf8: "static") }
        let attempt = laboratory.attempt("cornelius", "1234static")
        #expect(try laboratory.login(attempt).reason == .accepted)
        laboratory.configuration.settings.pinHashCost = PasswordHashCost(logarithmOfN: 3, r: 1)
        laboratory.configuration.settings.passwordHashCost = PasswordHashCost(logarithmOfN: 3, r: 1)
        let before = try #require(try account(laboratory))
        #expect(try laboratory.login(attempt).reason == .accepted)
        #expect(try account(laboratory) === before)
        let stored = try #require(try laboratory.store.token(serial: "P1"))
        #expect(before.tokens[0].pin == stored.pin)
        #expect(try laboratory.login(attempt).reason == .accepted)
    }

    @Test("who logs in under two realms that share a resolver, in turn, is one user")
    func underTwoRealms() throws {
        let laboratory = try laboratory()
        laboratory.configuration.realms = [
            Realm(name: "realm1", resolvers: ["local"], isDefault: true), Realm(name: "realm2", resolvers: ["local"]),
        ]
        for (counter, realm) in ["realm1", "realm2", "realm1", "realm2", "realm2", "realm1"].enumerated() {
            let password = "1234" + (try Self.generator.value(at: UInt64(counter)))
            let attempt = laboratory.attempt("cornelius@\(realm)", password)
            #expect(try laboratory.login(attempt).reason == .accepted)
            #expect(try laboratory.login(attempt).reason == .otpAlreadyUsed)
        }
    }

    private func account(_ laboratory: Laboratory) throws -> Account? {
        let identity = laboratory.configuration.identity(userName: "cornelius", realm: nil)
        return try laboratory.store.facts(for: identity, answering: nil).account
    }

    @Test("an account that is not what the database says, however that came, is read anew")
    func untrue() throws {
        let laboratory = try laboratory()
        #expect(try login(laboratory, 0) == .accepted)
        let account = try #require(try account(laboratory))
        try laboratory.store.deciding {
            laboratory.store.accounts.change(account) { $0.move(account.tokens[0].id, to: TokenCounters()) }
        }
        #expect(try login(laboratory, 1) == .accepted)
        #expect(try laboratory.counters("H1").counter == 2)
    }

    @Test("what a rolled back transaction did to an account is forgotten")
    func rolledBack() throws {
        let laboratory = try laboratory()
        #expect(try login(laboratory, 0) == .accepted)
        let store = laboratory.store
        let identity = laboratory.configuration.identity(userName: "cornelius", realm: nil)
        #expect(throws: StoreError.self) {
            try store.deciding { () throws(StoreError) in
                let facts = try store.facts(for: identity, answering: nil)
                var counters = facts.tokens[0].counters
                counters.counter = 9
                #expect(
                    try store.apply(
                        [.moveCounters(token: facts.tokens[0].id, from: facts.tokens[0].counters, to: counters)],
                        to: facts.account))
                #expect(try store.facts(for: identity, answering: nil).tokens[0].counters.counter == 9)
                throw .contended
            }
        }
        #expect(try login(laboratory, 1) == .accepted)
    }

    @Test("no more accounts are kept than there is room for, and those in use stay")
    func bounded() {
        var accounts = KnownAccounts(generationSize: 10)
        func account(_ number: Int) -> Account {
            let name = KnownAccounts.Name(login: "user\(number)", resolver: "local")
            return Account(
                name, user: User(id: UserID(resolver: "local", uid: String(number)), name: "user\(number)"), tokens: [])
        }
        for number in 0..<1000 {
            accounts.keep(account(number))
            #expect(accounts.account(KnownAccounts.Name(login: "user0", resolver: "local")) != nil)
            #expect(accounts.count <= 20)
        }
        #expect(accounts.account(KnownAccounts.Name(login: "user1", resolver: "local")) == nil)
        #expect(accounts.account(KnownAccounts.Name(login: "user0", resolver: "other")) == nil)
    }

    @Test("those of the generation before are gone when another begins, and not all at once then")
    func ends() {
        var accounts = KnownAccounts(generationSize: 10)
        for number in 1...100 {
            let id = UserID(resolver: "local", uid: String(number))
            let name = KnownAccounts.Name(login: "user\(number)", resolver: "local")
            accounts.keep(Account(name, user: User(id: id, name: name.login), tokens: []))
            if number.isMultiple(of: 10) { #expect(accounts.count == 10) }
            // Until the younger are half as many, nobody goes.
            if number % 10 == 5, number > 10 { #expect(accounts.count == 15) }
        }
    }

    @Test("an account that is forgotten takes none of those that share its chain along")
    func forgotten() {
        for victim in 0..<30 {
            var accounts = KnownAccounts(generationSize: 100)
            let all = (0..<30).map { number in
                Account(
                    KnownAccounts.Name(login: "user\(number)", resolver: "local"),
                    user: User(id: UserID(resolver: "local", uid: String(number)), name: "user\(number)"), tokens: [])
            }
            for account in all { accounts.keep(account) }
            accounts.forget(all[victim])
            for number in 0..<30 {
                let known = accounts.account(
                    KnownAccounts.Name(login: "user\(number)", resolver: "local"))
                #expect(known === (number == victim ? nil : all[number]))
            }
            #expect(accounts.count == 29)
        }
    }

    @Test("tokens of the same rules share them, and one that is changed has its own")
    func sharing() throws {
        let laboratory = try laboratory()
        let user = try laboratory.addUser("hildegard")
        try laboratory.addToken("H2", .hotp, of: user, pin: "1234")
        try laboratory.store.setEnabled(false, serial: "H2")
        try laboratory.addToken("H3", .hotp, of: user, pin: "1234")
        let tokens = try ["H1", "H2", "H3"].map { try #require(try laboratory.store.token(serial: $0)) }
        #expect(tokens[0].sharesRules(with: tokens[2]))
        #expect(!tokens[0].sharesRules(with: tokens[1]))
        var changed = tokens[2]
        changed.digits = 8
        #expect((tokens[0].digits, tokens[2].digits, changed.digits) == (6, 6, 8))
    }
}
