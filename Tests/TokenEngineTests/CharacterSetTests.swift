import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct CharacterSetTests {
    /// An attempt as the server makes it of octets; nil for a name that is none in the character set.
    private func login(
        as name: [UInt8], _ password: [UInt8], in characterSet: TokenEngine.CharacterSet?
    ) -> Attempt? {
        guard let (text, readings) = TextReading.name(of: name, in: characterSet) else { return nil }
        return Attempt(
            userName: text, userNameReadings: readings, credential: .password(SecretOctets(password)),
            characterSet: characterSet, client: "vpn", clientAddress: IPAddress(v4: 1))
    }

    @Test(arguments: try vectors("character-sets"))
    func aNameAndAPINAreTakenInEachCharacterSetAndNoOther(_ record: VectorRecord) throws {
        let laboratory = try Laboratory()
        laboratory.configuration.settings.pinComesFirst = try record.required("otp") != "first"
        let kind = try #require(TokenKind(name: try record.required("kind")))
        for (index, user) in try record.required("user").split(separator: " ").enumerated() {
            try laboratory.addToken(
                "T\(index)", kind, of: try laboratory.addUser(String(user)), pin: try record.required("pin")
            ) { if kind == .password { $0.secret = SecretOctets(utf8: "pässwörd") } }
        }
        let typed = try record.octets("typed")
        let otp = kind == .hotp ? Array("755224".utf8) : []
        let password = try record.required("otp") == "last" ? typed + otp : otp + typed
        let pinned = TokenEngine.CharacterSet(rawValue: try record.required("set"))
        guard var attempt = login(as: try record.octets("name"), password, in: pinned) else {
            #expect(record["expect"] == "reject name-malformed")
            return
        }
        attempt.isExplained = true
        let verdict = try laboratory.login(attempt)
        let found =
            verdict.reason == .accepted
            ? "accept \(verdict.nameReadAs?.rawValue ?? "-") \(verdict.passwordReadAs?.rawValue ?? "-")"
            : "reject \(verdict.reason.rawValue)"
        #expect(found == record["expect"], "\(verdict.steps)")
        for characterSet in [verdict.nameReadAs, verdict.passwordReadAs].compactMap(\.self) {
            #expect(verdict.steps.contains { $0.description.hasSuffix("read as \(characterSet.rawValue)") })
        }
    }

    @Test func windowsOctetsAreWhatEverybodyTakesThemFor() {
        for octet in UInt8.min...UInt8.max {
            guard let expected = String(bytes: [octet], encoding: .windowsCP1252) else { continue }
            #expect(TokenEngine.CharacterSet.windows1252.text([octet]) == expected, "\(octet)")
            let latin = TokenEngine.CharacterSet.latin1.text([octet])
            #expect(latin == String(bytes: [octet], encoding: .isoLatin1), "\(octet)")
        }
    }

    @Test func aSecretIsReadAsItsTextWouldBe() {
        let typed = [
            Array(UInt8.min...UInt8.max), Array("pässwörd".utf8), Array("pa\u{308}ss\u{323}\u{307}€".utf8),
            [0xe4, 0x80],
            Array("\u{212b}\u{1100}\u{1161}".utf8), [0xff], [],
        ]
        for octets in typed {
            for characterSet in [nil] + TokenEngine.CharacterSet.allCases {
                let texts = TextReading.all(of: octets, in: characterSet)
                let secrets = SecretReading.all(of: SecretOctets(octets), in: characterSet)
                #expect(secrets.map(\.characterSet) == texts.map(\.characterSet))
                #expect(secrets.map(\.secret.octets) == texts.map { Array($0.text.utf8) })
            }
        }
    }

    @Test func theCanonicalFormIsUnicodesComposedOne() {
        var generator = SeededGenerator(seed: 5)
        let scalars: [Unicode.Scalar] = Array(
            "aeo\u{308}\u{301}\u{323}\u{302}ﬁÅ\u{212b}\u{1100}\u{1161}\u{11a8}äç𝕏🔑".unicodeScalars)
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                if let scalar = scalars.randomElement(using: &generator) { text.append(scalar) }
            }
            let expected = String(text).precomposedStringWithCanonicalMapping
            #expect(Array(String(text).canonical.utf8) == Array(expected.utf8))
        }
    }

    /// What an attempt costs may depend on the octets, which whoever sent them knows, and not on what is stored.
    @Test(arguments: ["Bär", "BÃ¤r", "Bär-wrong", "123456", "€"])
    func theNumberOfHashesDoesNotTellWhichReadingWasRight(_ pin: String) throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("alice"), pin: pin)
        let attempt = try #require(login(as: Array("alice".utf8), Array("Bär755224".utf8), in: nil))
        guard case .needs(let checks)? = try laboratory.decider.decide([attempt], at: laboratory.now).first else {
            Issue.record("it needs no hash")
            return
        }
        #expect(checks.count == 2)
    }

    @Test func octetsThatAreNoUTF8CostOneHash() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("alice"), pin: "Bär")
        let attempt = try #require(login(as: Array("alice".utf8), [0x42, 0xe4, 0x72] + Array("755224".utf8), in: nil))
        guard case .needs(let checks)? = try laboratory.decider.decide([attempt], at: laboratory.now).first else {
            Issue.record("it needs no hash")
            return
        }
        #expect(checks.count == 1)
    }

    @Test func aRememberedPINIsKnownInEveryReadingWithoutAHash() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("alice"), pin: "Bär")
        let first = try #require(login(as: Array("alice".utf8), Array("Bär755224".utf8), in: nil))
        #expect(try laboratory.login(first).reason == .accepted)
        for (octets, reason) in [
            ([0x42, 0xe4, 0x72] + Array("287082".utf8), Reason.accepted), (Array("Bär359152".utf8), .accepted),
            (Array("Bör969429".utf8), .wrongPIN),
        ] {
            let next = try #require(login(as: Array("alice".utf8), octets, in: nil))
            guard case .decided(let verdict)? = try laboratory.decider.decide([next], at: laboratory.now).first else {
                Issue.record("it needs a hash")
                return
            }
            #expect(verdict.reason == reason)
        }
    }

    @Test func aNameIsTheSameUserHoweverItIsTyped() throws {
        let laboratory = try Laboratory()
        let user = try laboratory.addUser("Ju\u{308}rgen")
        #expect(user.name.utf8.elementsEqual("Jürgen".precomposedStringWithCanonicalMapping.utf8))
        for name in ["J\u{fc}rgen", "Ju\u{308}rgen"] {
            #expect(try laboratory.store.user(named: name, resolver: "local")?.id == user.id)
        }
        #expect(throws: StoreError.self) { try laboratory.addUser("J\u{fc}rgen") }
    }

    @Test func anImportedPINIsTheSameHoweverItIsTyped() throws {
        let laboratory = try Laboratory()
        var new = NewToken(kind: .hotp)
        new.serial = "H1"
        new.secret = SecretOctets(OneTimePasswordGenerator.rfc4226.seed)
        new.pin = SecretOctets(utf8: "Ba\u{308}r")
        let rows = [ImportedToken(new, userName: "Ju\u{308}rgen")]
        _ = try laboratory.store.importTokens(rows, resolver: "local", createsUsers: true)
        let attempt = try #require(
            login(as: [0x4a, 0xfc, 0x72, 0x67, 0x65, 0x6e], [0x42, 0xe4, 0x72] + Array("755224".utf8), in: nil))
        #expect(try laboratory.login(attempt).reason == .accepted)
    }

    @Test func aWrongPINInTwoReadingsCountsOnce() throws {
        let laboratory = try Laboratory()
        try laboratory.addToken("H1", .hotp, of: try laboratory.addUser("alice"), pin: "Bär")
        let attempt = try #require(login(as: Array("alice".utf8), Array("Bör755224".utf8), in: nil))
        #expect(try laboratory.login(attempt).reason == .wrongPIN)
        #expect(try laboratory.counters("H1").failCount == 1)
        #expect(try laboratory.store.audit().count == 1)
    }
}
