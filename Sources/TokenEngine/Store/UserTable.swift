import Cryptography

/// Local users and their attributes, as rows.
enum UserTable {
    /// A user and their attributes, a row for each attribute, in order; one row where there are none. Those of an import that
    /// has not come to its end do not count yet.
    private static let columns = """
        SELECT user.id, user.resolver, user.name, user.password, user_attribute.name, user_attribute.value
        FROM user LEFT JOIN user_attribute ON user_attribute.user = user.id
        WHERE NOT EXISTS (SELECT 1 FROM unfinished WHERE kind = 'user' AND user.id BETWEEN first AND last)
        """

    static let select = "\(columns) AND user.resolver = ? AND user.name = ? ORDER BY user_attribute.position"
    static let selectByNumber = "\(columns) AND user.id = ? ORDER BY user_attribute.position"
    static let selectAll = "\(columns) ORDER BY user.resolver, user.name, user.id, user_attribute.position"

    /// Adds what `row` says: a user, or one more attribute of the last one.
    static func read(_ row: borrowing Row, into users: inout [User]) {
        let id = UserID(resolver: row.text(1), uid: String(row.integer(0)))
        if users.last?.id != id {
            users.append(
                User(id: id, name: row.text(2), password: row.optionalText(3).map { PasswordHash(stored: $0) }))
        }
        if let name = row.optionalText(4) { users[users.count - 1].attributes.append(Attribute(name, row.text(5))) }
    }
}

extension Store {
    /// - Parameter name: in any form of Unicode; it is looked up in the one that names are stored in.
    /// - Returns: nil when the resolver has none of that name.
    package func user(named name: String, resolver: String) throws(StoreError) -> User? {
        var users: [User] = []
        try statements.selectUser.forEach(resolver, name.canonical) { UserTable.read($0, into: &users) }
        return users.first
    }

    /// - Returns: nil when there is none, any more.
    package func user(_ id: UserID) throws(StoreError) -> User? {
        guard let number = Int64(id.uid) else { return nil }
        var users: [User] = []
        try database.prepare(UserTable.selectByNumber).forEach(number) { UserTable.read($0, into: &users) }
        return users.first { $0.id == id }
    }

    /// All local users, by resolver and name; of one resolver, where one is given.
    package func users(resolver: String? = nil) throws(StoreError) -> [User] {
        var users: [User] = []
        try database.prepare(UserTable.selectAll).forEach { UserTable.read($0, into: &users) }
        return users.filter { resolver == nil || $0.id.resolver == resolver }
    }
}
