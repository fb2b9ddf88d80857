import Cryptography
import RadiusCodec
import TestSupport
import Testing

/// Values as people write them (RFC 8044 §3).
struct ValueTests {
    private static let dictionary = DecodingTests.dictionary.dictionary

    @Test(
        "a text becomes octets, or the complaint says what was expected",
        arguments: try TestSetting.records("values.txt"))
    func encode(_ record: VectorRecord) throws {
        let definition = try #require(Self.dictionary.definition(named: record.required("attribute")))
        let text = try record.required("text")
        do throws(AttributeValueError) {
            let value = try Self.dictionary.encode(text, as: definition, tag: record["tag"].flatMap { UInt8($0) })
            #expect(value.octets.hexadecimal == record["octets"])
        } catch {
            let expected = try #require(record["error"], "\(error)")
            #expect(error.description.contains(expected))
        }
    }

    @Test("what is printed as text is read back as the same octets", arguments: try TestSetting.records("values.txt"))
    func readBack(_ record: VectorRecord) throws {
        guard record["error"] == nil else { return }
        let definition = try #require(Self.dictionary.definition(named: record.required("attribute")))
        let value = try Self.dictionary.encode(record.required("text"), as: definition)
        let text = Self.dictionary.text(of: value)
        #expect(try Self.dictionary.encode(text, as: definition) == value)
    }

    @Test(
        "whatever is as large as a filter, its text is read back as the same octets", arguments: 0..<10 as Range<UInt64>
    )
    func filters(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let definition = try #require(Self.dictionary.definition(named: "Test-Filter"))
        var (filters, others) = (0, 0)
        for _ in 0..<1000 {
            var octets = [UInt8](repeating: 0, count: 32)
            octets[0] = UInt8.random(in: 0...3, using: &generator)
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                octets[Int.random(in: 1...31, using: &generator)] =
                    Bool.random(using: &generator) ? 1 : UInt8.random(in: 0...255, using: &generator)
            }
            let value = EncodedAttribute(definition: definition, octets: octets)
            let text = Self.dictionary.text(of: value)
            #expect(try Self.dictionary.encode(text, as: definition) == value, "\(text)")
            if text.hasPrefix("0x") { others += 1 } else { filters += 1 }
        }
        #expect(filters > 50)
        #expect(others > filters)
    }

    @Test("a secret value is not in the complaint about it")
    func secretValue() throws {
        let (dictionary, _) = AttributeDictionary.load(file: "a") { _ in
            Array("ATTRIBUTE Key 240 octets encrypt=2\nATTRIBUTE PIN 241 integer secret\n".utf8)
        }
        let definition = try #require(dictionary.definition(named: "Key"))
        let error = #expect(throws: AttributeValueError.self) { try dictionary.encode("0x12345", as: definition) }
        #expect(error?.description == "the value is no value of Key (expected 0x and pairs of hexadecimal digits)")
    }

    @Test("an internal attribute stands in no packet")
    func internalAttribute() throws {
        let (dictionary, _) = AttributeDictionary.load(file: "a") { _ in
            Array("ATTRIBUTE Auth-Type 1000 integer\nATTRIBUTE Other 1001 string virtual\n".utf8)
        }
        for name in ["Auth-Type", "Other"] {
            let definition = try #require(dictionary.definition(named: name))
            #expect(throws: AttributeValueError.self) { try dictionary.encode("1", as: definition) }
        }
    }

    @Test(
        "an attribute is read from its line",
        arguments: [
            ("User-Name = \"bob\"", "User-Name", "626f62"), ("user-name=bob", "User-Name", "626f62"),
            ("  User-Name\t=  bob  ", "User-Name", "626f62"), ("Class = \"0x0102\"", "Class", "0102"),
            ("Reply-Message = \"a\\n\\\"b\\\" \\\\ \\377\"", "Reply-Message", "610a22622220 5c20ff"),
            ("Reply-Message = \\x", "Reply-Message", "5c78"), ("Attr-26.9.200 = 0x01", "Attr-26.9.200", "01"),
            ("Attr-222 = 0x", "Attr-222", ""), ("Tunnel-Type:1 = VLAN", "Tunnel-Type", "0000000d"),
            ("Service-Type = \"Login-User\"", "Service-Type", "00000001"),
        ])
    func line(_ line: String, _ name: String, _ octets: String) throws {
        let attribute = try Self.dictionary.attribute(parsing: line)
        #expect(attribute.definition.name == name)
        #expect(attribute.octets.hexadecimal == octets.filter { $0 != " " })
    }

    @Test("what a complaint repeats acts on no terminal", arguments: ["User-Nam\u{1b}[2J = x", "Class:\u{9b}2J = x"])
    func harmless(_ line: String) throws {
        let error = #expect(throws: AttributeValueError.self) { try Self.dictionary.attribute(parsing: line) }
        #expect(
            error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
                == true)
    }

    @Test(
        "a line that is no attribute is refused",
        arguments: [
            "", "=", "User-Name", "User-Nane = x", "Attr-0 = 0x", "Attr-256 = 0x", "Attr- = 0x", "Attr-26.9.256 = 0x",
            "Attr-26.16777216.1 = 0x", "Attr-241.1.2.3.4.5.6.7.8 = 0x", "Attr-1.x = 0x", "Attr-222 = 0x1",
            "Tunnel-Type:32 = VLAN",
            "Tunnel-Type: = VLAN", "Tunnel-Type:x = VLAN", "User-Name:1 = bob", "NAS-Port = \"x\"",
            "Attr-99999999999 = 0x",
            "Attr-241.256 = 0x", "Session-Timeout = ", "Attr-26.9 = 0x01", "Attr-241.26.9 = 0x01", "Attr-+1 = 0x01",
            "Attr--0 = 0x01",
        ])
    func badLine(_ line: String) {
        #expect(throws: AttributeValueError.self) { try Self.dictionary.attribute(parsing: line) }
    }
}
