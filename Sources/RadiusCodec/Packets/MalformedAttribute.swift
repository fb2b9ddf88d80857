/// An attribute of a well-framed packet whose value breaks its own rules. The request is answered with Access-Reject.
package struct MalformedAttribute: Error, Equatable, CustomStringConvertible {
    package enum Reason: String, CaseIterable, Sendable {
        /// The value does not have one of the sizes that its RFC allows.
        case size
        /// A second one where the RFC allows one (RFC 2865 §5.44).
        case repeated
        /// A NUL octet within a password.
        case embeddedNUL
    }

    package let type: AttributeType
    package let reason: Reason

    package init(_ type: AttributeType, _ reason: Reason) {
        self.type = type
        self.reason = reason
    }

    package var description: String {
        switch reason {
        case .size: "attribute \(type.rawValue) has a size that its RFC does not allow"
        case .repeated: "attribute \(type.rawValue) is there more than once"
        case .embeddedNUL: "attribute \(type.rawValue) has a NUL octet within it"
        }
    }
}
