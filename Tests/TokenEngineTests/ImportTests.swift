import Testing

@testable import TokenEngine

/// Tokens in bulk: all or none, unseen before the end, and nobody waits.
@Suite struct ImportTests {
    private func row(_ serial: String?, user: String? = nil) -> ImportedToken {
        var new = NewToken(kind: .hotp)
        new.serial = serial
        new.secret = .rfc
        return ImportedToken(new, userName: user)
    }

    @Test func anImportIsAllOrNothing() throws {
        let laboratory = try Laboratory()
        // The folder goes with it.
        defer { withExtendedLifetime(laboratory) {} }
        let store = laboratory.store
        let bad: [(ImportedToken, StoreError)] = [
            (row("H2"), .serialExists("H2")),
            (row("H3", user: "nobody"), .noSuchUser(name: "nobody", resolver: "local")),
            (row(nil), .invalid("an imported token needs a serial")),
        ]
        for (row, error) in bad {
            #expect(throws: StoreError.importRow(index: 2, error)) {
                try store.importTokens([self.row("H1"), self.row("H2"), row], resolver: "local")
            }
            #expect(try store.tokens().isEmpty)
        }
    }

    @Test func anImportMakesUsersWhereItMay() throws {
        let laboratory = try Laboratory()
        // The folder goes with it.
        defer { withExtendedLifetime(laboratory) {} }
        let store = laboratory.store
        let rows = (0..<25_000).map { row("H\($0)", user: "user\($0 / 2)") }
        var told: [Int] = []
        let count = try store.importTokens(rows, resolver: "local", createsUsers: true) { told.append($0) }
        #expect(count == 25_000)
        #expect(told == [10_000, 20_000])
        #expect(try store.users().count == 12_500)
        let user = try #require(try store.user(named: "user7", resolver: "local"))
        #expect(try store.tokens(TokenFilter(owner: user.id)).map(\.serial) == ["H14", "H15"])
    }

    @Test func anImportIsNotSeenBeforeItsEndAndKeepsNobodyFromWriting() throws {
        let laboratory = try Laboratory()
        let other = try laboratory.anotherStore()
        let rows = (0..<10_500).map { row("H\($0)", user: "user\($0)") }
        var isTold = false
        let count = try laboratory.store.importTokens(rows, resolver: "local", createsUsers: true) { _ in
            isTold = true
            #expect((try? other.tokens().isEmpty) == true && (try? other.users().isEmpty) == true)
            #expect((try? other.token(serial: "H7")) == nil)
            #expect((try? other.user(named: "user7", resolver: "local")) == nil)
            #expect((try? other.addUser(name: "cornelius", resolver: "local")) != nil)
            #expect(throws: StoreError.userExists(name: "user7", resolver: "local")) {
                try other.addUser(name: "user7", resolver: "local")
            }
            #expect(throws: StoreError.invalid("another import is under way")) {
                try other.importTokens([self.row("X1")], resolver: "local")
            }
        }
        #expect(isTold && count == 10_500)
        #expect(try other.tokens().count == 10_500 && other.users().count == 10_501)
    }

    @Test func whatABrokenImportHasWrittenIsGone() throws {
        let laboratory = try Laboratory()
        // The folder goes with it.
        defer { withExtendedLifetime(laboratory) {} }
        let store = laboratory.store
        try store.addUser(name: "user3", resolver: "local")
        _ = try store.importTokens([row("K1", user: "user3")], resolver: "local")
        let rows = (0..<1200).map { row("H\($0)", user: "user\($0)") } + [row("K1")]
        #expect(throws: StoreError.importRow(index: 1200, .serialExists("K1"))) {
            try store.importTokens(rows, resolver: "local", createsUsers: true)
        }
        #expect(try store.tokens().map(\.serial) == ["K1"] && store.users().map(\.name) == ["user3"])
        #expect(try count("token_counter", in: store) == 1 && count("unfinished", in: store) == 0)
        #expect(try store.importTokens(rows.dropLast(), resolver: "local", createsUsers: true) == 1200)
    }

    @Test func whatAKilledImportHasLeftDoesNotCountAndTheNextOneClearsItAway() throws {
        let laboratory = try Laboratory()
        // The folder goes with it.
        defer { withExtendedLifetime(laboratory) {} }
        let store = laboratory.store
        let rows = (0..<1200).map { row("H\($0)", user: "user\($0)") }
        #expect(try store.importTokens(rows, resolver: "local", createsUsers: true) == 1200)
        // As if it had been killed before its last step.
        try store.database.run("INSERT INTO unfinished VALUES ('token', 1, 1200), ('user', 1, 1200)")
        #expect(try store.tokens().isEmpty && store.users().isEmpty)
        #expect(try store.importTokens([row("H7", user: "user7")], resolver: "local", createsUsers: true) == 1)
        #expect(try store.tokens().map(\.serial) == ["H7"] && store.users().map(\.name) == ["user7"])
        #expect(try count("token", in: store) == 1 && count("unfinished", in: store) == 0)
    }

    private func count(_ table: String, in store: Store) throws -> Int64 {
        var count: Int64 = 0
        try store.database.prepare("SELECT count(*) FROM \(table)").forEach { count = $0.integer(0) }
        return count
    }
}
