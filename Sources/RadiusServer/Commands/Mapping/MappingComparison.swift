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

    /// What a login would come with under one of the two.
    struct Login<Source: DetailSource> {
        let detail: Source
        /// Why there would be none; nil when there would be one.
        var obstacle: String?
    }

    let old: AttributeMapping
    let new: AttributeMapping
    /// The most octets that a reply may have.
    private let limit: Int
    private(set) var userCount = 0
    private var groups: [Change: Group] = [:]

    init(from old: AttributeMapping, to new: AttributeMapping, limit: Int = Packet.sizeMaximum) {
        self.old = old
        self.new = new
        self.limit = limit
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
    mutating func compare<Source: DetailSource>(
        _ user: String, _ before: Login<Source>, _ after: Login<Source>, result: MappedResult
    ) -> Change? {
        userCount += 1
        let (former, barred) = reply(to: before, by: old, result)
        let (later, bar) = reply(to: after, by: new, result)
        guard former != later || barred != bar else { return nil }
        let difference = AttributeDifference(from: former, to: later)
        // Who comes in neither way misses nothing.
        let loss = barred == nil ? bar.map { ["any login (barred by \($0))"] } ?? [] : []
        let gain = bar == nil ? barred.map { ["any login (was barred by \($0))"] } ?? [] : []
        guard !difference.isEmpty || !loss.isEmpty || !gain.isEmpty else { return nil }
        let change = Change(
            lost: loss + difference.missing.map { old.dictionary.readableLine(of: former[$0]) },
            gained: gain + difference.additional.map { new.dictionary.readableLine(of: later[$0]) })
        let key =
            groups[change] != nil || groups.count < Self.groupsMaximum
            ? change
            : Change(
                lost: loss + difference.missing.map { former[$0].definition.name },
                gained: gain + difference.additional.map { later[$0].definition.name })
        var group = groups[key] ?? Group(change: key)
        group.userCount += 1
        if group.users.count < Self.usersShown { group.users.append(user) }
        groups[key] = group
        return change
    }

    /// The attributes of a login, or what stands in its way.
    private func reply<Source: DetailSource>(
        to login: Login<Source>, by mapping: AttributeMapping, _ result: MappedResult
    ) -> (attributes: [EncodedAttribute], obstacle: String?) {
        if let obstacle = login.obstacle { return ([], obstacle) }
        let mapped = mapping.attributes(for: login.detail, result: result, limit: limit)
        if let refusal = mapped.refusal, result != .reject { return ([], "misfit = refuse in line \(refusal.line)") }
        return (mapped.attributes.map(\.attribute), nil)
    }
}
