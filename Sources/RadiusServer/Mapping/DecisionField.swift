/// One of the values that a decision has for the mapping (``VerdictDetail``), under privacyIDEA's name for it.
enum DecisionField: Sendable {
    case message
    case serial
    case kind
    case digits
    case realm
    case resolver
    // Of a challenge only.
    case transaction
    case transactions
    case clientMode
    case challenges

    case userName
    case userID
    /// The one that the key names; so it is with those of the token and of the request.
    case userAttribute

    case tokenSerial
    case tokenKind
    case tokenDescription
    case tokenAttribute

    case clientName
    case clientGroups
    case clientAddress

    case requestAttribute

    /// nil for what no decision has.
    init?(_ key: String, in section: String?) {
        switch section {
        case nil: self.init(topLevel: key)
        case "user":
            switch key {
            case "username": self = .userName
            case "userid": self = .userID
            default: self = .userAttribute
            }
        case "token":
            switch key {
            case "serial": self = .tokenSerial
            case "type": self = .tokenKind
            case "description": self = .tokenDescription
            default: self = .tokenAttribute
            }
        case "client":
            switch key {
            case "name": self = .clientName
            case "group": self = .clientGroups
            case "address": self = .clientAddress
            default: return nil
            }
        case "request": self = .requestAttribute
        default: return nil
        }
    }

    private init?(topLevel key: String) {
        switch key {
        case "message": self = .message
        case "serial": self = .serial
        case "type": self = .kind
        case "otplen": self = .digits
        case "user-realm": self = .realm
        case "user-resolver": self = .resolver
        case "transaction_id": self = .transaction
        case "transaction_ids": self = .transactions
        case "client_mode": self = .clientMode
        case "multi_challenge": self = .challenges
        default: return nil
        }
    }
}
