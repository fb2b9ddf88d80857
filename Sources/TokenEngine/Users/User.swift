package import Cryptography

/// Who somebody is: never a name, which can be given to another person, but the resolver and what it calls them.
package struct UserID: Sendable, Hashable {
    package let resolver: String
    /// What the resolver knows the user by; of a local user, the number of the row.
    package let uid: String

    package init(resolver: String, uid: String) {
        self.resolver = resolver
        self.uid = uid
    }
}

/// A user as a resolver describes them. Goes from the store through the engine to the mapping: copies share what they hold.
package struct User: Sendable, Equatable {
    private var content: Content
    /// In the order in which they were given; a name that occurs again makes a list.
    package var attributes: [Attribute]

    package init(
        id: UserID, name: String, realm: String? = nil, attributes: [Attribute] = [], password: PasswordHash? = nil
    ) {
        content = Content(UserProperties(id: id, name: name, realm: realm, password: password))
        self.attributes = attributes
    }

    private final class Content: Sendable {
        let properties: UserProperties

        init(_ properties: UserProperties) { self.properties = properties }
    }

    package static func == (left: User, right: User) -> Bool {
        (left.content === right.content || left.content.properties == right.content.properties)
            && left.attributes == right.attributes
    }
}

extension User {
    package var id: UserID { content.properties.id }
    /// The login name, without the realm.
    package var name: String { content.properties.name }
    /// In which realm the user was looked for; nil where none was asked for.
    package var realm: String? {
        get { content.properties.realm }
        set { change { $0.realm = newValue } }
    }
    /// nil for a user who has no password here.
    package internal(set) var password: PasswordHash? {
        get { content.properties.password }
        set { change { $0.password = newValue } }
    }

    private mutating func change(_ body: (inout UserProperties) -> Void) {
        var properties = content.properties
        body(&properties)
        content = Content(properties)
    }
}

private struct UserProperties: Sendable, Equatable {
    let id: UserID
    let name: String
    var realm: String?
    var password: PasswordHash?
}

/// A fact about a user or a token that mappings can hand on: `group = staff`.
package struct Attribute: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
