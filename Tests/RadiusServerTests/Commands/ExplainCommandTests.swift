import Foundation
import Testing

@testable import RadiusServer

@Suite("watchword explain")
struct ExplainCommandTests {
    let server: TestServerFolder

    init() throws {
        server = try TestServerFolder()
        try #require(server.run("user add Jürgen").status == .done)
        let made = server.run(
            "token add --user Jürgen --type hotp --pin Bär --secret-hex 3132333435363738393031323334353637383930 "
                + "--serial H1")
        try #require(made.status == .done, "\(made.messages)")
    }

    @Test("says what a login would come to, and takes nothing away from it")
    func accept() throws {
        for _ in 0..<2 {
            let outcome = server.run("explain Jürgen --password Bär755224 --json")
            #expect(outcome.status == .done)
            let document = try outcome.object()
            #expect(document["decision"] as? String == "accept")
            #expect(document["reason"] as? String == "accepted")
            #expect(document["tokens"] as? [String] == ["H1"])
            #expect(document["nameReadAs"] as? String == "utf-8")
            #expect(document["passwordReadAs"] as? String == "utf-8")
        }
        #expect(try server.run("audit --json").list().isEmpty)
        let token = try server.run("token show H1 --json").object()
        #expect(token["failcount"] as? Int == 0)
        #expect(token["counter"] as? Int == 0)
    }

    @Test("names each step, and no secret")
    func steps() {
        let outcome = server.run("explain Jürgen --password Bär000000")
        #expect(outcome.status == .no)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "reject: wrong-otp")
        #expect(lines.contains("  H1: the PIN matches"))
        #expect(lines.contains("  H1: the OTP matches nothing in the window"))
        #expect(lines.contains("  the name was read as utf-8"))
        #expect(lines.contains("  the password was read as utf-8"))
        #expect(!outcome.output.contains("Bär") && !outcome.output.contains("000000"))
    }

    @Test(
        "a PIN alone would trigger a challenge, and opens none",
        arguments: [("Bär", "challenge-triggered"), ("Bar", "wrong-pin")])
    func challenge(pin: String, reason: String) throws {
        let outcome = server.run("explain Jürgen --password-stdin --json", input: pin + "\n")
        #expect(try outcome.object()["reason"] as? String == reason)
        #expect(try server.run("challenge list --json").list().isEmpty)
    }

    @Test("the client's section counts: its realm, its policies, its character set")
    func client() throws {
        try server.edit(
            "[Realm default]",
            "[Client office]\naddress = 192.0.2.0/24\nsecret = long-enough-by-chance-012\ncharacter_set = latin-1\n"
                + "[Policy closed]\nscope = authorization\nclient = 192.0.2.66\nauthorized = deny_access\n[Realm default]"
        )
        let closed = try server.run("explain Jürgen --password x --client 192.0.2.66 --json").object()
        #expect(closed["reason"] as? String == "unknown-user", "its UTF-8 is read as ISO 8859-1")
        #expect(server.run("explain Jürgen --client 198.51.100.1").status == .no)
        #expect(server.run("explain Jürgen --client office").status == .wrongUsage)
        #expect(server.run("explain").status == .wrongUsage)
        #expect(server.run("explain nobody").output.hasPrefix("reject: unknown-user\n"))
    }
}
