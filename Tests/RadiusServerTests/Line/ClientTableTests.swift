import Cryptography
import RadiusCodec
import Testing
import TokenEngine

@testable import RadiusServer

@Suite("The longest prefix finds the client")
struct ClientTableTests {
    private static func table(_ prefixes: [String]) throws -> ClientTable {
        let (dictionary, _) = AttributeDictionary.load(file: "none") { (_) throws(Never) -> [UInt8]? in nil }
        let mapping = AttributeMapping(dictionary: dictionary)
        let secret = try SharedSecret(SecretOctets(utf8: "a secret of no consequence"))
        return ClientTable(
            try prefixes.map { text in
                Client(
                    name: text, prefixes: [try #require(IPAddressPrefix(text))], secret: secret,
                    requireMessageAuthenticator: .yes, limitProxyState: .yes, realm: nil,
                    splitting: UserNameSplitting(), characterSet: nil, mapping: mapping)
            })
    }

    @Test(
        "each address has the client of the narrowest network around it",
        arguments: [
            ("192.0.2.66", "192.0.2.66"), ("192.0.2.67", "192.0.2.0/24"), ("192.0.3.1", "0.0.0.0/0"),
            ("10.1.2.3", "10.0.0.0/8"), ("::ffff:10.1.2.3", "10.0.0.0/8"), ("2001:db8::1", "2001:db8::1"),
            ("2001:db8::2", "2001:db8::/64"),
        ])
    func longest(_ address: String, _ name: String) throws {
        let table = try Self.table([
            "0.0.0.0/0", "10.0.0.0/8", "192.0.2.0/24", "192.0.2.66", "2001:db8::/64", "2001:db8::1",
        ])
        #expect(table.client(at: try #require(IPAddress(address)))?.name == name)
    }

    @Test("strangers have none", arguments: ["192.0.3.1", "192.0.1.255", "2001:db8:0:1::1", "::1", "127.0.0.1"])
    func strangers(_ address: String) throws {
        let table = try Self.table(["192.0.2.0/24", "2001:db8::/64"])
        #expect(table.client(at: try #require(IPAddress(address))) == nil)
    }

    @Test("an IPv4 network of everything covers no IPv6 address")
    func families() throws {
        let table = try Self.table(["0.0.0.0/0"])
        #expect(table.client(at: try #require(IPAddress("2001:db8::1"))) == nil)
    }

    /// What a lookup costs is the number of different prefix lengths, however many clients there are.
    @Test("five thousand clients are looked for in as many steps as five", arguments: [5, 5000])
    func many(_ count: Int) throws {
        let hosts = (0..<count - 3).map { "10.\($0 >> 8).\($0 & 255).7" }
        let table = try Self.table(hosts + ["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32"])
        #expect(table.steps(for: .v4) == 3)
        #expect(table.steps(for: .v6) == 1)
        for host in hosts { #expect(table.client(at: try #require(IPAddress(host)))?.name == host) }
        #expect(table.client(at: try #require(IPAddress("10.255.255.8")))?.name == "10.0.0.0/8")
        #expect(table.client(at: try #require(IPAddress("11.0.0.1")))?.name == "0.0.0.0/0")
        #expect(table.client(at: try #require(IPAddress("2001:db9::1"))) == nil)
    }

    @Test("every length of prefix has its turn, the longest first")
    func lengths() throws {
        let prefixes = (0...32).map { length in
            let mask = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
            let bits = 0xc000_0280 & mask
            return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)/\(length)"
        }
        let table = try Self.table(prefixes)
        #expect(table.steps(for: .v4) == 33)
        for (length, prefix) in prefixes.enumerated() where length < 32 {
            // The first address that differs in the bit behind the prefix.
            let bits = 0xc000_0280 ^ (UInt32(1) << UInt32(31 - length))
            let address = IPAddress(v4: bits)
            #expect(table.client(at: address)?.name == prefix, "\(address)")
        }
        #expect(table.client(at: IPAddress(v4: 0xc000_0280))?.name == prefixes[32])
    }
}
