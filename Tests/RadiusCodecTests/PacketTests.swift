import Cryptography
import RadiusCodec
import TestSupport
import Testing

/// Datagrams that are packets, and the many that are none (RFC 2865 §3 and §5).
struct PacketTests {
    @Test(
        "a malformed datagram is refused by name, with the octet", arguments: try TestSetting.records("malformed.txt"))
    func malformed(_ record: VectorRecord) throws {
        let error = #expect(throws: MalformedPacket.self) { try Packet(parsing: record.octets("octets")) }
        #expect(error.map { "octet \($0.offset): \($0.reason.rawValue)" } == record["error"])
    }

    @Test("a datagram's fate, as far as the codec decides it", arguments: try TestSetting.records("fates.txt"))
    func fate(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret(record.required("secret"))
        let octets = try record.octets("octets")
        do throws(MalformedPacket) {
            let signature = try Packet(parsing: octets).messageAuthenticator(with: secret, &workspace)
            #expect("\(signature)" == record["signature"])
        } catch {
            #expect("octet \(error.offset): \(error.reason.rawValue)" == record["error"])
            #expect(["discard", "close"].contains(record["fate"]))
        }
    }

    @Test("every rule has a datagram that breaks it")
    func everyRule() throws {
        let broken = try TestSetting.records("malformed.txt").compactMap {
            $0["error"]?.split(separator: " ").last.map(String.init)
        }
        #expect(Set(broken) == Set(MalformedPacket.Reason.allCases.map(\.rawValue)))
    }

    @Test("a well-framed datagram is a packet", arguments: try TestSetting.records("framing.txt"))
    func wellFramed(_ record: VectorRecord) throws {
        let octets = try record.octets("octets")
        let packet = try Packet(parsing: octets)
        #expect(String(packet.octets.count) == record["length"])
        #expect(packet.octets == Array(octets.prefix(packet.octets.count)))
        var types: [String] = []
        packet.forEachAttribute { type, _ in types.append(String(type.rawValue)) }
        #expect(types == record["types"]?.split(separator: " ").map(String.init).filter { $0 != "none" })
    }

    @Test(
        "a packet is read, its signature checked, its password revealed",
        arguments: try TestSetting.records("packets.txt"))
    func packets(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let packet = try Packet(parsing: record.octets("octets"))
        let secret = try TestSetting.secret(record.required("secret"))
        #expect(packet.code.description == record["code"])
        #expect(String(packet.identifier) == record["identifier"])
        if let signature = record["signature"] {
            #expect("\(packet.messageAuthenticator(with: secret, &workspace))" == signature)
            let other = try TestSetting.secret("another")
            #expect(packet.messageAuthenticator(with: other, &workspace) != .valid)
        }
        let password = try packet.password(hiddenWith: secret, &workspace)
        #expect(password.map { String(decoding: $0.octets, as: UTF8.self) } == record["password"])

        var authenticator = packet.authenticator
        if record["request"] != nil {
            let request = try Packet(parsing: record.octets("request"))
            authenticator = request.authenticator
            let reply = Self.judgement(packet, of: request, secret, &workspace)
            #expect(reply == record["reply"])
        } else if record["request-authenticator"] != nil {
            authenticator = try #require(Authenticator(record.octets("request-authenticator")))
        }
        let lines = TestSetting.dictionary.lines(
            of: packet, secret: secret, requestAuthenticator: authenticator, showingSecrets: true, &workspace)
        #expect(lines == record.all("line"))
    }

    /// How a client judges a reply.
    static func judgement(
        _ reply: Packet, of request: Packet, _ secret: SharedSecret, _ workspace: inout CodecWorkspace
    ) -> String {
        do throws(InvalidReply) {
            try reply.verifyReply(to: request, secret: secret, &workspace)
            return "valid"
        } catch {
            return error.rawValue
        }
    }

    @Test("one changed bit anywhere in a signed packet is noticed", arguments: try signed())
    func tampering(_ record: VectorRecord) throws {
        var workspace = try CodecWorkspace()
        let octets = try record.octets("octets")
        let secret = try TestSetting.secret(record.required("secret"))
        for index in octets.indices {
            for bit in 0..<8 {
                var changed = octets
                changed[index] ^= 1 << UInt8(bit)
                guard let packet = try? Packet(parsing: changed) else { continue }
                if record["request"] != nil {
                    let request = try Packet(parsing: record.octets("request"))
                    #expect(Self.judgement(packet, of: request, secret, &workspace) != "valid")
                } else {
                    #expect(packet.messageAuthenticator(with: secret, &workspace) != .valid)
                }
            }
        }
    }

    private static func signed() throws -> [VectorRecord] {
        try TestSetting.records("packets.txt").filter { $0["signature"] == "valid" || $0["reply"] == "valid" }
    }

    @Test("an attribute without a value counts as absent, unless being empty says something")
    func emptyValues() throws {
        let octets: [UInt8] = [1, 1, 0, 51] + [UInt8](repeating: 7, count: 16) + [1, 2, 89, 2, 1, 3, 97, 24, 2, 33, 2]
        let packet = try Packet(parsing: octets + [79, 2, 80, 18] + [UInt8](repeating: 0, count: 16))
        #expect(packet.first(.userName) == [97])
        #expect(packet.values(of: .userName) == [[97]])
        for type in [AttributeType.chargeableUserIdentity, .eapMessage, .state, .proxyState] {
            #expect(packet.count(of: type) == 1 && packet.first(type) == [])
        }
    }

    @Test(
        "which kinds of proof a request offers",
        arguments: [
            ("01 03 61", []), ("02 02", .userPassword), ("02 12 00112233445566778899aabbccddeeff", .userPassword),
            ("03 02", .chap), ("46 03 00", .arap), ("67 03 00", .digest), ("4f 02", .eap),
            ("1a 0a 00000137 01 04 0000", .msCHAP), ("1a 0d 00000137 0b 03 00 19 04 0000", .msCHAP),
            ("1a 0a 00000137 0b 04 0000", []), ("1a 0a 00000009 01 04 0000", []), ("1a 08 00000137 01 02", []),
            ("1a 09 00000137 0b 00 19", []), ("1a 05 000001", []), ("02 02 03 02", [.userPassword, .chap]),
        ] as [(String, OfferedCredentials)])
    func offeredCredentials(attributes: String, offered: OfferedCredentials) throws {
        // EAP-Message goes with a Message-Authenticator only.
        let octets =
            try #require(Hexadecimal.octets(attributes.filter { $0 != " " }))
            + [80, 18] + [UInt8](repeating: 0, count: 16)
        let packet = try Packet(
            parsing: [1, 1, 0, UInt8(20 + octets.count)] + [UInt8](repeating: 7, count: 16) + octets)
        #expect(packet.offeredCredentials == offered)
        #expect(packet.offeredCredentials.areMixed == (attributes == "02 02 03 02"))
    }

    @Test("a datagram's octets are never shown in an error")
    func description() {
        for reason in MalformedPacket.Reason.allCases {
            #expect(MalformedPacket(reason, at: 7).description.hasPrefix("octet 7: "))
        }
    }
}
