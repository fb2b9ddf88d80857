/// The first octet of a packet: what it is (RFC 2865 §3). Codes that we do not know are kept as they came.
package struct PacketCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let accessRequest = PacketCode(rawValue: 1)
    package static let accessAccept = PacketCode(rawValue: 2)
    package static let accessReject = PacketCode(rawValue: 3)
    package static let accountingRequest = PacketCode(rawValue: 4)
    package static let accountingResponse = PacketCode(rawValue: 5)
    package static let accessChallenge = PacketCode(rawValue: 11)
    package static let statusServer = PacketCode(rawValue: 12)
    package static let statusClient = PacketCode(rawValue: 13)
    package static let disconnectRequest = PacketCode(rawValue: 40)
    package static let disconnectACK = PacketCode(rawValue: 41)
    package static let disconnectNAK = PacketCode(rawValue: 42)
    package static let coaRequest = PacketCode(rawValue: 43)
    package static let coaACK = PacketCode(rawValue: 44)
    package static let coaNAK = PacketCode(rawValue: 45)
    package static let protocolError = PacketCode(rawValue: 52)

    /// Whether it answers an Access-Request.
    var isAccessAnswer: Bool { self == .accessAccept || self == .accessReject || self == .accessChallenge }

    /// The name that the RFC gives it, such as `Access-Request`; `Code-99` for one without a name.
    package var description: String {
        switch self {
        case .accessRequest: "Access-Request"
        case .accessAccept: "Access-Accept"
        case .accessReject: "Access-Reject"
        case .accountingRequest: "Accounting-Request"
        case .accountingResponse: "Accounting-Response"
        case .accessChallenge: "Access-Challenge"
        case .statusServer: "Status-Server"
        case .statusClient: "Status-Client"
        case .disconnectRequest: "Disconnect-Request"
        case .disconnectACK: "Disconnect-ACK"
        case .disconnectNAK: "Disconnect-NAK"
        case .coaRequest: "CoA-Request"
        case .coaACK: "CoA-ACK"
        case .coaNAK: "CoA-NAK"
        case .protocolError: "Protocol-Error"
        default: "Code-\(rawValue)"
        }
    }
}
