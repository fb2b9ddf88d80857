import Cryptography
import TestSupport
import Testing

/// Octets as text (RFC 4648).
struct EncodingTests {
    @Test("a text is read as its octets, or refused", arguments: try TestFiles.records("encodings.txt"))
    func encodings(_ record: VectorRecord) throws {
        let text = try record.required("text")
        let octets = record["encoding"] == "base32" ? Base32.octets(text) : Hexadecimal.octets(text)
        #expect(octets.map { Hexadecimal.text($0) } == record["octets"])
        guard let octets else { return }
        let again = record["encoding"] == "base32" ? Base32.text(octets.span) : Hexadecimal.text(octets)
        #expect(again.lowercased() == text.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    @Test("every octet survives")
    func everyOctet() {
        let octets = (0...255).map { UInt8($0) }
        #expect(Hexadecimal.octets(Hexadecimal.text(octets)) == octets)
        #expect(Base32.octets(Base32.text(octets.span)) == octets)
    }
}
