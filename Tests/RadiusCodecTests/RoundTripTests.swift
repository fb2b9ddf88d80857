import Cryptography
import RadiusCodec
import TestSupport
import Testing

/// Packets that nobody wrote: random ones, and good ones with something changed. Whatever comes, nothing traps; what is
/// decoded and encoded again is decoded the same.
struct RoundTripTests {
    private static let dictionary = DecodingTests.dictionary.dictionary

    /// Everything that a server does with a packet from outside.
    private static func exercise(
        _ octets: [UInt8], _ secret: SharedSecret, _ workspace: inout CodecWorkspace
    ) throws {
        let packet: Packet
        do throws(MalformedPacket) {
            packet = try Packet(parsing: octets)
        } catch {
            #expect(error.offset <= octets.count)
            return
        }
        _ = packet.messageAuthenticator(with: secret, &workspace)
        _ = try? packet.password(hiddenWith: secret, embeddedNUL: .cut, &workspace)
        let request = try #require(TestSetting.request)
        _ = PacketTests.judgement(packet, of: request, secret, &workspace)
        _ = dictionary.lines(of: packet, secret: secret, &workspace)
        let reply = PacketBuilder(replying: .accessReject, to: packet).finish(signedWith: secret, &workspace)
        if packet.code == .accessRequest || packet.code == .statusServer { #expect(reply.count <= Packet.sizeMaximum) }

        let attributes = dictionary.attributes(of: packet, secret: secret, &workspace)
        let lines = attributes.map { dictionary.line(of: $0, showingSecrets: true) }
        var builder = PacketBuilder(
            requesting: .accessAccept, identifier: 1, authenticator: packet.authenticator, isSigned: false)
        var kept: [String] = []
        for (attribute, line) in zip(attributes, lines) where attribute.definition.name != "Message-Authenticator" {
            // A NUL at the end of a string is not shown.
            if attribute.definition.type == .string, attribute.octets.last == 0 { continue }
            let before = builder.count
            guard let again = try? dictionary.attribute(parsing: line), (try? builder.append(again)) != nil,
                builder.count > before
            else { continue }
            let lineAgain = dictionary.line(of: again, showingSecrets: true)
            // Bits behind the length of a prefix are shown as they came, and never sent.
            let isPrefix = [.ipv4prefix, .ipv6prefix].contains(attribute.definition.type)
            #expect(lineAgain == line || isPrefix, "\(line) came back as \(lineAgain)")
            kept.append(lineAgain)
        }
        let second = builder.finish(signedWith: secret, &workspace)
        // A value may come back in more octets than it had, so that 200 attributes become too many for another packet.
        guard let packet = try? Packet(parsing: second) else { return }
        let linesAgain = dictionary.lines(of: packet, secret: secret, showingSecrets: true, &workspace)
        #expect(joined(linesAgain) == joined(kept))
    }

    /// Attributes that follow each other are one when they are concatenated, so that their number is no property.
    private static func joined(_ lines: [String]) -> [String] {
        lines.filter {
            !$0.hasPrefix("EAP-Message") && !$0.hasPrefix("Test-Concat") && !$0.hasPrefix("PKM-")
                && !$0.hasPrefix("EAPoL-") && !$0.hasSuffix(" = 0x")
        }
    }

    @Test("random octets", arguments: 0..<20)
    func random(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        for _ in 0..<200 {
            let octets = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            try Self.exercise(octets, secret, &workspace)
        }
    }

    @Test("random attributes in a good frame", arguments: 0..<20)
    func framed(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &+ 100)
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let containers: [UInt8] = [26, 26, 26, 173, 192, 200, 201, 241, 245, 245, 246]
        let vendors: [[UInt8]] = [[0, 0, 0, 9], [0, 0, 1, 55]] + (0...6).map { [0, 0, 0x7e, 0xd9 + $0] }
        for _ in 0..<200 {
            var attributes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let type =
                    Bool.random(using: &generator)
                    ? UInt8.random(in: 1...255, using: &generator) : containers.randomElement(using: &generator) ?? 26
                var value = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    // Small numbers are lengths, types and flags more often than others.
                    Bool.random(using: &generator)
                        ? UInt8.random(in: 0...12, using: &generator) : UInt8.random(in: 0...255, using: &generator)
                }
                if type == 26, let vendor = vendors.randomElement(using: &generator) { value = vendor + value }
                if type >= 241, let first = [UInt8]([26, 250, 251, 252]).randomElement(using: &generator) {
                    value.insert(first, at: 0)
                }
                attributes += [type, UInt8(2 + value.count)] + value
            }
            let size = 20 + attributes.count
            let octets = [UInt8.random(in: 1...13, using: &generator), 1, UInt8(size >> 8), UInt8(size & 0xff)]
            try Self.exercise(octets + Array(0x10...0x1f) + attributes, secret, &workspace)
        }
    }

    @Test("good packets with something changed", arguments: try TestSetting.records("packets.txt"))
    func mutated(_ record: VectorRecord) throws {
        var generator = SeededGenerator(seed: UInt64(record.line))
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let good = try record.octets("octets")
        for _ in 0..<100 {
            var octets = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !octets.isEmpty {
                let index = Int.random(in: 0..<octets.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: octets[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: octets.remove(at: index)
                case 2: octets.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: octets[index] = octets[index] &+ 1
                }
            }
            try Self.exercise(octets, secret, &workspace)
            // The same with a Length that is right, so that more of them get further.
            guard octets.count >= 20 else { continue }
            octets[2] = UInt8(octets.count >> 8)
            octets[3] = UInt8(octets.count & 0xff)
            try Self.exercise(octets, secret, &workspace)
        }
    }

    @Test("every prefix of a good packet", arguments: try TestSetting.records("packets.txt"))
    func cut(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let good = try record.octets("octets")
        for count in 0..<good.count {
            var octets = Array(good[..<count])
            #expect(throws: MalformedPacket.self) { try Packet(parsing: octets) }
            guard count >= 20 else { continue }
            octets[2] = UInt8(count >> 8)
            octets[3] = UInt8(count & 0xff)
            try Self.exercise(octets, secret, &workspace)
        }
    }
}
