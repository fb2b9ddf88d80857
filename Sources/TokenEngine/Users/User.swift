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

/// A user as a resolver describes them.
package struct User: Sendable, Equatable {
    package let id: UserID
    /// The login name, without the realm.
    package let name: String
    /// In which realm the user was looked for; nil where none was asked for.
    package var realm: String?
    /// In the order in which they were given; a name that occurs again makes a list.
    package var attributes: [Attribute]
    /// nil for a user who has no password here.
    package var password: PasswordHash?

    package init(
        id: UserID, name: String, realm: String? = nil, attributes: [Attribute] = [], password: PasswordHash? = nil
    ) {
        self.id = id
        self.name = name
        self.realm = realm
        self.attributes = attributes
        self.password = password
    }
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
