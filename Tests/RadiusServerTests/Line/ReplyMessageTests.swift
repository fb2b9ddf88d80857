import Testing

@testable import RadiusServer

@Suite("A long text becomes several Reply-Messages (RFC 2865 §5.18)")
struct ReplyMessageTests {
    @Test("the parts have at most 253 octets and make the text again", arguments: [1, 252, 253, 254, 506, 507, 2000])
    func parts(_ count: Int) throws {
        for character in ["a", "ü", "€", "🔑"] {
            let text = String(repeating: character, count: count)
            let parts = text.replyMessages
            #expect(parts.allSatisfy { (1...253).contains($0.count) })
            #expect(parts.flatMap { $0 } == Array(text.utf8))
            #expect(parts.allSatisfy { String(validating: $0, as: UTF8.self) != nil }, "cut within a character")
        }
    }

    @Test("an empty text makes none")
    func empty() { #expect("".replyMessages.isEmpty) }
}
