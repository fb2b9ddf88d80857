import TokenEngine

extension Administration {
    /// The user that a name on the command line means, read as the server reads a User-Name.
    ///
    /// - Parameters:
    ///   - realm: overrides what the name says.
    ///   - only: the only resolver that is asked; nil for all of the realm.
    /// - Throws: ``ExitStatus/no`` when there is no such realm or user.
    func user(_ text: String, realm: String? = nil, resolver only: String? = nil) throws(CommandFailure) -> User {
        let identity = try identity(text, realm: realm)
        for resolver in identity.resolvers where only == nil || resolver == only {
            let found = try ask { (store) throws(StoreError) in
                try store.user(named: identity.login, resolver: resolver)
            }
            if var user = found {
                user.realm = identity.realm
                return user
            }
        }
        let place = only.map { ", resolver '\($0)'" } ?? ""
        throw .no("no user '\(visible(identity.login))' in realm '\(identity.realm ?? "")'\(place)")
    }

    /// Where a new user is made: in the first local resolver that the realm asks.
    func newUser(_ text: String, realm: String?) throws(CommandFailure) -> (name: String, resolver: String) {
        let identity = try identity(text, realm: realm)
        guard !identity.login.isEmpty else { throw .wrongUsage("the user's name is empty") }
        for name in identity.resolvers {
            if configuration.engine.resolvers.contains(where: { $0.name == name && $0.kind == .local }) {
                return (identity.login, name)
            }
        }
        throw .no("realm '\(identity.realm ?? "")' has no resolver of type local; its users are made elsewhere")
    }

    /// - Throws: when the name leads to no realm.
    private func identity(_ text: String, realm: String?) throws(CommandFailure) -> Identity {
        if let realm { _ = try self.realm(named: realm) }
        let identity = configuration.engine.identity(userName: text, realm: realm)
        guard let name = identity.realm else {
            throw .no("there is no default realm; say which one is meant: \(visible(text))@REALM")
        }
        _ = try self.realm(named: name)
        return identity
    }

    func realm(named name: String) throws(CommandFailure) -> Realm {
        guard let realm = configuration.engine.realm(named: name) else {
            let names = configuration.engine.realms.map(\.name)
            let others = names.isEmpty ? "there is none" : "there is \(names.joined(separator: ", "))"
            throw .no("no realm '\(visible(name))' " + didYouMean(name, among: names, otherwise: others))
        }
        return realm
    }

    /// The names of the realms in which a resolver's users are found.
    func realms(of resolver: String) -> [String] {
        configuration.engine.realms.filter { $0.resolvers.contains(resolver) }.map(\.name)
    }
}
