import RadiusCodec

extension MappingTarget {
    /// Why a name is no attribute that a rule could fill.
    struct Refusal: Error, Equatable {
        let message: String
    }

    /// Finds the attribute that `text` names in the dictionary, whose case does not matter.
    init(_ text: String, in dictionary: AttributeDictionary) throws(Refusal) {
        guard !text.isEmpty else {
            throw Refusal(message: "no attribute is named (expected the name of an attribute)")
        }
        let (name, tag) = try Self.split(text, in: dictionary)
        guard let definition = dictionary.definition(named: name) else {
            throw Refusal(message: Self.unknown(text, name, dictionary))
        }
        guard !definition.isInternal else {
            throw Refusal(
                message: "\(definition.name) is never sent; FreeRADIUS has it for itself only")
        }
        switch definition.type {
        case .tlv, .vsa, .extended, .longExtended, .evs:
            throw Refusal(
                message: "\(definition.name) holds other attributes (expected the name of one of those)")
        case .string, .octets, .ipaddr, .ipv4prefix, .ipv6addr, .ipv6prefix, .integer, .signed, .integer64, .byte,
            .short, .bool, .date, .ifid, .ether, .abinary, .comboIP:
            break
        }
        if Self.ownedByServer.contains(where: { definition.path.numbers == [UInt32($0.rawValue)] }) {
            throw Refusal(message: "\(definition.name) is for this server alone to set")
        }
        guard tag == nil || definition.hasTag else {
            throw Refusal(
                message: "\(definition.name) has no tag (expected \(definition.name))")
        }
        self.init(definition: definition, tag: tag == 0 ? nil : tag)
    }

    /// What carries the protocol itself: a rule could only break it.
    private static let ownedByServer: [AttributeType] = [
        .userPassword, .chapPassword, .state, .proxyState, .eapMessage, .messageAuthenticator,
    ]

    private static func split(
        _ text: String, in dictionary: AttributeDictionary
    ) throws(Refusal) -> (name: String, tag: UInt8?) {
        guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
        let digits = text[text.index(after: colon)...]
        guard let tag = UInt8(digits), tag <= 31 else {
            let isFollowed = text.contains { $0 == " " || $0 == "\t" }
            let message =
                isFollowed ? unknown(text, text, dictionary) : "a tag that is none in \(text) (expected :1 to :31)"
            throw Refusal(message: message)
        }
        return (String(text[..<colon]), tag)
    }

    private static func unknown(_ text: String, _ name: String, _ dictionary: AttributeDictionary) -> String {
        let first = name.prefix { $0 != " " && $0 != "\t" }
        let attribute = first.split(separator: ":").first.map(String.init) ?? ""
        if first.count < name.count, dictionary.definition(named: attribute) != nil {
            return "unknown attribute \(text) (expected \(first) alone; a comment stands on a line of its own)"
        }
        guard let suggestion = dictionary.suggestion(for: name) else {
            return "unknown attribute \(text) (expected a name from the dictionary)"
        }
        return "unknown attribute \(text) (did you mean \(suggestion)?)"
    }
}
