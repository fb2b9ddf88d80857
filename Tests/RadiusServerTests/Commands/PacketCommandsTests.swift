import Testing

@testable import RadiusServer

@Suite("watchword decode")
struct DecodeCommandTests {
    /// RFC 2865 §7.1: nemo logs in with the password arctangent; secret xyzzy5461.
    static let request =
        "01000038 0f403f9473978057bd83d5cb98f4227a 01066e656d6f 02120dbe708d93d413ce3196e43f782a0aee 0406c0a80110 050600000003"
    static let accept = "02000026 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001 0f0600000000 0e06c0a80103"
    static let requestAuthenticator = "0f403f9473978057bd83d5cb98f4227a"

    private func decode(_ hex: String, _ options: String = "") -> Outcome { watchword("decode \(options)", input: hex) }

    @Test("the code comes first, then one attribute a line")
    func request() {
        let outcome = decode(Self.request)
        #expect(outcome.status == .done)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "Access-Request")
        #expect(lines.contains("User-Name = \"nemo\""))
        #expect(lines.contains("NAS-IP-Address = 192.168.1.16"))
        #expect(lines.contains("NAS-Port = 3"))
        #expect(lines.count == 5)
        #expect(!outcome.output.contains("arctangent"))
    }

    @Test("the secret reveals the password", arguments: ["", "0x", " \n\t"])
    func revealed(prefix: String) {
        let outcome = decode(prefix + Self.request, "--secret xyzzy5461")
        #expect(outcome.output.contains("User-Password = \"arctangent\"\n"))
    }

    @Test("as JSON, it has code, identifier and attributes")
    func json() throws {
        let document = try decode(Self.request, "--json").object()
        #expect(document["code"] as? String == "Access-Request")
        #expect(document["identifier"] as? Int == 0)
        let attributes = try #require(document["attributes"] as? [[String: String]])
        #expect(attributes.first == ["name": "User-Name", "value": "nemo"])
        #expect(!attributes.contains { $0["name"] == "User-Password" && $0["value"]?.contains("arctangent") == true })
    }

    @Test("a signature that is wrong is warned of; one that cannot be checked is not")
    func signatures() {
        let known = "--request-authenticator \(Self.requestAuthenticator)"
        #expect(decode(Self.accept, "--secret xyzzy5461 \(known)").messages == [])
        #expect(decode(Self.accept, "--secret other").messages == [])
        let warned = decode(Self.accept, "--secret other \(known)")
        #expect(warned.status == .done)
        #expect(warned.messages.count == 1)
        #expect(warned.messages.first?.hasPrefix("warning: the Response Authenticator is wrong") == true)
    }

    /// An answer to the Request Authenticator 1011…1f with Tunnel-Password and MS-MPPE-Send-Key.
    static let hidden =
        "02010063 00000000000000000000000000000000 4515018001e6f40e592da5b865dd17127571e12ebe "
        + "1a3a000001371034"
        + "8a01be4c62fefec19de8d036cd58718194e61c526948814935b01b9b78125c66c1c4bbb7ec865ce3f2cda395bb69782542f7"

    @Test("an answer's hidden values stay octets without its request's authenticator, and it is said what they need")
    func unrevealed() throws {
        let outcome = decode(Self.hidden, "--secret xyzzy5461")
        #expect(outcome.status == .done)
        #expect(outcome.output.contains("Tunnel-Password:1 = 0x8001e6f40e592da5b865dd17127571e12ebe\n"))
        #expect(outcome.output.contains("MS-MPPE-Send-Key = 0x8a01be4c62fe"))
        #expect(outcome.messages.count == 1)
        #expect(outcome.messages.first?.hasPrefix("warning: 2 hidden values are shown as they came") == true)
        #expect(outcome.messages.first?.contains("--request-authenticator") == true)
        let document = try decode(Self.hidden, "--secret xyzzy5461 --json").object()
        let attributes = try #require(document["attributes"] as? [[String: String]])
        #expect(attributes.first?["value"] == "0x8001e6f40e592da5b865dd17127571e12ebe")

        let known = decode(
            Self.hidden, "--secret xyzzy5461 --request-authenticator 101112131415161718191a1b1c1d1e1f")
        #expect(known.output.contains("Tunnel-Password:1 = \"secret-tunnel\"\n"))
        #expect(known.output.contains("MS-MPPE-Send-Key = 0x000102030405"))
        #expect(!known.messages.contains { $0.contains("as they came") })
        #expect(!decode(Self.hidden).output.contains("8001e6"))
        #expect(decode(Self.accept, "--secret xyzzy5461").messages == [])
    }

    @Test(
        "what is no packet is answered with no, and why",
        arguments: [
            ("", "standard input is empty"), ("xyz", "is not hex"), ("010", "is not hex"),
            ("01", "malformed packet, octet 1"),
            ("0100001300000000000000000000000000000000", "malformed packet, octet 2"),
            ("0100001600000000000000000000000000000000 0101", "malformed packet, octet 21"),
            ("0100001600000000000000000000000000000000 0103", "malformed packet, octet 21"),
        ])
    func malformed(hex: String, reason: String) {
        let outcome = decode(hex)
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(outcome.messages.first?.contains(reason) == true, "\(outcome.messages)")
    }

    @Test("an authenticator has 16 octets", arguments: ["00", "zz", requestAuthenticator + "00"])
    func authenticator(hex: String) {
        let outcome = decode(Self.request, "--request-authenticator \(hex)")
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.messages.first?.contains("it takes 16 octets in hex") == true)
    }

    @Test("standard input is bounded")
    func bounded() {
        #expect(decode(String(repeating: "0", count: 1 << 17)).status == .couldNot)
    }
}

@Suite("watchword map")
struct MapCommandTests {
    static let mapping = """
        [Mapping]
        serial = privacyIDEA-Serial

        [Mapping user]
        group = Class
        """
    static let detail = #"{"serial": "TOTP1", "user": {"group": ["staff", "vpn"]}}"#
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Self.mapping, to: "rlm.ini")
    }

    private func map(_ options: String = "", input: String = detail) -> Outcome {
        watchword("map --mapping \(folder.file("rlm.ini")) \(options)", input: input)
    }

    @Test("each attribute stands on a line of its own, as radclient prints it")
    func lines() {
        let outcome = map()
        #expect(outcome.status == .done)
        #expect(outcome.messages == [])
        #expect(
            outcome.output == "Class = 0x7374616666\nClass = 0x76706e\nprivacyIDEA-Serial = \"TOTP1\"\n")
    }

    @Test("the detail comes from a file as well, and a dash is standard input")
    func files() throws {
        try folder.write(Self.detail, to: "detail.json")
        #expect(map("--detail \(folder.file("detail.json"))", input: "").output == map().output)
        #expect(map("--detail -").output == map().output)
        #expect(map("--result challenge").status == .done)
    }

    @Test("as JSON, the attributes are a list in the same order")
    func json() throws {
        let attributes = try map("--json").object()["attributes"] as? [[String: String]]
        #expect(attributes?.map { $0["name"] } == ["Class", "Class", "privacyIDEA-Serial"])
        #expect(try (map("--json", input: "{}").object()["attributes"] as? [Any])?.isEmpty == true)
    }

    @Test(
        "a detail that is none is answered with no",
        arguments: ["", "x", "[]", "\"text\"", "{", "{\"serial\": }"])
    func noDetail(input: String) {
        let outcome = map(input: input)
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(outcome.messages.first?.hasPrefix("watchword: standard input: ") == true)
    }

    @Test("a mapping with mistakes maps nothing")
    func brokenMapping() throws {
        try folder.write("[Mapping]\nserial = No-Such-Attribute-Anywhere\n", to: "rlm.ini")
        let outcome = map()
        #expect(outcome.output == "")
        #expect(outcome.messages.contains { $0.hasPrefix("\(folder.file("rlm.ini")):2: ") })
    }

    @Test("what is not there cannot be mapped")
    func missing() {
        #expect(map("--detail /nonexistent").status == .couldNot)
        #expect(watchword("map --mapping /nonexistent", input: Self.detail).status == .no)
        #expect(map("--result refuse").status == .wrongUsage)
    }
}
