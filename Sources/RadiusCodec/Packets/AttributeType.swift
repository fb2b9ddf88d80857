/// The first octet of an attribute (RFC 2865 §5). Only the types that code refers to have names here; all others are the
/// dictionary's business.
package struct AttributeType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let userName = AttributeType(rawValue: 1)
    package static let userPassword = AttributeType(rawValue: 2)
    package static let chapPassword = AttributeType(rawValue: 3)
    package static let nasIPAddress = AttributeType(rawValue: 4)
    package static let serviceType = AttributeType(rawValue: 6)
    package static let replyMessage = AttributeType(rawValue: 18)
    package static let state = AttributeType(rawValue: 24)
    package static let classAttribute = AttributeType(rawValue: 25)
    package static let vendorSpecific = AttributeType(rawValue: 26)
    package static let sessionTimeout = AttributeType(rawValue: 27)
    package static let callingStationID = AttributeType(rawValue: 31)
    package static let nasIdentifier = AttributeType(rawValue: 32)
    package static let proxyState = AttributeType(rawValue: 33)
    package static let tunnelPassword = AttributeType(rawValue: 69)
    package static let arapPassword = AttributeType(rawValue: 70)
    package static let eapMessage = AttributeType(rawValue: 79)
    package static let messageAuthenticator = AttributeType(rawValue: 80)
    package static let chargeableUserIdentity = AttributeType(rawValue: 89)
    package static let nasFilterRule = AttributeType(rawValue: 92)
    package static let digestResponse = AttributeType(rawValue: 103)

    /// Whether it means something without a value: Chargeable-User-Identity asks for one so (RFC 4372 §2.2), and EAP-Message
    /// starts EAP (RFC 3579 §2.1).
    var mayBeEmpty: Bool { self == .chargeableUserIdentity || self == .eapMessage }

    /// Whether one without a value is not as if it were absent: an empty State answers a challenge all the same, and an empty
    /// Proxy-State comes back in the reply.
    var countsWhenEmpty: Bool { mayBeEmpty || self == .state || self == .proxyState }
}
