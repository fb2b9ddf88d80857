import Cryptography
import Foundation
import RadiusCodec
import TestSupport
import Testing

/// Attributes in every form of the wire: decoded, printed, read back, encoded.
struct DecodingTests {
    /// The shipped dictionary and ``forms.dictionary``.
    static let dictionary = AttributeDictionary.load(file: "/test") { path in
        path == "/test"
            ? Array(
                """
                $INCLUDE \(TestSetting.root.path)/dictionary
                $INCLUDE \(TestSetting.vectors.path)/forms.dictionary
                """.utf8) : TestSetting.contents(path)
    }

    /// A reply with these attributes, and with a Message-Authenticator where there is EAP, which may not go without.
    static func packet(_ attributes: [UInt8]) throws -> Packet {
        let attributes = attributes.first == 79 ? attributes + [80, 18] + [UInt8](repeating: 0, count: 16) : attributes
        let size = 20 + attributes.count
        return try Packet(parsing: [2, 1, UInt8(size >> 8), UInt8(size & 0xff)] + Array(0x10...0x1f) + attributes)
    }

    @Test("the dictionary of the forms is good")
    func formsAreGood() { #expect(Self.dictionary.diagnostics == []) }

    @Test("attributes are printed as radclient prints them", arguments: try TestSetting.records("decoding.txt"))
    func lines(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let packet = try Self.packet(record.octets("attributes"))
        let lines = Self.dictionary.dictionary.lines(of: packet, secret: nil, showingSecrets: true, &workspace)
        #expect(lines.filter { !$0.hasPrefix("Message-Authenticator") } == record.all("line"))
    }

    @Test("printed attributes, read back, give the same octets", arguments: try TestSetting.records("decoding.txt"))
    func readBack(_ record: VectorRecord) throws {
        guard record["encoded"] != "none" else { return }
        var workspace = try CodecWorkspace()
        let expected = try record.octets(record["encoded"] == nil ? "attributes" : "encoded")
        let secret = try TestSetting.secret()
        let authenticator = try #require(Authenticator(Array(0x10...0x1f)))
        var builder = PacketBuilder(
            requesting: .accessRequest, identifier: 1, authenticator: authenticator, isSigned: false)
        for line in record.all("line") { try builder.append(Self.dictionary.dictionary.attribute(parsing: line)) }
        let octets = builder.finish(signedWith: secret, &workspace)
        if record.all("line").isEmpty {
            #expect(octets.count == 20)
        } else {
            #expect(Array(octets[20...]).hexadecimal == expected.hexadecimal)
        }
    }

    @Test("RFC 6929 §9: every example", arguments: try TestSetting.records("rfc6929.txt"))
    func extendedExamples(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let name = try record.required("dictionary")
        let (dictionary, diagnostics) = TestSetting.load(TestSetting.vectors.appending(path: name).path)
        #expect(diagnostics == [])
        let octets = try record.octets("attributes")
        let lines = dictionary.lines(of: try Self.packet(octets), secret: nil, &workspace)
        #expect(lines == record.all("line"))
    }

    @Test("without the secret a hidden value stays as it came, and is shown only on demand")
    func hiddenWithoutSecret() throws {
        var workspace = try CodecWorkspace()
        let packet = try Self.packet([2, 18] + [UInt8](repeating: 0xab, count: 16) + [24, 3, 1])
        let dictionary = TestSetting.dictionary
        #expect(
            dictionary.lines(of: packet, secret: nil, showingSecrets: true, &workspace) == [
                "User-Password = 0x" + String(repeating: "ab", count: 16), "State = 0x01",
            ])
        #expect(
            dictionary.lines(of: packet, secret: nil, &workspace) == [
                "User-Password = <<< secret >>>", "State = <<< secret >>>",
            ])
    }

    @Test("several values in one attribute are several attributes")
    func arrays() throws {
        var workspace = try CodecWorkspace()
        let (dictionary, diagnostics) = AttributeDictionary.load(file: "a") { _ in
            Array("ATTRIBUTE Test-Addresses 240 ipaddr array\n".utf8)
        }
        #expect(diagnostics == [])
        let two = try Self.packet([240, 10, 192, 0, 2, 1, 192, 0, 2, 2])
        #expect(
            dictionary.lines(of: two, secret: nil, &workspace) == [
                "Test-Addresses = 192.0.2.1", "Test-Addresses = 192.0.2.2",
            ])
        let odd = try Self.packet([240, 9, 192, 0, 2, 1, 192, 0, 2])
        #expect(dictionary.lines(of: odd, secret: nil, &workspace) == ["Attr-240 = 0xc0000201c00002"])
    }
}
