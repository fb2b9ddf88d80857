import Cryptography
import RadiusCodec
import TokenEngine

/// Makes settings of the sections of `watchword.ini`, and reports every mistake in it and in what it refers to.
struct ConfigurationReader {
    private let file: ConfigurationFile
    private let context: ValueContext
    private(set) var diagnostics: [Diagnostic] = []

    private(set) var server = ServerSettings()
    /// Which section has a prefix.
    private var owners: [IPAddressPrefix: ConfigurationFile.Section] = [:]
    private(set) var clients: [(section: ConfigurationFile.Section, settings: ClientSettings)] = []
    private(set) var resolvers: [Resolver] = []
    private(set) var realms: [Realm] = []
    private(set) var policies: [Policy] = []
    /// Where each of ``policies`` begins.
    private var policyLines: [Int] = []

    init(_ file: ConfigurationFile) {
        self.file = file
        context = ValueContext(file: file.path)
    }

    mutating func read() {
        var sections: [ConfigurationSectionKind: [ConfigurationFile.Section]] = [:]
        var firstLines: [String: Int] = [:]
        for section in file.sections {
            guard let kind = kind(of: section) else { continue }
            // Realms, and so all names, are told apart without regard to case.
            let heading = section.heading.lowercased()
            if let line = firstLines[heading] {
                fail("\(section.heading) is there already, in line \(line) (expected another name)", at: section.line)
                continue
            }
            firstLines[heading] = section.line
            sections[kind, default: []].append(section)
        }
        readServer(sections[.server]?.first)
        for section in sections[.resolver] ?? [] { readResolver(section) }
        for section in sections[.realm] ?? [] { readRealm(section) }
        for section in sections[.client] ?? [] { readClient(section) }
        for section in sections[.policy] ?? [] { readPolicy(section) }
        checkPolicies()
        checkWhole(sections)
    }

    private mutating func kind(of section: ConfigurationFile.Section) -> ConfigurationSectionKind? {
        guard let kind = ConfigurationSectionKind(rawValue: section.kind) else {
            let kinds = ConfigurationSectionKind.allCases.map(\.rawValue)
            let words = didYouMean(section.kind, among: kinds, otherwise: "expected \(kinds.joined(separator: ", "))")
            fail("unknown section \(section.heading) \(words)", at: section.line)
            return nil
        }
        switch (kind.isNamed, section.name) {
        case (true, nil):
            fail("[\(kind.rawValue)] has no name (expected [\(kind.rawValue) name])", at: section.line)
            return nil
        case (false, _?):
            fail("\(section.heading) has a name (expected [\(kind.rawValue)])", at: section.line)
            return nil
        default:
            return kind
        }
    }

    /// Reads all keys of a section, and complains of those that it does not have.
    private mutating func readKeys<Settings>(
        of section: ConfigurationFile.Section, _ keys: [ConfigurationKey<Settings>], into settings: inout Settings
    ) {
        let names = keys.map(\.name)
        for entry in section.entries where !names.contains(entry.key) {
            let words = didYouMean(entry.key, among: names, otherwise: "expected \(names.joined(separator: ", "))")
            fail("unknown key \(entry.key) in \(section.heading) \(words)", at: entry.line)
        }
        for key in keys { diagnostics += key.read(from: section, context, into: &settings) }
    }

    private mutating func readServer(_ section: ConfigurationFile.Section?) {
        let section = section ?? ConfigurationFile.Section(kind: "Server", name: nil, line: 0, entries: [])
        var server = ServerSettings()
        readKeys(of: section, ConfigurationSchema.server, into: &server)
        self.server = server
        var seen: Set<ListenAddress> = []
        for address in server.listen where !seen.insert(address).inserted && address.port != 0 {
            fail("\(address) is there twice (expected it once)", at: section.line(of: "listen"))
        }
        checkRejectDelay(section)
    }

    /// A retransmission must find the first request's reject still to come, or remembered.
    private mutating func checkRejectDelay(_ section: ConfigurationFile.Section) {
        let (delay, lifetime) = (server.rejectDelayInSeconds, server.duplicateLifetimeInSeconds)
        let isSet = section.entries.contains { $0.key == "reject_delay" }
        let line = section.line(of: isSet ? "reject_delay" : "duplicate_lifetime")
        // What could not be read is complained of already.
        guard lifetime > 0, !diagnostics.contains(where: { $0.line == line }) else { return }
        if delay >= lifetime {
            fail("reject_delay is \(delay) (expected less than duplicate_lifetime, \(lifetime))", at: line)
        }
        if delay == 0 {
            warn(
                "reject_delay is 0: guessing is free, and the time of a reject tells its reason (expected 1)", at: line)
        }
    }

    private mutating func readResolver(_ section: ConfigurationFile.Section) {
        var settings = ResolverSettings()
        readKeys(of: section, ConfigurationSchema.resolver, into: &settings)
        let name = checkedName(of: section)
        switch settings.kind {
        case .local:
            resolvers.append(Resolver(name: name, kind: .local))
        case .passwd, .ldap, .sql:
            fail(
                "this version has no \(settings.kind.rawValue) resolver (expected type = local)",
                at: section.line(of: "type"))
            // A realm that names it is not another mistake.
            resolvers.append(Resolver(name: name, kind: .local))
        }
    }

    private mutating func readRealm(_ section: ConfigurationFile.Section) {
        var settings = RealmSettings()
        readKeys(of: section, ConfigurationSchema.realm, into: &settings)
        for name in settings.resolvers where !resolvers.contains(where: { $0.name == name }) {
            failUnknown("resolver", name, among: resolvers.map(\.name), at: section.line(of: "resolvers"))
        }
        if settings.isDefault, let other = realms.first(where: \.isDefault) {
            fail(
                "two default realms: \(other.name) is one already (expected default = no)",
                at: section.line(of: "default"))
        }
        realms.append(
            Realm(name: checkedName(of: section), resolvers: settings.resolvers, isDefault: settings.isDefault))
    }

    private mutating func readClient(_ section: ConfigurationFile.Section) {
        var settings = ClientSettings()
        readKeys(of: section, ConfigurationSchema.client, into: &settings)
        for prefix in settings.prefixes {
            if let owner = owners[prefix] {
                let other = "\(owner.heading) in line \(owner.line)"
                fail("\(prefix) belongs to \(other) already (expected another prefix)", at: section.line(of: "address"))
            } else {
                owners[prefix] = section
            }
        }
        if let realm = settings.realm { checkRealm(realm, at: section.line(of: "realm")) }
        clients.append((section, settings))
    }

    private mutating func readPolicy(_ section: ConfigurationFile.Section) {
        var settings = PolicySettings()
        readKeys(of: section, ConfigurationSchema.policy, into: &settings)
        for item in settings.realms {
            if let name = plainName(item) { checkRealm(name, at: section.line(of: "realm")) }
        }
        for item in settings.resolvers {
            guard let name = plainName(item), !resolvers.contains(where: { $0.name == name }) else { continue }
            failUnknown("resolver", name, among: resolvers.map(\.name), at: section.line(of: "resolver"))
        }
        var actions: [PolicyAction] = []
        for action in settings.actions {
            do throws(PolicyError) {
                actions.append(try PolicyAction(name: action.name, value: action.value, in: settings.scope))
            } catch {
                fail("\(error)", at: section.line(of: action.name))
            }
        }
        if settings.actions.isEmpty {
            warn("\(section.heading) does nothing (expected an action such as challenge_response)", at: section.line)
        }
        do throws(PolicyError) {
            let conditions = try PolicyConditions(
                realms: settings.realms, users: settings.users, resolvers: settings.resolvers, clients: settings.clients
            )
            policyLines.append(section.line)
            policies.append(
                Policy(
                    name: section.name ?? "", scope: settings.scope, priority: settings.priority,
                    isActive: settings.isActive, conditions: conditions, actions: actions))
        } catch {
            fail("\(error)", at: section.line(of: "client"))
        }
    }

    /// Two policies for the same logins that want different things would have each of these logins rejected.
    private mutating func checkPolicies() {
        for (later, policy) in policies.enumerated() {
            for (earlier, other) in policies[..<later].enumerated() where other.conditions == policy.conditions {
                for conflict in EngineConfiguration(policies: [other, policy]).policyConflicts {
                    let place = "'\(other.name)' is in line \(policyLines[earlier])"
                    fail("\(conflict); \(place) (expected another priority for one of them)", at: policyLines[later])
                }
            }
        }
    }

    private mutating func checkWhole(_ sections: [ConfigurationSectionKind: [ConfigurationFile.Section]]) {
        if sections[.client] == nil { warn("no client may ask (expected a section [Client name])", at: 0) }
        if sections[.realm] == nil {
            warn("no user will be found (expected a section [Realm name])", at: 0)
        } else if !realms.contains(where: \.isDefault) {
            warn("users must name their realm, since none is the default (expected default = yes in one)", at: 0)
        }
    }

    // MARK: Names

    /// The name of a section that lists and users refer to.
    private mutating func checkedName(of section: ConfigurationFile.Section) -> String {
        let name = section.name ?? ""
        if name.contains(where: { $0.isWhitespace || $0 == "," || $0 == "@" || $0 == "\\" || $0 == "!" }) {
            fail(
                "\(section.heading) has a name that nothing can refer to (expected no blank, comma, @, \\ or !)",
                at: section.line)
        }
        return name
    }

    private mutating func checkRealm(_ name: String, at line: Int) {
        guard !realms.contains(where: { $0.name == name.lowercased() }) else { return }
        failUnknown("realm", name, among: realms.map(\.name), at: line)
    }

    /// The name that an entry of a condition includes or excludes; nil for a pattern, which names nobody in particular.
    private func plainName(_ item: String) -> String? {
        let name = item.hasPrefix("!") || item.hasPrefix("-") ? item.dropFirst() : item[...]
        return name.contains("*") ? nil : String(name)
    }

    // MARK: Diagnostics

    private mutating func failUnknown(_ what: String, _ name: String, among names: [String], at line: Int) {
        diagnostics.append(.unknown(what, name, among: names, file: file.path, line: line))
    }

    private mutating func fail(_ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file.path, line: line, message))
    }

    private mutating func warn(_ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file.path, line: line, severity: .warning, message))
    }
}

extension ConfigurationFile.Section {
    /// Of a key's first value; of the heading when the key is not there.
    func line(of key: String) -> Int { entries.first { $0.key == key }?.line ?? line }
}
