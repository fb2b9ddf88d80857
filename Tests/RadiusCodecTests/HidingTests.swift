import Cryptography
import Foundation
import RadiusCodec
import TestSupport
import Testing

/// User-Password (RFC 2865 §5.2), salted values (RFC 2868 §3.5) and Ascend's secrets.
struct HidingTests {
    /// A request with these attributes.
    private static func request(_ authenticator: [UInt8], _ attributes: [UInt8]) throws -> Packet {
        let size = 20 + attributes.count
        return try Packet(parsing: [1, 1, UInt8(size >> 8), UInt8(size & 0xff)] + authenticator + attributes)
    }

    @Test("a User-Password is revealed, or refused by name", arguments: try TestSetting.records("user-password.txt"))
    func reveal(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let secret = try SharedSecret(SecretOctets(record.octets("secret")))
        let hidden = try record.octets("hidden")
        let packet = try Self.request(record.octets("authenticator"), [2, UInt8(2 + hidden.count)] + hidden)
        do throws(MalformedAttribute) {
            let password = try packet.password(hiddenWith: secret, &workspace)
            #expect(password?.octets.hexadecimal == record["password"])
        } catch {
            #expect(error.reason.rawValue == record["error"])
        }
        guard record["cut"] != nil else { return }
        let cut = try packet.password(hiddenWith: secret, embeddedNUL: .cut, &workspace)
        #expect(cut?.octets.hexadecimal == record["cut"])
    }

    @Test("a User-Password is hidden as others hide it", arguments: try TestSetting.records("user-password.txt"))
    func hide(_ record: VectorRecord) throws {
        guard record["password"] != nil else { return }
        var workspace = try CodecWorkspace()
        let secret = try SharedSecret(SecretOctets(record.octets("secret")))
        let authenticator = try #require(Authenticator(record.octets("authenticator")))
        var builder = PacketBuilder(requesting: .accessRequest, identifier: 1, authenticator: authenticator)
        try builder.append(password: SecretOctets(record.octets("password")))
        let packet = try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        #expect(packet.first(.userPassword)?.hexadecimal == record["hidden"])
        #expect(packet.messageAuthenticator(with: secret, &workspace) == .valid)
    }

    @Test("a second User-Password is refused")
    func repeated() throws {
        var workspace = try CodecWorkspace()
        let one = [2, 18] + [UInt8](repeating: 0x55, count: 16)
        let packet = try Self.request([UInt8](repeating: 1, count: 16), one + one)
        #expect(throws: MalformedAttribute(.userPassword, .repeated)) {
            try packet.password(hiddenWith: TestSetting.secret(), &workspace)
        }
    }

    @Test("a password of more than 128 octets is refused", arguments: [129, 200, 253, 5000])
    func tooLong(_ size: Int) throws {
        var builder = PacketBuilder(
            requesting: .accessRequest, identifier: 1, authenticator: Authenticator(.init(repeating: 0)))
        #expect(throws: AttributeDoesNotFit.valueTooLarge(size: size, maximum: 128)) {
            try builder.append(password: SecretOctets([UInt8](repeating: 0x61, count: size)))
        }
    }

    /// The dictionary with Ascend's secrets, which the shipped one does not have.
    private static let dictionary = AttributeDictionary.load(file: "/test") { path in
        path == "/test"
            ? Array(
                """
                $INCLUDE \(TestSetting.root.path)/dictionary
                VENDOR Ascend 529
                BEGIN-VENDOR Ascend
                ATTRIBUTE Ascend-Send-Secret 214 string encrypt=3
                END-VENDOR Ascend
                """.utf8) : TestSetting.contents(path)
    }.dictionary

    @Test("a hidden value is revealed, or kept as octets", arguments: try TestSetting.records("hidden-values.txt"))
    func values(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let definition = try #require(Self.dictionary.definition(named: record.required("attribute")))
        let value = try record.octets("value")
        var attribute = [UInt8(definition.path.numbers.last ?? 0), UInt8(2 + value.count)] + value
        if definition.path.vendor > 0 {
            let vendor = [0, 0, UInt8(definition.path.vendor >> 8), UInt8(definition.path.vendor & 0xff)]
            attribute = [26, UInt8(6 + attribute.count)] + vendor + attribute
        }
        let packet = try Self.request(Array(0x10...0x1f), attribute)
        let lines = Self.dictionary.lines(
            of: packet, secret: try TestSetting.secret(), showingSecrets: true, &workspace)
        #expect(lines == [try record.required("line")])
        let silent = Self.dictionary.lines(of: packet, secret: try TestSetting.secret(), &workspace)
        if !lines[0].hasPrefix("Attr-") { #expect(silent[0].hasSuffix(" = <<< secret >>>")) }
    }
}
