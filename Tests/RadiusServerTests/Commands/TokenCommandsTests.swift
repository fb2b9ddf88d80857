import TestSupport
import Testing

@testable import RadiusServer

@Suite("watchword token")
struct TokenCommandsTests {
    static let seedInHex = "3132333435363738393031323334353637383930"
    let server: TestServerFolder

    init() throws {
        server = try TestServerFolder()
        #expect(server.run("user add alice").status == .done)
    }

    private func add(_ options: String = "--type hotp --serial T1 --pin 1234 --secret-hex \(seedInHex)") {
        let outcome = server.run("token add --user alice \(options)")
        #expect(outcome.status == .done, "\(outcome.messages)")
    }

    private func token(_ serial: String = "T1") throws -> [String: Any] {
        try server.run("token show \(serial) --json").object()
    }

    @Test("a given seed comes back as Base32 and in the address for the app")
    func enrolment() throws {
        let outcome = server.run(
            "token add --user alice --type hotp --serial T1 --secret-hex \(Self.seedInHex) --counter 7 --json")
        let document = try outcome.object()
        #expect(document["serial"] as? String == "T1")
        #expect(document["type"] as? String == "hotp")
        #expect(document["user"] as? String == "alice")
        #expect(document["secret"] as? String == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        #expect(document["digits"] as? Int == 6)
        #expect(document["algorithm"] as? String == "sha1")
        #expect(document["counter"] as? Int == 7)
        #expect(document["period"] == nil)
        let uri = try #require(document["uri"] as? String)
        #expect(uri.hasPrefix("otpauth://hotp/"))
        #expect(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
        #expect(uri.contains("counter=7"))
    }

    @Test(
        "without a seed one is made, as long as the digest", arguments: [("sha1", 32), ("sha256", 52), ("sha512", 103)])
    func generated(algorithm: String, letters: Int) throws {
        let document = try server.run("token add --user alice --type totp --algorithm \(algorithm) --json").object()
        #expect((document["secret"] as? String)?.count == letters)
        #expect(document["period"] as? Int == 30)
        #expect(document["counter"] == nil)
    }

    @Test("people get a serial, an address, a QR code and the seed in groups of four")
    func forPeople() throws {
        let outcome = server.run(
            "token add --user alice --type totp --secret GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ --serial T1")
        #expect(outcome.output.hasPrefix("serial  T1\n"))
        #expect(outcome.output.contains("otpauth://totp/"))
        #expect(outcome.output.contains("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"))
        if QRCode.isSupported {
            let block = outcome.output.split(separator: "\n").filter { $0.contains("▄") || $0.contains("▀") }
            #expect(block.count <= 23 && block.allSatisfy { $0.count <= 80 })
            #expect(!outcome.output.contains("\u{1b}"))
            let coloured = server.run("token add --user alice --type totp", isTerminal: true)
            #expect(coloured.output.contains("\u{1b}[38;5;16;48;5;231m"))
        } else {
            #expect(outcome.output.contains("No QR code: this program was built without libqrencode"))
        }
    }

    @Test(
        "what a token cannot have is wrong usage, and makes none",
        arguments: [
            "--type htop", "--type totp --digits 5", "--type totp --digits 9", "--type totp --digits six",
            "--type totp --period 0", "--type totp --counter 3", "--type hotp --period 30", "--type hotp --counter -1",
            "--type hotp --algorithm md5", "--type hotp --algorithm sha3", "--type hotp --secret 1",
            "--type hotp --secret-hex abc", "--type hotp --secret-hex=", "--type hotp --secret MFRGG --secret-hex 00",
            "--type spass --digits 6", "--type spass --secret MFRGG", "--type hotp --password x",
            "--type hotp --pin 1 --pin-stdin", "--type hotp --attribute x", "--type hotp --serial T%1", "",
        ])
    func senseless(options: String) throws {
        let outcome = server.run("token add --user alice \(options)", input: "x\n")
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.output == "")
        #expect(!outcome.messages.isEmpty)
        #expect(try server.run("token list --json").list().isEmpty)
    }

    @Test("a seed that cannot be read is not repeated in the message")
    func silence() {
        let outcome = server.run("token add --user alice --type hotp --secret MFRGG0SECRET1")
        #expect(outcome.status == .wrongUsage)
        #expect(!outcome.messages.joined().contains("MFRGG0SECRET1"))
    }

    @Test("a static password is asked for; the PIN after it")
    func staticPassword() throws {
        let document = try server.run(
            "token add --user alice --type password --password-stdin --pin-stdin --serial P1 --json",
            input: "secret\n12\n"
        ).object()
        #expect(document["secret"] == nil)
        #expect(document["uri"] == nil)
        #expect(try token("P1")["has_pin"] as? Bool == true)
        let asked = server.run("token add --user alice --type password", answers: ["s", "s", ""])
        #expect(asked.prompts == ["Password of the token", "Once more", "PIN for alice (empty: none)"])
        #expect(server.run("token add --user alice --type password").status == .wrongUsage)
    }

    @Test(
        "a token is switched off and on, locked out and let in again",
        arguments: [
            (["disable T1"], "active", false), (["disable T1", "enable T1"], "active", true),
            (["revoke T1"], "revoked", true), (["revoke T1", "enable T1"], "revoked", true),
            (["unlock T1"], "locked", false),
        ])
    func states(lines: [String], member: String, value: Bool) throws {
        add()
        for line in lines { #expect(server.run("token \(line)").status == .done) }
        #expect(try token()[member] as? Bool == value)
    }

    @Test("what a token says about itself shows neither seed nor PIN")
    func show() throws {
        add(
            "--type hotp --serial T1 --pin 987654 --secret-hex \(Self.seedInHex) --description spare --attribute a=b --attribute a=c"
        )
        for line in [
            "token show T1", "token show T1 --json", "token list", "token list --json", "token list --user alice",
        ] {
            let outcome = server.run(line)
            #expect(outcome.output.contains("T1") && outcome.output.contains("alice"))
            #expect(!outcome.output.contains("987654"))
            #expect(!outcome.output.contains("GEZDGNBV") && !outcome.output.contains("31323334"))
        }
        let document = try token()
        #expect(document["description"] as? String == "spare")
        #expect((document["attributes"] as? [String: [String]]) == ["a": ["b", "c"]])
        #expect(document["failcount"] as? Int == 0)
        #expect(document["maxfail"] as? Int == 10)
        #expect(try server.run("token list --type totp --json").list().isEmpty)
    }

    @Test("what a token was used for and what it is allowed is shown, in JSON under privacyIDEA's names")
    func counters() throws {
        add()
        let seed = OneTimePasswordGenerator.rfc4226
        #expect(server.run("token test T1 \(try seed.value(at: 0))").status == .done)
        #expect(server.run("token set T1 --max-successes 5 --count-window 20 --sync-window 10000").status == .done)
        let hotp = try token()
        #expect(hotp["count_auth"] as? Int == 0)
        #expect(hotp["count_auth_success"] as? Int == 0)
        #expect(hotp["count_auth_max"] == nil)
        #expect(hotp["count_auth_success_max"] as? Int == 5)
        #expect(hotp["max_fail"] as? Int == 10)
        #expect(hotp["count_window"] as? Int == 20)
        #expect(hotp["sync_window"] as? Int == 10_000)
        #expect(hotp["drift"] == nil && hotp["time_window"] == nil)
        #expect(hotp["valid_from"] == nil && hotp["valid_until"] == nil)
        let table = server.run("token show T1").output
        for line in ["authentications  0\n", "successes        0 of 5\n", "count window     20\n"] {
            #expect(table.contains(line), "\(table)")
        }
        add("--type totp --serial T2")
        let totp = try token("T2")
        #expect(totp["drift"] as? Int == 0)
        #expect(totp["time_window"] as? Int == 180)
        #expect(totp["count_window"] == nil)
        add("--type spass --serial T3 --pin 1234")
        #expect(try token("T3")["sync_window"] == nil)
    }

    @Test("a PIN is set, changed and taken away")
    func pin() throws {
        add("--type hotp --serial T1")
        #expect(try token()["has_pin"] as? Bool == false)
        #expect(server.run("token set-pin T1 --pin-stdin", input: "1\n").output == "token T1 has a new PIN\n")
        #expect(try token()["has_pin"] as? Bool == true)
        #expect(server.run(["token", "set-pin", "T1", "--pin", ""]).output == "token T1 has no PIN\n")
        #expect(try token()["has_pin"] as? Bool == false)
        #expect(server.run("token set-pin T1", answers: ["1", "2"]).status == .no)
        #expect(server.run("token set-pin T1").status == .wrongUsage)
        #expect(try token()["has_pin"] as? Bool == false)
    }

    @Test("a token changes hands, and outlives its user")
    func assignment() throws {
        add()
        #expect(server.run("user add bob").status == .done)
        #expect(server.run("token assign T1 bob").status == .done)
        #expect(try token()["user"] as? String == "bob")
        #expect(server.run("token unassign T1").status == .done)
        #expect(try token()["user"] == nil)
        #expect(server.run("token assign T1 bob").status == .done)
        #expect(server.run("user delete bob").status == .done)
        #expect(try token()["user"] == nil)
        #expect(server.run("token assign T1 bob").status == .no)
    }

    @Test("a one-time password is tried once, and two in a row put the token in step")
    func oneTimePasswords() throws {
        add()
        let seed = OneTimePasswordGenerator.rfc4226
        #expect(server.run("token test T1 \(try seed.value(at: 0))").status == .done)
        #expect(server.run("token test T1 \(try seed.value(at: 0))").status == .no)
        #expect(server.run("token test T1 \(try seed.value(at: 500))").status == .no)
        #expect(server.run("token resync T1 \(try seed.value(at: 500)) \(try seed.value(at: 502))").status == .no)
        #expect(server.run("token resync T1 \(try seed.value(at: 500)) \(try seed.value(at: 501))").status == .done)
        #expect(try token()["counter"] as? Int == 502)
    }

    @Test("limits, note and attributes are changed one by one")
    func set() throws {
        add("--type hotp --serial T1 --attribute a=b --attribute c=d")
        #expect(
            server.run("token set T1 --max-fail 3 --description lost --attribute a=x --remove-attribute c").status
                == .done)
        let document = try token()
        #expect(document["maxfail"] as? Int == 3)
        #expect(document["description"] as? String == "lost")
        #expect(document["attributes"] as? [String: String] == ["a": "x"])
        for line in [
            "", "--max-fail 0", "--count-window x", "--count-window 0", "--count-window 10001", "--sync-window -1",
            "--sync-window 10001", "--time-window 300001", "--max-authentications 9007199254740993",
            "--max-successes -1", "--attribute x",
        ] {
            #expect(server.run("token set T1 \(line)").status == .wrongUsage, "\(line)")
        }
        #expect(server.run("token set T1 --count-window 10000 --sync-window 10000").status == .done)
        #expect(server.run("token set T1 --time-window 300000").status == .done)
    }

    @Test(
        "a serial that nobody has is answered with no",
        arguments: [
            "show", "enable", "disable", "revoke", "unlock", "delete", "unassign", "set-pin --pin 1",
            "set --max-fail 3",
            "reset-failcounter",
        ])
    func unknownSerial(command: String) {
        let words = command.split(separator: " ")
        let outcome = server.run((["token", words[0], "X9"] + words.dropFirst()).joined(separator: " "))
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(outcome.messages == ["watchword: no token 'X9'"])
    }

    @Test("a serial is given once, and a deleted one is gone")
    func serials() throws {
        add()
        let again = server.run("token add --user alice --type hotp --serial T1")
        #expect(again.status == .no)
        #expect(again.messages == ["watchword: a token 'T1' is already there"])
        #expect(server.run("token delete T1").status == .done)
        #expect(server.run("token show T1").status == .no)
        #expect(server.run("token add --user nobody --type hotp").status == .no)
    }
}
