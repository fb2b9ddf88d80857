import RadiusCodec

/// What another mapping would change for many users: who gains which attributes, who loses which. Users with the same
/// change are counted together, so that a million of them need no more room than their changes.
struct MappingComparison {
    struct Change: Hashable {
        /// `Name = value`, or for changes that are kept in less detail, `Name`.
        let lost: [String]
        let gained: [String]
    }

    struct Group {
        let change: Change
        var userCount = 0
        /// The first few.
        var users: [String] = []
    }

    /// Where each user has a value of their own, there are as many changes as users: beyond this many, those that follow
    /// are told apart by the names of the attributes alone.
    private static let groupsMaximum = 1000
    static let usersShown = 5

    let old: AttributeMapping
    let new: AttributeMapping
    private(set) var userCount = 0
    private var groups: [Change: Group] = [:]

    init(from old: AttributeMapping, to new: AttributeMapping) {
        self.old = old
        self.new = new
    }

    var changedCount: Int { groups.values.reduce(0) { $0 + $1.userCount } }

    /// Those that concern most users first.
    var changes: [Group] {
        groups.values.sorted { one, other in
            (other.userCount, one.change.gained.joined(), one.change.lost.joined())
                < (one.userCount, other.change.gained.joined(), other.change.lost.joined())
        }
    }

    /// - Returns: what changes for this user; nil when nothing does.
    mutating func compare(_ user: String, _ detail: some DetailSource, result: MappedResult) -> Change? {
        userCount += 1
        let before = old.attributes(for: detail, result: result).attributes.map(\.attribute)
        let after = new.attributes(for: detail, result: result).attributes.map(\.attribute)
        guard before != after, case let difference = AttributeDifference(from: before, to: after), !difference.isEmpty
        else { return nil }
        let change = Change(
            lost: difference.missing.map { old.dictionary.readableLine(of: before[$0]) },
            gained: difference.additional.map { new.dictionary.readableLine(of: after[$0]) })
        let key =
            groups[change] != nil || groups.count < Self.groupsMaximum
            ? change
            : Change(
                lost: difference.missing.map { before[$0].definition.name },
                gained: difference.additional.map { after[$0].definition.name })
        var group = groups[key] ?? Group(change: key)
        group.userCount += 1
        if group.users.count < Self.usersShown { group.users.append(user) }
        groups[key] = group
        return change
    }
}
