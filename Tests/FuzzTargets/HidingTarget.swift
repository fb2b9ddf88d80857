import Cryptography
import RadiusCodec

extension Fuzzing {
    private static let hiddenNames = ["User-Password", "Tunnel-Password", "MS-MPPE-Send-Key", "Ascend-Send-Secret"]

    /// The first octet chooses the attribute, the second says how long the secret is that follows; the rest is the value.
    func checkHiding(_ input: [UInt8]) throws(BrokenProperty) {
        guard input.count >= 2, input.count >= 2 + Int(input[1]),
            let definition = dictionary.definition(named: Self.hiddenNames[Int(input[0]) % Self.hiddenNames.count]),
            let secret = try? SharedSecret(SecretOctets(Array(input[2..<2 + Int(input[1])])))
        else { return }
        let value = Array(input[(2 + Int(input[1]))...])
        try checkRoundTrip(value, as: definition, secret)
        try checkRevealing(value, as: definition, secret)
    }

    /// What we hide comes back as it was.
    private func checkRoundTrip(
        _ value: [UInt8], as definition: AttributeDefinition, _ secret: SharedSecret
    ) throws(BrokenProperty) {
        var workspace = try Self.workspace()
        var builder = PacketBuilder(
            requesting: .accessRequest, identifier: 1, authenticator: Authenticator(InlineArray(repeating: 0x5a)))
        let attribute = EncodedAttribute(definition: definition, tag: definition.hasTag ? 31 : nil, octets: value)
        guard (try? builder.append(attribute)) != nil else {
            return try demand(value.count > 16, "\(value.count) octets are too many for \(definition.name)")
        }
        let octets = builder.finish(signedWith: secret, &workspace)
        guard let packet = try? Packet(parsing: octets) else {
            throw BrokenProperty(description: "what was hidden is no packet")
        }
        try demand(packet.messageAuthenticator(with: secret, &workspace) == .valid, "our signature is wrong")
        let revealed = dictionary.attributes(of: packet, secret: secret, &workspace).last
        var expected = value
        switch definition.encryption {
        case .userPassword: while expected.last == 0 { expected.removeLast() }
        case .ascendSecret: expected = Array(expected.prefix { $0 != 0 })
        case .tunnelPassword, nil: break
        }
        try demand(
            revealed?.octets == expected && revealed?.tag == attribute.tag && revealed?.definition == definition,
            "\(definition.name) \(Hexadecimal.text(value)) came back as \(String(describing: revealed))")
        guard definition.encryption == .userPassword else { return }
        let password = try? packet.password(hiddenWith: secret, embeddedNUL: .cut, &workspace)
        try demand(password?.octets == Array(expected.prefix { $0 != 0 }), "the password came back as another")
    }

    /// What anybody sends is revealed to no more octets than it had, or taken as it came.
    private func checkRevealing(
        _ value: [UInt8], as definition: AttributeDefinition, _ secret: SharedSecret
    ) throws(BrokenProperty) {
        let numbers = definition.path.numbers
        var attribute = value
        if numbers.count == 3 {
            attribute = [0, 0, UInt8(truncatingIfNeeded: numbers[1] >> 8), UInt8(truncatingIfNeeded: numbers[1])]
            attribute += [UInt8(truncatingIfNeeded: numbers[2]), UInt8(truncatingIfNeeded: 2 + value.count)] + value
        }
        let header = [UInt8(truncatingIfNeeded: numbers[0]), UInt8(truncatingIfNeeded: 2 + attribute.count)]
        guard attribute.count <= 253, let packet = Self.packet(header + attribute) else { return }
        var workspace = try Self.workspace()
        for revealed in dictionary.attributes(of: packet, secret: secret, &workspace) {
            try demand(revealed.octets.count <= attribute.count, "\(revealed) is larger than it was")
        }
        _ = try? packet.password(hiddenWith: secret, &workspace)
    }
}
