/// The kinds of proof that an Access-Request offers. There may be one of them (RFC 2865 §4.1, RFC 2548 §2).
package struct OfferedCredentials: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let userPassword = OfferedCredentials(rawValue: 1)
    package static let chap = OfferedCredentials(rawValue: 2)
    package static let arap = OfferedCredentials(rawValue: 4)
    /// MS-CHAP-Response or MS-CHAP2-Response (RFC 2548 §2.1.3 and §2.3.2).
    package static let msCHAP = OfferedCredentials(rawValue: 8)
    package static let digest = OfferedCredentials(rawValue: 16)
    package static let eap = OfferedCredentials(rawValue: 32)

    package var areMixed: Bool { rawValue.nonzeroBitCount > 1 }
}

extension Packet {
    /// What is there, well formed or not.
    package var offeredCredentials: OfferedCredentials {
        var offered: OfferedCredentials = []
        forEachAttribute { type, range in
            switch type {
            case .userPassword: offered.insert(.userPassword)
            case .chapPassword: offered.insert(.chap)
            case .arapPassword: offered.insert(.arap)
            case .digestResponse: offered.insert(.digest)
            case .eapMessage: offered.insert(.eap)
            case .vendorSpecific: if hasMicrosoftResponse(range) { offered.insert(.msCHAP) }
            default: break
            }
        }
        return offered
    }

    /// Whether a Vendor-Specific value is Microsoft's and has a response within (RFC 2548 §2).
    private func hasMicrosoftResponse(_ range: Range<Int>) -> Bool {
        guard range.count > 6, octets[range.lowerBound..<range.lowerBound + 4].elementsEqual([0, 0, 1, 55]) else {
            return false
        }
        var offset = range.lowerBound + 4
        while offset + 1 < range.upperBound, octets[offset + 1] >= 2 {
            if octets[offset] == 1 || octets[offset] == 25 { return true }
            offset += Int(octets[offset + 1])
        }
        return false
    }
}
