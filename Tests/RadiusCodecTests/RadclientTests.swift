import Cryptography
import Foundation
import RadiusCodec
import TestSupport
import Testing

/// The same attributes through FreeRADIUS's client, where it is installed: it reads and encodes what we print, we decode
/// that; it decodes what we encode, and prints it as we do.
@Suite(.enabled(if: RadclientExchange.isInstalled, "there is no radclient: install freeradius-utils"))
struct RadclientTests {
    /// What a client takes for more than a value, or a reply has in a place of its own.
    private static let peculiar: Set<String> = [
        "User-Password", "CHAP-Password", "ARAP-Password", "EAP-Message", "Message-Authenticator", "Proxy-State",
    ]

    /// What radclient 3.2.1 does not encode as it should, or we do otherwise on purpose; replies carry these too.
    private static func standsInRequests(_ attribute: EncodedAttribute) -> Bool {
        // Salted by the request that is answered, so that there is no salt in a request.
        guard attribute.definition.encryption == nil else { return false }
        // It makes filters of octets that are too few for one; we carry them as they are.
        guard attribute.definition.type != .abinary || attribute.octets.count == 32 else { return false }
        // It cuts TLVs where those of one parent do not fit one Vendor-Specific together.
        return !attribute.definition.name.hasPrefix("FreeRADIUS-EAP-FAST-")
    }

    /// decoding.txt has what it prints for octets; this keeps that honest against the release at hand.
    @Test("radclient reads our lines, prints them as we do, and encodes what we decode as the same")
    func lines() throws {
        // What it cannot read or does not know: raw attributes, lines that it cuts, and names of ours alone.
        let requests = try TestSetting.records("decoding.txt")
            .filter { $0["note"] == nil && $0["encoded"] == nil }
            .map { record in record.all("line").filter { !$0.hasPrefix("Attr-") && $0.utf8.count < 1000 } }
            .filter { !$0.isEmpty }
        let exchange = try RadclientExchange(requests: requests, replies: [])
        #expect(exchange.sent.count == requests.count, "\(exchange.errors)")
        for (number, lines) in requests.enumerated() { expectSame(exchange.sent[number], lines, "radclient prints") }
    }

    /// What radclient 3.2.1 does not decode, not even what it has encoded itself: long extended attributes in fragments.
    private static func standsInReplies(_ attribute: EncodedAttribute) -> Bool {
        ![245, 246].contains(attribute.definition.path.numbers[0]) || attribute.octets.count <= 250
    }

    @Test(
        "every attribute of the installed dictionary goes through radclient, both ways", arguments: [1, 2] as [UInt64])
    func everyAttribute(_ seed: UInt64) throws {
        let dictionary = RadclientExchange.dictionary
        var values = RandomValue(generator: SeededGenerator(seed: seed), dictionary: dictionary)
        let definitions = Set(dictionary.definitions.map(\.path)).compactMap { dictionary.definition(at: $0) }
            .filter { !$0.isInternal && !Self.peculiar.contains($0.name) }
            // The TLVs of RFC 6930, which radclient 3.2.1 neither encodes nor decodes outside of a Vendor-Specific.
            .filter { $0.path.numbers[0] != 173 }
            .sorted { $0.path.description < $1.path.description }
        let attributes = definitions.compactMap { values.attribute($0) }
        #expect(attributes.count > 6000)

        try compare(attributes)
    }

    @Test("filters of every kind go through radclient, both ways", arguments: [1, 2] as [UInt64])
    func filters(_ seed: UInt64) throws {
        let dictionary = RadclientExchange.dictionary
        var values = RandomValue(generator: SeededGenerator(seed: seed), dictionary: dictionary)
        let definition = try #require(dictionary.definition(named: "Ascend-Data-Filter"))
        let attributes = (0..<500).compactMap { _ in values.attribute(definition) }
        for kind in ["generic", "ip", "ipx"] {
            #expect(attributes.filter { dictionary.text(of: $0).hasPrefix("\(kind) ") }.count > 50)
        }
        try compare(attributes)
    }

    private func compare(_ attributes: [EncodedAttribute]) throws {
        let dictionary = RadclientExchange.dictionary
        let packets = stride(from: 0, to: attributes.count, by: 20).map { attributes[$0...].prefix(20) }
        func lines(_ stands: (EncodedAttribute) -> Bool) -> [[String]] {
            packets.map { $0.filter(stands).map { dictionary.line(of: $0, showingSecrets: true) } }
        }
        let requests = lines(Self.standsInRequests)
        let replies = lines(Self.standsInReplies)
        let exchange = try RadclientExchange(
            requests: requests, replies: packets.map { $0.filter(Self.standsInReplies) })
        #expect(exchange.requests.count == packets.count, "\(exchange.errors)")

        var workspace = try CodecWorkspace()
        for number in packets.indices {
            expectSame(exchange.received[number], replies[number].map(Self.cut), "radclient decodes what we encode")
            expectSame(exchange.sent[number], requests[number].map(Self.cut), "radclient reads and prints our lines")
            guard let packet = exchange.requests[number] else { continue }
            let decoded = dictionary.lines(of: packet, secret: nil, showingSecrets: true, &workspace)
            expectSame(Array(decoded.dropFirst()), requests[number], "we decode what radclient encodes")
        }
    }

    /// What radclient 3.2.1 prints of a generic filter whose mask has six octets, and it reads no others: no offset, and
    /// not even the quote at the end.
    private static func cut(_ line: String) -> String {
        line.firstMatch(of: /^.* = "generic \w+ \w+(?= \d+ [0-9a-f]{12} )/).map { String($0.output) } ?? line
    }

    /// Names the lines that differ, and not the others with them.
    private func expectSame(_ actual: [String]?, _ expected: [String], _ what: Comment) {
        for change in (actual ?? []).difference(from: expected) {
            switch change {
            case .insert(_, let line, _): Issue.record("\(what): it has \(line)")
            case .remove(_, let line, _): Issue.record("\(what): it lacks \(line)")
            }
        }
    }
}
