package import Cryptography

extension Store {
    /// - Throws: ``StoreError/userExists(name:resolver:)``.
    @discardableResult
    package func addUser(
        name: String, resolver: String, password: SecretOctets? = nil, attributes: [Attribute] = [],
        cost: PasswordHashCost = .password
    ) throws(StoreError) -> User {
        guard !name.isEmpty, !resolver.isEmpty else { throw .invalid("a user needs a name and a resolver") }
        let name = name.canonical
        let hash = try hash(password, cost: cost)
        return try transaction { () throws(StoreError) in
            guard try user(named: name, resolver: resolver) == nil else {
                throw .userExists(name: name, resolver: resolver)
            }
            // An import that is under way may have taken the name.
            try database.run(
                "INSERT INTO user (resolver, name, password) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", resolver, name,
                hash?.text)
            guard database.changedRows == 1 else { throw .userExists(name: name, resolver: resolver) }
            let id = UserID(resolver: resolver, uid: String(database.lastInsertedRow))
            try insert(attributes, of: id)
            return User(id: id, name: name, attributes: attributes, password: hash)
        }
    }

    /// - Parameter password: nil or empty takes it away.
    /// - Throws: ``StoreError/noSuchUser(name:resolver:)``.
    package func setPassword(
        _ password: SecretOctets?, of user: UserID, cost: PasswordHashCost = .password
    ) throws(StoreError) {
        let hash = try hash(password, cost: cost)
        try transaction { () throws(StoreError) in
            let number = try number(of: user)
            try database.run("UPDATE user SET password = ? WHERE id = ?", hash?.text, number)
        }
    }

    /// Replaces all attributes.
    ///
    /// - Throws: ``StoreError/noSuchUser(name:resolver:)``.
    package func setAttributes(_ attributes: [Attribute], of user: UserID) throws(StoreError) {
        try transaction { () throws(StoreError) in
            try database.run("DELETE FROM user_attribute WHERE user = ?", try number(of: user))
            try insert(attributes, of: user)
        }
    }

    /// Deletes the user. Their tokens belong to nobody from then on; their challenges are gone.
    ///
    /// - Throws: ``StoreError/noSuchUser(name:resolver:)``.
    package func deleteUser(_ user: UserID) throws(StoreError) {
        try transaction { () throws(StoreError) in
            let number = try number(of: user)
            try database.run(
                "UPDATE token SET resolver = NULL, uid = NULL WHERE resolver = ? AND uid = ?", user.resolver, user.uid)
            try database.run("DELETE FROM challenge WHERE resolver = ? AND uid = ?", user.resolver, user.uid)
            try database.run("DELETE FROM user WHERE id = ?", number)
        }
    }

    private func number(of user: UserID) throws(StoreError) -> Int64 {
        guard try self.user(user) != nil, let number = Int64(user.uid) else {
            throw .noSuchUser(name: user.uid, resolver: user.resolver)
        }
        return number
    }

    private func insert(_ attributes: [Attribute], of user: UserID) throws(StoreError) {
        for (position, attribute) in attributes.enumerated() {
            try database.run(
                "INSERT INTO user_attribute (user, position, name, value) VALUES (?, ?, ?, ?)",
                Int64(user.uid), position, attribute.name, attribute.value)
        }
    }

    /// The hash of a secret's canonical form, which is what a login is held against.
    ///
    /// - Returns: nil for no secret and for an empty one.
    func hash(
        _ secret: SecretOctets?, cost: PasswordHashCost, random: any RandomOctets = SecureRandom()
    ) throws(StoreError) -> PasswordHash? {
        guard let secret, !secret.isEmpty else { return nil }
        return try cryptography { () throws(CryptographyError) in
            try PasswordHash(of: secret.canonical, pepper: keys.pepper, cost: cost, random: random)
        }
    }
}
