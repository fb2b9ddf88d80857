import Cryptography
import RadiusCodec

extension Fuzzing {
    /// A datagram as it came, and with a Length and a signature that are right, so that more of them get further.
    func checkPacket(_ datagram: [UInt8]) throws(BrokenProperty) {
        try checkDatagram(datagram)
        guard (Packet.headerSize...Packet.sizeMaximum).contains(datagram.count) else { return }
        var repaired = datagram
        repaired[2] = UInt8(datagram.count >> 8)
        repaired[3] = UInt8(datagram.count & 0xff)
        if repaired != datagram { try checkDatagram(repaired) }
    }

    private func checkDatagram(_ datagram: [UInt8]) throws(BrokenProperty) {
        let packet: Packet
        do throws(MalformedPacket) {
            packet = try Packet(parsing: datagram)
        } catch {
            return try demand(error.offset <= datagram.count, "\(error) lies behind the datagram")
        }
        try checkFraming(packet, of: datagram)
        var workspace = try Self.workspace()
        _ = packet.messageAuthenticator(with: secret, &workspace)
        _ = try? packet.password(hiddenWith: secret, embeddedNUL: .cut, &workspace)
        try checkReply(to: packet, &workspace)
        try checkText(of: packet, &workspace)
    }

    /// The attributes lie side by side from the header to the end, and the packet is the beginning of the datagram.
    private func checkFraming(_ packet: Packet, of datagram: [UInt8]) throws(BrokenProperty) {
        try demand(packet.octets.count <= Packet.sizeMaximum, "a packet of \(packet.octets.count) octets")
        try demand(datagram.starts(with: packet.octets), "the packet is not what came")
        var (end, count) = (Packet.headerSize, 0)
        var areSideBySide = true
        packet.forEachAttribute { _, range in
            areSideBySide = areSideBySide && range.lowerBound == end + 2
            end = range.upperBound
            count += 1
        }
        try demand(areSideBySide && end == packet.octets.count, "the attributes do not fill the packet")
        let isAnswer = [PacketCode.accessAccept, .accessReject, .accessChallenge].contains(packet.code)
        try demand(count <= Packet.attributesMaximum || isAnswer, "\(count) attributes")
        let again = try? Packet(parsing: packet.octets)
        try demand(again?.octets == packet.octets, "without its padding it is no packet any more")
    }

    /// What we answer, the client takes for an answer; an octet changed, it does not.
    private func checkReply(to request: Packet, _ workspace: inout CodecWorkspace) throws(BrokenProperty) {
        guard request.code == .accessRequest || request.code == .statusServer else { return }
        var octets = PacketBuilder(replying: .accessReject, to: request).finish(signedWith: secret, &workspace)
        guard let reply = try? Packet(parsing: octets) else {
            throw BrokenProperty(description: "our reply is no packet: \(Hexadecimal.text(octets))")
        }
        do throws(InvalidReply) {
            try reply.verifyReply(to: request, secret: secret, &workspace)
        } catch {
            throw BrokenProperty(description: "our reply is refused: \(error)")
        }
        octets[octets.count - 1] ^= 1
        guard let changed = try? Packet(parsing: octets) else { return }
        let isTaken = (try? changed.verifyReply(to: request, secret: secret, &workspace)) != nil
        try demand(!isTaken, "a changed reply is taken")
    }

    /// The lines that are printed for a packet, read back and encoded, are printed the same.
    private func checkText(of packet: Packet, _ workspace: inout CodecWorkspace) throws(BrokenProperty) {
        let attributes = dictionary.attributes(of: packet, secret: secret, &workspace)
        let octetCount = attributes.reduce(0) { $0 + $1.octets.count }
        try demand(
            octetCount <= packet.octets.count && attributes.count <= packet.octets.count,
            "\(attributes.count) attributes with \(octetCount) octets out of \(packet.octets.count)")
        var builder = PacketBuilder(
            requesting: .accessAccept, identifier: 1, authenticator: packet.authenticator, isSigned: false)
        var kept: [String] = []
        // One that is left out leaves something in its place: fragments with nothing between them would be one attribute.
        guard let separator = try? dictionary.attribute(parsing: "Attr-222 = 0x00") else {
            throw BrokenProperty(description: "Attr-222 cannot be read")
        }
        for attribute in attributes where attribute.definition.name != "Message-Authenticator" {
            if let again = try readBack(attribute), append(again, to: &builder) {
                kept.append(dictionary.line(of: again, showingSecrets: true))
            } else if append(separator, to: &builder) {
                kept.append(dictionary.line(of: separator, showingSecrets: true))
            } else {
                break
            }
        }
        let second = builder.finish(signedWith: secret, &workspace)
        // A value may come back in more octets than it had, so that 200 attributes become too many for another packet.
        guard let packetAgain = try? Packet(parsing: second) else { return }
        let linesAgain = dictionary.lines(of: packetAgain, secret: secret, showingSecrets: true, &workspace)
        try demand(
            Self.countable(linesAgain) == Self.countable(kept), "\(kept) came back from a packet as \(linesAgain)")
    }

    /// What an attribute's line says, if it can be read.
    private func readBack(_ attribute: EncodedAttribute) throws(BrokenProperty) -> EncodedAttribute? {
        // A NUL at the end of a string is not shown.
        if attribute.definition.type == .string, attribute.octets.last == 0 { return nil }
        let line = dictionary.line(of: attribute, showingSecrets: true)
        guard let again = try? dictionary.attribute(parsing: line) else { return nil }
        let lineAgain = dictionary.line(of: again, showingSecrets: true)
        // Bits behind the length of a prefix are shown as they came, and never sent.
        let isPrefix = [.ipv4prefix, .ipv6prefix].contains(attribute.definition.type)
        try demand(lineAgain == line || isPrefix, "\(line) came back as \(lineAgain)")
        return again
    }

    /// - Returns: whether the packet has got any larger.
    private func append(_ attribute: EncodedAttribute, to builder: inout PacketBuilder) -> Bool {
        let before = builder.count
        return (try? builder.append(attribute)) != nil && builder.count > before
    }

    /// Attributes that follow each other are one when they are concatenated, so that their number is no property.
    private static func countable(_ lines: [String]) -> [String] {
        let prefixes = ["EAP-Message", "Test-Concat", "PKM-", "EAPoL-"]
        return lines.filter { line in !line.hasSuffix(" = 0x") && !prefixes.contains { line.hasPrefix($0) } }
    }
}
