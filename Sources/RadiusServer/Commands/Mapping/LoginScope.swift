import TokenEngine

/// Where the users of a client are looked for under some mapping, which is not always the one that is in force: what its
/// `REALM` and `RESCONF` say, and what `realm` and `auth_type` in the client's section do.
struct LoginScope: Equatable {
    /// The realm of everybody; nil when they choose.
    let realm: String?
    /// The only resolver whose users may log in; nil for all.
    let resolver: String?

    /// - Parameter client: nil for one whose section says nothing.
    init(_ mapping: AttributeMapping, _ client: Client?, _ configuration: Configuration) {
        let origin = client.flatMap { configuration.origins[$0.name] } ?? ClientOrigin()
        let identity = mapping.settings.identity(ofType: origin.authenticationType)
        realm = origin.realm ?? identity.realm?.value
        resolver = identity.resolver?.value
    }

    /// What keeps a user of some resolver out, in the words of the files; nil for nothing.
    func obstacle(for user: User, _ engine: EngineConfiguration) -> String? {
        if let resolver, user.id.resolver != resolver { return "RESCONF = \(resolver)" }
        guard let realm, engine.realm(named: realm)?.resolvers.contains(user.id.resolver) != true else { return nil }
        return "REALM = \(realm)"
    }

    /// The realm in which a user of a resolver is found: where there is a choice the default one, else the first.
    func realm(of user: User, _ engine: EngineConfiguration) -> String? {
        let realms = engine.realms.filter { $0.resolvers.contains(user.id.resolver) }
        let fixed = realm.flatMap { engine.realm(named: $0) }
        return (realms.first { $0 == fixed } ?? realms.first(where: \.isDefault) ?? realms.first)?.name
    }
}
