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
}
