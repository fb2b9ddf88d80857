import Testing
import TokenEngine

@testable import RadiusServer

@Suite("The load generator's places: a port and an identifier for each request")
struct LoadTableTests {
    @Test("are all different, and end")
    func distinct() {
        var table = LoadTable<Int>(ports: 3, run: 8)
        var places: Set<LoadTable<Int>.Place> = []
        while let place = table.take() { places.insert(place) }
        #expect(places.count == 3 * 256)
    }

    @Test("come in runs from one port", arguments: [1, 8])
    func runs(length: Int) {
        var table = LoadTable<Int>(ports: 2, run: length)
        let sockets = (0..<4 * length).compactMap { _ in table.take()?.socket }
        let expected = [0, 1, 0, 1].flatMap { Array(repeating: $0, count: length) }
        #expect(sockets == expected)
    }

    @Test("are used again as late as can be, and hold nothing of the last request then")
    func release() throws {
        var table = LoadTable<Int>(ports: 1, run: 1)
        let taken = table.take()
        let first = try #require(taken)
        table[first] = 7
        table.wake(first, at: 5)
        table.release(first)
        #expect(table[first] == nil && table.due(at: 9).isEmpty)
        let places = (0..<256).map { _ in table.take() }
        #expect(places.last == first && places.count { $0 == first } == 1)
    }

    @Test("tell whose moment has come, and nobody else's")
    func due() {
        var table = LoadTable<Int>(ports: 2, run: 1)
        let places = (0..<3).compactMap { _ in table.take() }
        for (moment, place) in places.enumerated() { table.wake(place, at: Int64(moment)) }
        #expect(Set(table.due(at: 1)) == Set(places.prefix(2)))
    }
}

@Suite("The load generator's passwords")
struct LoadPasswordsTests {
    /// RFC 4226's and RFC 6238's seed, as HOTP and as TOTP.
    private func account(_ type: String, number: Int = 0) throws -> LoadAccount {
        let line = "S1, 3132333435363738393031323334353637383930, \(type), 6, \(number), alice, 1234"
        return try #require(try LoadAccount.read(line, file: "f", positions: [:]).first)
    }

    private func text(_ offer: LoadAccount.Offer?) -> String? {
        offer.map { String(decoding: $0.octets, as: UTF8.self) }
    }

    @Test("HOTP: are those of RFC 4226, appendix D, each once")
    func hotp() throws {
        var account = try account("hotp")
        for expected in ["755224", "287082", "359152", "969429"] {
            let offer = account.nextPassword(at: UnixTime(milliseconds: 0))
            #expect(text(offer) == expected)
        }
        let again = account.password(at: 1)
        #expect(again == Array("287082".utf8))
    }

    @Test("TOTP: none is offered twice, however long the run; who has offered all waits for the next step")
    func totp() throws {
        var account = try account("totp", number: 30)
        var steps: [Int64] = []
        for second in Int64(0)..<95 {
            let now = UnixTime(milliseconds: (1_000_000_000 + second) * 1000)
            while let offer = account.nextPassword(at: now) {
                #expect(abs(offer.position - now.seconds / 30) <= 4)
                steps.append(offer.position)
            }
        }
        // Nine at once, and one for each of three new steps.
        #expect(steps.count == 12 && Set(steps).count == 12)
    }

    @Test("TOTP: a later run goes on behind the last step that was offered")
    func positions() throws {
        let line = "S1, 3132333435363738393031323334353637383930, totp, 6, 30, alice"
        var account = try #require(try LoadAccount.read(line, file: "f", positions: ["S1": 37_037_038]).first)
        let offer = account.nextPassword(at: UnixTime(milliseconds: 1_111_111_109_000))
        #expect(offer?.position == 37_037_039)
    }

    @Test("a wrong one differs, and has the same size")
    func wrong() throws {
        let account = try account("hotp")
        for counter in Int64(0)..<100 {
            let (right, wrong) = (account.password(at: counter), account.wrongPassword(at: counter))
            #expect(wrong.count == right.count && wrong != right)
        }
    }

    @Test("a wrong one that is right by chance is known as what it is")
    func guess() throws {
        let account = try account("hotp")
        let late = account.password(at: 1500)
        var found: [Int64?] = []
        for guess in ["287082", "969429", "755224", "28708"].map({ Array($0.utf8) }) + [late] {
            found.append(account.position(of: guess, near: 0))
        }
        #expect(found == [1, 3, nil, nil, nil])
        let earlier = account.position(of: Array("755224".utf8), near: 5)
        #expect(earlier == 0)
    }

    @Test(
        "a line that is no account is named by its number",
        arguments: ["S1, 31, hotp, 6, 0", "S1, 3, hotp, 6, 0, a", "S1, 31, sms, 6, 0, a", "S1, 31, totp, 6, 0, a", "x"])
    func refused(line: String) {
        #expect { try LoadAccount.read("# none\n\(line)\n", file: "f", positions: [:]) } throws: { error in
            "\(error)".contains("f:2")
        }
    }
}
