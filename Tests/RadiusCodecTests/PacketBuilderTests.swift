import Cryptography
import RadiusCodec
import TestSupport
import Testing

/// Packets that we make: signed first, Proxy-States last, never too large (RFC 2865 §3, RFC 3579 §3.2).
struct PacketBuilderTests {
    private static let authenticator = Authenticator(InlineArray { UInt8(0x10 + $0) })

    /// A request with these attributes, unsigned.
    private static func request(_ code: PacketCode = .accessRequest, _ attributes: [UInt8]) throws -> Packet {
        let size = 20 + attributes.count
        return try Packet(
            parsing: [code.rawValue, 7, UInt8(size >> 8), UInt8(size & 0xff)] + Array(0x10...0x1f) + attributes)
    }

    private static func attribute(_ line: String) throws -> EncodedAttribute {
        try DecodingTests.dictionary.dictionary.attribute(parsing: line)
    }

    @Test("a reply has Message-Authenticator first and every Proxy-State last, and satisfies its client")
    func reply() throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let request = try Self.request(.accessRequest, [33, 4, 0, 1, 1, 3, 97, 33, 2, 33, 5, 255, 255, 255])
        var builder = PacketBuilder(replying: .accessChallenge, to: request)
        try builder.append(.replyMessage, Array("Enter OTP".utf8))
        try builder.append(.state, Array("0123".utf8))
        let reply = try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        var types: [UInt8] = []
        reply.forEachAttribute { type, _ in types.append(type.rawValue) }
        #expect(types == [80, 18, 24, 33, 33, 33])
        #expect(reply.identifier == 7)
        #expect(PacketTests.judgement(reply, of: request, secret, &workspace) == "valid")
        #expect(Array(reply.octets.suffix(11)) == [33, 4, 0, 1, 33, 2, 33, 5, 255, 255, 255])
    }

    @Test("a reply to a request of nothing but Proxy-States brings all of them back, and satisfies its client")
    func proxyStatesAlone() throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let states = [UInt8]((0..<Packet.attributesMaximum).flatMap { _ in [33, 2] as [UInt8] })
        let request = try Self.request(.accessRequest, states)
        var builder = PacketBuilder(replying: .accessReject, to: request)
        try builder.append(.replyMessage, Array("No".utf8))
        let reply = try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        #expect(reply.octets.suffix(states.count) == states[...])
        #expect(PacketTests.judgement(reply, of: request, secret, &workspace) == "valid")
    }

    @Test("a reply to another request, by another secret, or changed, is none")
    func wrongReplies() throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let request = try Self.request(.accessRequest, [1, 3, 97])
        let good = PacketBuilder(replying: .accessAccept, to: request).finish(signedWith: secret, &workspace)
        var other = request.octets
        other[1] = 8
        let otherIdentifier = try Packet(parsing: other)
        other = request.octets
        other[19] ^= 1
        let otherAuthenticator = try Packet(parsing: other)
        let reply = try Packet(parsing: good)
        #expect(PacketTests.judgement(reply, of: otherIdentifier, secret, &workspace) == "otherIdentifier")
        #expect(
            PacketTests.judgement(reply, of: otherAuthenticator, secret, &workspace) == "responseAuthenticatorWrong")
        let otherSecret = try TestSetting.secret("other")
        #expect(PacketTests.judgement(reply, of: request, otherSecret, &workspace) == "responseAuthenticatorWrong")

        // A reply whose Response Authenticator is right and whose Message-Authenticator is not, as an attacker who can
        // forge MD5 would make it (CVE-2024-3596).
        var forged = good
        forged[22] ^= 1
        var digest = try MessageDigest(.md5)
        digest.update(Array(forged[0..<4]))
        digest.update(Array(request.octets[4..<20]))
        digest.update(Array(forged[20...]))
        digest.update(secret.octets.octets)
        let response: InlineArray<16, UInt8> = digest.finish()
        for index in 0..<16 { forged[4 + index] = response[index] }
        #expect(
            PacketTests.judgement(try Packet(parsing: forged), of: request, secret, &workspace)
                == "messageAuthenticatorWrong")
    }

    @Test("an unsigned reply is accepted only where that is asked for")
    func unsignedReply() throws {
        var workspace = try CodecWorkspace()
        let record = try #require(
            TestSetting.records("packets.txt").first { $0["reply"] == "messageAuthenticatorMissing" })
        let reply = try Packet(parsing: record.octets("octets"))
        let request = try Packet(parsing: record.octets("request"))
        let secret = try TestSetting.secret()
        #expect(throws: InvalidReply.messageAuthenticatorMissing) {
            try reply.verifyReply(to: request, secret: secret, &workspace)
        }
        try reply.verifyReply(to: request, secret: secret, signed: false, &workspace)
    }

    @Test("a request is signed first, unless a test wants it otherwise")
    func requests() throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        var builder = PacketBuilder(requesting: .accessRequest, identifier: 3, authenticator: Self.authenticator)
        try builder.append(.userName, Array("alice".utf8))
        let packet = try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        #expect(packet.messageAuthenticator(with: secret, &workspace) == .valid)
        #expect(packet.octets[20] == 80)
        #expect(packet.authenticator == Self.authenticator)
        let unsigned = PacketBuilder(
            requesting: .accessRequest, identifier: 3, authenticator: Self.authenticator, isSigned: false)
        #expect(unsigned.finish(signedWith: secret, &workspace).count == 20)
        let status = PacketBuilder(requesting: .statusServer, identifier: 3, authenticator: Self.authenticator)
        #expect(try Packet(parsing: status.finish(signedWith: secret, &workspace)).code == .statusServer)
    }

    @Test("what does not fit is refused, and leaves the packet as it was")
    func bounds() throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let proxyState: [UInt8] = [33, 102] + [UInt8](repeating: 1, count: 100)
        let request = try Self.request(.accessRequest, proxyState)
        var builder = PacketBuilder(replying: .accessAccept, to: request)
        #expect(throws: AttributeDoesNotFit.valueTooLarge(size: 254, maximum: 253)) {
            try builder.append(.classAttribute, [UInt8](repeating: 0, count: 254))
        }
        while builder.count + 255 <= Packet.sizeMaximum {
            try builder.append(.classAttribute, [UInt8](repeating: 0, count: 253))
        }
        try builder.append(.classAttribute, [UInt8](repeating: 0, count: 60))
        let room = Packet.sizeMaximum - builder.count
        let before = builder.count
        for size in [room - 1, room, 253] {
            #expect(throws: AttributeDoesNotFit.packetFull(limit: 4096)) {
                try builder.append(.classAttribute, [UInt8](repeating: 0, count: size))
            }
        }
        #expect(throws: AttributeDoesNotFit.packetFull(limit: 4096)) {
            try builder.append(password: SecretOctets([UInt8](repeating: 1, count: 128)))
        }
        let long = try Self.attribute("Test-Long-Octets = 0x\(String(repeating: "00", count: 600))")
        #expect(throws: AttributeDoesNotFit.packetFull(limit: 4096)) { try builder.append(long) }
        #expect(builder.count == before)
        try builder.append(.classAttribute, [UInt8](repeating: 0, count: room - 2))
        let packet = try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        #expect(packet.octets.count == Packet.sizeMaximum)
        #expect(PacketTests.judgement(packet, of: request, secret, &workspace) == "valid")
    }

    @Test(
        "a value that its form cannot carry is refused",
        arguments: [
            ("User-Name", 254), ("Cisco-AVPair", 248), ("Test-Tagged-String:1", 253), ("Test-Extended-String", 253),
            ("Example-Extended-String", 248), ("Test21-String", 247), ("Test22-String", 246), ("Test40-String", 246),
            ("Test10-String", 249), ("Test12-String", 247), ("Test-Extended-Text", 251),
            ("Test-Extended-Innermost", 249),
            ("User-Password", 129), ("Tunnel-Password:1", 240), ("MS-MPPE-Send-Key", 240), ("Framed-Route", 4000),
        ])
    func valueTooLarge(_ name: String, _ size: Int) throws {
        let largest = try Self.attribute("\(name) = \(String(repeating: "x", count: size - 1))")
        let tooLarge = try Self.attribute("\(name) = \(String(repeating: "x", count: size))")
        var builder = PacketBuilder(requesting: .accessRequest, identifier: 1, authenticator: Self.authenticator)
        if size < 1000 { try builder.append(largest) }
        let before = builder.count
        #expect(throws: AttributeDoesNotFit.self) { try builder.append(tooLarge) }
        #expect(builder.count == before)
    }

    @Test("an internal attribute is refused")
    func internalAttribute() throws {
        let definition = AttributeDefinition(name: "Auth-Type", path: AttributePath([1000]), type: .integer)
        var builder = PacketBuilder(requesting: .accessRequest, identifier: 1, authenticator: Self.authenticator)
        #expect(throws: AttributeDoesNotFit.notOfPackets) {
            try builder.append(EncodedAttribute(definition: definition, octets: [0, 0, 0, 1]))
        }
    }

    @Test("hidden values come back, and no two salts of a packet are the same")
    func hiddenValues() throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let request = try Self.request(.accessRequest, [])
        let lines = [
            "Tunnel-Password:1 = \"one\"", "Tunnel-Password:2 = \"\"", "Tunnel-Password:0 = \"fifteen octets!\"",
            "MS-MPPE-Send-Key = 0x000102030405060708090a0b0c0d0e0f", "MS-MPPE-Recv-Key = 0x10111213",
            "MS-CHAP-MPPE-Keys = 0x000102030405060708090a0b0c0d0e0f1011121314151617", "User-Password = \"hello\"",
            "Reply-Message = \"in the clear\"",
        ]
        var builder = PacketBuilder(replying: .accessAccept, to: request)
        for line in lines { try builder.append(Self.attribute(line)) }
        let reply = try Packet(parsing: builder.finish(signedWith: secret, &workspace))
        let dictionary = DecodingTests.dictionary.dictionary
        let shown = dictionary.lines(
            of: reply, secret: secret, requestAuthenticator: request.authenticator, showingSecrets: true, &workspace)
        #expect(Array(shown.dropFirst()) == lines)
        let salts = reply.values(of: .tunnelPassword).map { Array($0[1..<3]) }
        #expect(Set(salts).count == 3)
        #expect(salts.allSatisfy { $0[0] & 0x80 != 0 })
        let mistaken = dictionary.lines(
            of: reply, secret: try TestSetting.secret("other"), requestAuthenticator: request.authenticator,
            showingSecrets: true, &workspace)
        #expect(!mistaken.contains(lines[0]))
    }
}
