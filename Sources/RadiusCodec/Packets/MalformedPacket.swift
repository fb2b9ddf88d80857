/// A datagram that is no RADIUS packet. It is discarded without an answer (RFC 2865 §3) and counted under its reason.
package struct MalformedPacket: Error, Equatable, CustomStringConvertible {
    /// The rule that it breaks. The raw values are the names of counters.
    package enum Reason: String, CaseIterable, Sendable {
        /// Fewer octets than a header (RFC 2865 §3).
        case datagramTooShort
        /// Length says less than a header (RFC 2865 §3).
        case lengthTooSmall
        /// Length says more than 4096 octets (RFC 2865 §3).
        case lengthTooLarge
        /// Length says more octets than have come (RFC 2865 §3).
        case lengthExceedsDatagram
        /// One octet is left over where an attribute would begin (RFC 2865 §5).
        case attributeHeaderTruncated
        /// An attribute's length is 0 or 1 (RFC 2865 §5).
        case attributeLengthTooSmall
        /// An attribute reaches beyond the packet (RFC 2865 §5).
        case attributeOverrunsPacket
        /// Type 0 is assigned to nothing (RFC 2865 §5).
        case attributeTypeZero
        /// A request with more than ``Packet/attributesMaximum`` attributes: no client needs them, an attacker might.
        case tooManyAttributes
        /// A Message-Authenticator is not 18 octets (RFC 2869 §5.14).
        case messageAuthenticatorSize
        /// A second Message-Authenticator (RFC 2869 §5.19).
        case messageAuthenticatorRepeated
        /// EAP-Message without Message-Authenticator (RFC 3579 §3.2).
        case eapMessageUnsigned
        /// EAP-Message beside a password of another kind (RFC 3579 §3.3, note 1).
        case eapMessageWithPassword
        /// Status-Server without Message-Authenticator (RFC 5997 §3).
        case statusServerUnsigned
        /// Proxy-State attributes so large that no reply could carry them back (RFC 2865 §5.33).
        case proxyStatesTooLarge
    }

    package let reason: Reason
    /// Where in the datagram the rule is broken, counted from 0: the Length field for what concerns the whole packet.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "octet \(offset): \(text)" }

    private var text: String {
        switch reason {
        case .datagramTooShort: "the datagram is shorter than a header of 20 octets"
        case .lengthTooSmall: "Length is less than 20"
        case .lengthTooLarge: "Length is more than 4096"
        case .lengthExceedsDatagram: "Length is more than the octets received"
        case .attributeHeaderTruncated: "one octet is left where an attribute would begin"
        case .attributeLengthTooSmall: "an attribute's length is less than 2"
        case .attributeOverrunsPacket: "an attribute reaches beyond the packet"
        case .attributeTypeZero: "an attribute has type 0"
        case .tooManyAttributes: "more than \(Packet.attributesMaximum) attributes"
        case .messageAuthenticatorSize: "Message-Authenticator is not 18 octets"
        case .messageAuthenticatorRepeated: "a second Message-Authenticator"
        case .eapMessageUnsigned: "EAP-Message without Message-Authenticator"
        case .eapMessageWithPassword: "EAP-Message together with a password attribute"
        case .statusServerUnsigned: "Status-Server without Message-Authenticator"
        case .proxyStatesTooLarge: "Proxy-State attributes leave no room for a reply"
        }
    }
}
