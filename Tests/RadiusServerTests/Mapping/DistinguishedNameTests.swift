import Testing

@testable import RadiusServer

@Suite struct DistinguishedNameTests {
    /// The examples of RFC 4514 §4, and what directories and people write.
    @Test(arguments: [
        ("UID=jsmith,DC=example,DC=net", ["uid=jsmith", "dc=example", "dc=net"]),
        ("OU=Sales+CN=J.  Smith,DC=example,DC=net", ["cn=j. smith+ou=sales", "dc=example", "dc=net"]),
        (
            "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net",
            ["cn=james \"jim\" smith, iii", "dc=example", "dc=net"]
        ),
        ("CN=Before\\0dAfter,DC=example,DC=net", ["cn=before\rafter", "dc=example", "dc=net"]),
        ("1.3.6.1.4.1.1466.0=#04024869", ["1.3.6.1.4.1.1466.0=#04024869"]),
        ("CN=Lu\\C4\\8Di\\C4\\87", ["cn=lučić"]),
        ("cn=a", ["cn=a"]),
        (" CN = a , OU = b ", ["cn=a", "ou=b"]),
        ("CN=\\ a\\ ", ["cn=a"]),
        ("CN=a  b   c", ["cn=a b c"]),
        ("CN=", ["cn="]),
        ("CN=,OU=x", ["cn=", "ou=x"]),
        ("CN=a=b", ["cn=a=b"]),
        ("CN=a#b", ["cn=a#b"]),
        ("CN=\\#a", ["cn=#a"]),
        ("CN=\\2B\\2c", ["cn=+,"]),
        ("CN=ÄÖ", ["cn=äö"]),
        ("2.5.4.3=a,2.5.4.11=b", ["cn=a", "ou=b"]),
        ("CN=#0c024A4b", ["cn=jk"]),
        ("CN=#1302", ["cn=#1302"]),
        ("CN=a/b:c", ["cn=a/b:c"]),
        ("x-y2=1", ["x-y2=1"]),
    ])
    func reads(_ text: String, _ components: [String]) throws {
        let name = try #require(DistinguishedName(text))
        let texts = name.components.map { $0.assertions.map { "\($0.type)=\($0.value)" }.joined(separator: "+") }
        #expect(texts == components)
    }

    @Test(arguments: [
        "", " ", "vpn-admins", "=a", "CN", "CN=a,", "CN=a,,OU=b", ",CN=a", "CN=a+", "CN=a+,OU=b", "CN=a;OU=b",
        "CN=\"a\"",
        "CN=a<b", "CN=a>b", "CN=a\\", "CN=a\\0", "CN=a\\zz", "CN=\\ff", "CN=a\u{0}", "C N=a", "1=a", "1.=a", ".1=a",
        "1..2=a", "01.2=a", "1.02=a", "C_N=a", "C.N=a", "-a=b", "CN=#", "CN=#0", "CN=#0g", "CN=#0c0248 x", "Ä=b",
        "DOMAIN\\vpn-admins", "a,b",
    ])
    func isNone(_ text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    @Test(arguments: [
        ("CN=VPN Admins,DC=Example", "cn=vpn  admins, dc=EXAMPLE"),
        ("CN=a+OU=b,DC=c", "OU=b+CN=a,DC=c"),
        ("CN=a\\,b", "CN=a\\2cb"),
        ("CN=\u{e9}", "CN=e\u{301}"),
        ("cn=\\  a", "CN=a"),
        ("0.9.2342.19200300.100.1.25=com", "DC=com"),
    ])
    func areTheSame(_ one: String, _ other: String) throws {
        let (one, other) = try (#require(DistinguishedName(one)), #require(DistinguishedName(other)))
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
    }

    @Test(arguments: [
        ("CN=a,DC=b", "CN=a"), ("CN=a", "OU=a"), ("CN=a+OU=b", "CN=a,OU=b"), ("CN=a,OU=b", "OU=b,CN=a"),
        ("CN=ab", "CN=a b"),
        ("CN=a\\,DC=b", "CN=a,DC=b"), ("CN=#0401", "CN=\\#0402"),
    ])
    func areNotTheSame(_ one: String, _ other: String) throws {
        #expect(try #require(DistinguishedName(one)) != #require(DistinguishedName(other)))
    }

    @Test func everyTextEnds() {
        var octets: [UInt8] = Array("CN=a\\,b+OU=#0c01,1.2=".utf8)
        for index in octets.indices {
            for octet in UInt8(0)...127 {
                let kept = octets[index]
                octets[index] = octet
                _ = DistinguishedName(String(decoding: octets, as: UTF8.self))
                octets[index] = kept
            }
        }
    }
}
