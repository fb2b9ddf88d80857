/// A rule of the operator's: where its conditions hold, its actions do.
package struct Policy: Sendable, Equatable {
    package var name: String
    package var scope: PolicyScope
    /// The smaller, the stronger.
    package var priority: Int
    package var isActive: Bool
    package var conditions: PolicyConditions
    package var actions: [PolicyAction]

    package init(
        name: String, scope: PolicyScope = .authentication, priority: Int = 1, isActive: Bool = true,
        conditions: PolicyConditions = PolicyConditions(), actions: [PolicyAction] = []
    ) {
        self.name = name
        self.scope = scope
        self.priority = priority
        self.isActive = isActive
        self.conditions = conditions
        self.actions = actions
    }
}

/// What a policy has a say in.
package enum PolicyScope: String, Sendable, CaseIterable {
    /// How somebody proves who they are.
    case authentication
    /// Whether they may come in then.
    case authorization
}

/// A part of a policy that makes no sense, in words for whoever wrote it.
package struct PolicyError: Error, Equatable, CustomStringConvertible {
    package let description: String
}
