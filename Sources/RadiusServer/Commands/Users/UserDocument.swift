import TokenEngine

/// A user as `--json` shows them. Nothing of a password but whether there is one.
struct UserDocument: Encodable {
    let name: String
    let resolver: String
    let realms: [String]
    let attributes: AttributesDocument
    let hasPassword: Bool
    /// Serials; nil where they were not looked up.
    var tokens: [String]?

    enum CodingKeys: String, CodingKey {
        case name, resolver, realms, attributes, tokens
        case hasPassword = "has_password"
    }

    init(_ user: User, realms: [String], tokens: [String]? = nil) {
        name = user.name
        resolver = user.id.resolver
        self.realms = realms
        attributes = AttributesDocument(user.attributes)
        hasPassword = user.password != nil
        self.tokens = tokens
    }

    /// For people: one line a property.
    var table: String {
        var rows = [["name", visible(name)], ["resolver", resolver], ["realms", realms.joined(separator: ", ")]]
        rows.append(["password", hasPassword ? "set" : "none"])
        rows += attributes.lines.map { ["attribute", visible($0)] }
        rows += (tokens ?? []).map { ["token", $0] }
        return TextTable(rows).text
    }
}

/// Attributes as one JSON object: text for one that is there once, a list for one that is there more often.
struct AttributesDocument: Encodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    private let values: [String: [String]]
    /// `name = value` for each, in the order in which they were given.
    let lines: [String]

    init(_ attributes: [Attribute]) {
        lines = attributes.map { "\($0.name) = \($0.value)" }
        values = Dictionary(grouping: attributes, by: \.name).mapValues { $0.map(\.value) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, list) in values {
            if list.count == 1, let value = list.first {
                try container.encode(value, forKey: Name(stringValue: name))
            } else {
                try container.encode(list, forKey: Name(stringValue: name))
            }
        }
    }
}
