/// What one walk over a datagram finds out: that it is framed rightly, how long it is, and where it is signed.
///
/// The rules come in the order in which they are checked; none needs the secret, so that a stranger's packet costs no
/// cryptography.
struct PacketFraming {
    let length: Int
    private(set) var messageAuthenticatorOffset: Int?

    init(_ datagram: Span<UInt8>) throws(MalformedPacket) {
        guard datagram.count >= Packet.headerSize else {
            throw MalformedPacket(.datagramTooShort, at: datagram.count)
        }
        length = Int(datagram[2]) << 8 | Int(datagram[3])
        guard length >= Packet.headerSize else { throw MalformedPacket(.lengthTooSmall, at: 2) }
        guard length <= Packet.sizeMaximum else { throw MalformedPacket(.lengthTooLarge, at: 2) }
        guard length <= datagram.count else { throw MalformedPacket(.lengthExceedsDatagram, at: 2) }

        let code = PacketCode(rawValue: datagram[0])
        var attributeCount = 0
        var proxyStatesSize = 0
        var eapMessageOffset: Int?
        var passwordOffset: Int?
        var offset = Packet.headerSize
        while offset < length {
            guard offset + 1 < length else { throw MalformedPacket(.attributeHeaderTruncated, at: offset) }
            let type = AttributeType(rawValue: datagram[offset])
            let size = Int(datagram[offset + 1])
            guard size >= 2 else { throw MalformedPacket(.attributeLengthTooSmall, at: offset + 1) }
            guard offset + size <= length else { throw MalformedPacket(.attributeOverrunsPacket, at: offset + 1) }
            guard type.rawValue != 0 else { throw MalformedPacket(.attributeTypeZero, at: offset) }
            attributeCount += 1
            guard attributeCount <= Packet.attributesMaximum || code.isAccessAnswer else {
                throw MalformedPacket(.tooManyAttributes, at: offset)
            }
            switch type {
            case .messageAuthenticator:
                guard size == 18 else { throw MalformedPacket(.messageAuthenticatorSize, at: offset + 1) }
                guard messageAuthenticatorOffset == nil else {
                    throw MalformedPacket(.messageAuthenticatorRepeated, at: offset)
                }
                messageAuthenticatorOffset = offset + 2
            case .eapMessage: eapMessageOffset = eapMessageOffset ?? offset
            case .userPassword, .chapPassword, .arapPassword: passwordOffset = passwordOffset ?? offset
            case .proxyState: proxyStatesSize += size
            default: break
            }
            offset += size
        }

        if let eapMessageOffset {
            guard messageAuthenticatorOffset != nil else {
                throw MalformedPacket(.eapMessageUnsigned, at: eapMessageOffset)
            }
            if let passwordOffset { throw MalformedPacket(.eapMessageWithPassword, at: passwordOffset) }
        }
        if code == .statusServer, messageAuthenticatorOffset == nil {
            throw MalformedPacket(.statusServerUnsigned, at: 0)
        }
        // A reply has its header, its Message-Authenticator, and every Proxy-State of the request.
        if code == .accessRequest || code == .statusServer,
            Packet.headerSize + 18 + proxyStatesSize > Packet.sizeMaximum
        {
            throw MalformedPacket(.proxyStatesTooLarge, at: 2)
        }
    }
}
