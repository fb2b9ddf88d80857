package import Cryptography

/// Everything that the operator says about deciding: an immutable snapshot, swapped whole at a reload.
package struct EngineConfiguration: Sendable, Equatable {
    package var resolvers: [Resolver]
    package var realms: [Realm]
    package var policies: [Policy]
    package var settings: EngineSettings

    package init(
        resolvers: [Resolver] = [], realms: [Realm] = [], policies: [Policy] = [],
        settings: EngineSettings = EngineSettings()
    ) {
        self.resolvers = resolvers
        self.realms = realms
        self.policies = policies
        self.settings = settings
    }

    /// The realm of that name, either case.
    package func realm(named name: some StringProtocol) -> Realm? {
        let name = name.lowercased()
        return realms.first { $0.name == name }
    }

    package var defaultRealm: Realm? { realms.first { $0.isDefault } }

    /// Policies that contradict one another for everybody that they hold for, in words for the operator.
    package var policyConflicts: [PolicyError] {
        PolicySet(policies).conflicts.map { conflict in
            let names = conflict.policies.map { "'\($0)'" }.joined(separator: " and ")
            return PolicyError(description: "policies \(names) disagree on \(conflict.action) at the same priority")
        }
    }
}

/// Where users come from.
package struct Resolver: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The database's own users.
        case local
    }

    package let name: String
    package let kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// A set of users: those of its resolvers, the first one that knows a name wins.
package struct Realm: Sendable, Hashable {
    /// Lower case.
    package let name: String
    /// By name, in the order in which they are asked.
    package let resolvers: [String]
    package let isDefault: Bool

    package init(name: String, resolvers: [String], isDefault: Bool = false) {
        self.name = name.lowercased()
        self.resolvers = resolvers
        self.isDefault = isDefault
    }
}

/// What holds where no policy says otherwise.
package struct EngineSettings: Sendable, Equatable {
    /// How long a challenge can be answered.
    package var challengeValidityInSeconds: Int64 = 120
    package var pinHashCost = PasswordHashCost.pin
    package var passwordHashCost = PasswordHashCost.password
    /// Whether the PIN stands before the OTP; else after it.
    package var pinComesFirst = true
    /// Whether a wrong PIN counts against the user's tokens as a wrong OTP does.
    package var wrongPINCounts = true
    /// The prompt of a challenge.
    package var challengeText = "please enter otp: "

    package init() {}
}
