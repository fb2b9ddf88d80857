import TestSupport
import Testing

@testable import TokenEngine

@Suite struct AddressAndTimeTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
        ("::1", "::1"), ("2001:DB8::", "2001:db8::"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("fe80::0001:02", "fe80::1:2"),
    ])
    func anAddressIsRead(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        var octets: [UInt8] = []
        address.withText { text in for index in text.indices { octets.append(text[index]) } }
        #expect(octets == Array(canonical.utf8))
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.+4", "1.2.3.-4", " 1.2.3.4", "1.2.3.4 ",
        "1..2.3",
        ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1%eth0",
        "[::1]", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "+1::", "1:", ":1", "٣.2.3.4",
    ])
    func whatIsNoAddressIsRefused(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: ["192.0.2.0/24", "0.0.0.0/0", "192.0.2.1", "::/0", "2001:db8::/64", "2001:db8::1"])
    func aPrefixIsRead(_ text: String) { #expect(IPAddressPrefix(text)?.description == text) }

    @Test(arguments: [
        "192.0.2.0/33", "192.0.2.1/24", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/8/8", "/8", "::/129",
        "2001:db8::1/64", "192.0.2.0/0024", "192.0.2.0/a", "",
    ])
    func whatIsNoPrefixIsRefused(_ text: String) { #expect(IPAddressPrefix(text) == nil) }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("2026-01-01T00:00:00Z", 1_767_225_600), ("2026-01-01 00:00", 1_767_225_600),
            ("2000-02-29T23:59:59Z", 951_868_799), ("1969-12-31T23:59:59Z", -1),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("2024-02-29", 1_709_164_800), ("1900-03-01", -2_203_891_200),
        ] as [(String, Int64)])
    func aTimeIsRead(_ text: String, _ seconds: Int64) throws {
        let time = try #require(UnixTime(text))
        #expect(time.seconds == seconds)
        #expect(UnixTime(time.description) == time)
    }

    @Test(arguments: [
        "", "2026", "2026-1-1", "2026-13-01", "2026-00-01", "2026-02-29", "1900-02-29", "2026-01-32",
        "2026-01-01T24:00Z",
        "2026-01-01T00:60Z", "2026-01-01T00:00:60Z", "2026-01-01T", "2026-01-01T00", "2026-01-01T00:00+01:00",
        "+026-01-01", "2026-01-01T00:00:00ZZ", "tomorrow", "٢٠٢٦-01-01",
    ])
    func whatIsNoTimeIsRefused(_ text: String) { #expect(UnixTime(text) == nil) }

    @Test func timeHasEnds() {
        #expect(UnixTime(seconds: .max).milliseconds == .max)
        #expect(UnixTime(milliseconds: .max).advanced(bySeconds: 1).milliseconds == .max)
        #expect(UnixTime(milliseconds: .min).advanced(bySeconds: -1).milliseconds == .min)
        #expect(UnixTime(milliseconds: -1).seconds == -1)
        #expect(UnixTime(milliseconds: .min).seconds < 0)
        #expect(!UnixTime(milliseconds: .min).description.isEmpty)
        #expect(!UnixTime(milliseconds: .max).description.isEmpty)
    }

    @Test(arguments: try vectors("names"))
    func aNameIsReadAsListed(_ record: VectorRecord) throws {
        var configuration = EngineConfiguration()
        configuration.realms = [
            Realm(name: "d", resolvers: ["local"], isDefault: true), Realm(name: "R", resolvers: ["local"]),
        ]
        let isSplit = record["splitting"] != "none"
        let name = try record.required("name")
        let identity = configuration.identity(
            userName: name.hasPrefix("\"") ? String(name.dropFirst().dropLast()) : name, realm: record["override"],
            splitting: UserNameSplitting(atSign: isSplit, backslash: isSplit))
        #expect(identity.login == record["login"])
        #expect(identity.realm == record["realm"])
        #expect(identity.resolvers.isEmpty == (record["unknown"] == "yes"))
    }

    @Test func withoutADefaultANameAloneIsOfNoRealm() {
        let configuration = EngineConfiguration(realms: [Realm(name: "r", resolvers: ["local"])])
        let identity = configuration.identity(userName: "alice", realm: nil)
        #expect(identity.realm == nil)
        #expect(identity.resolvers.isEmpty)
    }
}
