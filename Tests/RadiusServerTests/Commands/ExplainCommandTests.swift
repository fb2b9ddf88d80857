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

    // MARK: --attribute

    @Test("attributes of the request take effect where a real request's would: conditions, and the client's address")
    func requestAttributes() throws {
        try server.folder.write(
            """
            [Default]
            CLIENTATTRIBUTE = NAS-IP-Address
            [Rule gate]
            when = request.NAS-Identifier is gate
            Filter-Id = {serial}
            [Mapping request]
            called-station-id = Class
            [Rule sorry]
            result = reject
            Reply-Message = Sorry, {client.name}
            """, to: "server/rlm.ini")
        try server.edit(
            "[Realm default]",
            "[Policy closed]\nscope = authorization\nclient = 192.0.2.66\nauthorized = deny_access\n[Realm default]")
        let rule = server.folder.file("server/rlm.ini")
        let login = "explain Jürgen --password Bär755224"
        let gate = server.run("\(login) --attribute NAS-Identifier=gate")
        #expect(gate.status == .done)
        #expect(gate.output.contains("\nFilter-Id = \"H1\"  \(rule):5"), "\(gate.output)")
        let other = server.run("\(login) --attribute NAS-Identifier=door")
        #expect(other.status == .done && !other.output.contains("Filter-Id"))
        let closed = try server.run(
            "\(login) --attribute NAS-IP-Address=192.0.2.66 --attribute Called-Station-Id=a --json"
        ).object()
        #expect(closed["reason"] as? String == "not-authorized")
        #expect(
            closed["attributes"] as? [[String: String]] == [
                ["name": "Reply-Message", "value": "Sorry, localhost", "rule": "\(rule):10"]
            ])
        let open = try server.run(
            "\(login) --attribute NAS-IP-Address=192.0.2.67 --attribute Called-Station-Id=a --json"
        ).object()
        #expect(open["reason"] as? String == "accepted")
        #expect((open["attributes"] as? [[String: String]])?.map { $0["name"] } == ["Class"])
    }

    @Test("a login that the mapping refuses is a no, and a challenge keeps the server's Session-Timeout")
    func refusal() throws {
        try server.folder.write(
            """
            [Reply]
            misfit = refuse
            [Mapping request]
            nas-identifier = Framed-IP-Address
            [Rule a]
            Session-Timeout = 9
            """, to: "server/rlm.ini")
        let refused = server.run("explain Jürgen --password Bär755224 --attribute NAS-Identifier=gate")
        #expect(refused.status == .no)
        #expect(refused.output.contains("\nThe login is refused, since "), "\(refused.output)")
        let accept = server.run("explain Jürgen --password Bär755224")
        #expect(accept.status == .done && accept.output.contains("Session-Timeout = 9"))
        let challenge = server.run("explain Jürgen --password Bär")
        #expect(challenge.output.hasPrefix("challenge: challenge-triggered\n"))
        #expect(!challenge.output.contains("Session-Timeout"))
    }

    @Test("what the device sends wrongly is rejected as the server would reject it")
    func flaws() throws {
        for (attribute, reason) in [
            ("User-Name=bob --password Bär755224", "attribute-repeated"),
            ("CHAP-Password=0x00112233445566778899aabbccddeeff00 --password Bär755224", "credentials-mixed"),
            ("CHAP-Password=0x00112233445566778899aabbccddeeff00", "credential-unsupported"),
            ("MS-CHAP2-Response=0x" + String(repeating: "00", count: 50), "credential-unsupported"),
            ("State=0x6e6f --password Bär755224", "unknown-challenge"),
            ("NAS-Port=1", "wrong-pin"),
        ] {
            let outcome = server.run("explain Jürgen --attribute \(attribute)")
            #expect(outcome.status == .no && outcome.output.hasPrefix("reject: \(reason)\n"), "\(outcome)")
        }
    }

    @Test(
        "an attribute that no request can have is wrong usage",
        arguments: [
            "NAS-Identifer=gate", "NAS-IP-Address=gate", "NAS-Identifier",
            "Class=" + String(repeating: "x", count: 254),
        ])
    func wrongAttributes(text: String) {
        let outcome = server.run(["explain", "Jürgen", "--password", "x", "--attribute", text])
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.messages.first?.hasPrefix("watchword: --attribute '") == true, "\(outcome.messages)")
    }
}
