import RadiusCodec
import TokenEngine

/// `watchword map diff`: what another mapping would change for the users of the database.
enum MapDiffCommand {
    private static let list = CommandOption(
        name: "--list", summary: "a line for each user who is concerned, as they are found, before the summary")

    static let command = Command(
        name: "diff",
        summary: "Compares two mappings over all users: who gains which attributes, who loses which",
        operands: ["OLD", "NEW"],
        options: [MapCommand.client, MapCommand.request, MapCommand.result, list],
        example: "watchword map diff /etc/watchword/rlm.ini rlm-new.ini",
        action: run)

    private struct Document: Encodable {
        struct Group: Encodable {
            let count: Int
            let users: [String]
            let lost: [String]
            let gained: [String]
        }
        let users: Int
        let changed: Int
        let changes: [Group]
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let administration = try Administration(invocation)
        let configuration = administration.configuration
        let result = try MapCommand.mappedResult(invocation)
        let asking = try AskingClient(invocation, configuration)
        var comparison = MappingComparison(
            from: try mapping(0, "OLD", configuration, invocation),
            to: try mapping(1, "NEW", configuration, invocation), limit: asking.client?.replyLimit ?? Packet.sizeMaximum
        )
        let scope = LoginScope(comparison.old, asking.client, configuration)
        let newScope = LoginScope(comparison.new, asking.client, configuration)
        let isListing = invocation.arguments.isSet(list) && !invocation.isJSON
        let now = Clock.now()
        var failure: CommandFailure?
        try administration.ask { (store) throws(StoreError) in
            try store.forEachUser { user, tokens in
                guard failure == nil else { return }
                var expected = asking.detail(of: user, token: tokens.likeliest(at: now), result: result)
                func login(in scope: LoginScope) -> MappingComparison.Login<DetailByDictionary> {
                    expected.user.realm = scope.realm(of: user, configuration.engine)
                    return MappingComparison.Login(
                        detail: expected.source(configuration.dictionary),
                        obstacle: scope.obstacle(for: user, configuration.engine))
                }
                let before = login(in: scope)
                let name = "\(user.name)@\(expected.user.realm ?? user.id.resolver)"
                let after = newScope == scope ? before : login(in: newScope)
                guard let change = comparison.compare(name, before, after, result: result), isListing else { return }
                do throws(CommandFailure) { try invocation.console.show(line(name, change)) } catch { failure = error }
            }
        }
        if let failure { throw failure }
        let groups = comparison.changes
        let document = Document(
            users: comparison.userCount, changed: comparison.changedCount,
            changes: groups.map {
                Document.Group(count: $0.userCount, users: $0.users, lost: $0.change.lost, gained: $0.change.gained)
            })
        try invocation.show(document, orText: summary(of: comparison, groups))
        return groups.isEmpty ? .done : .no
    }

    private static func mapping(
        _ index: Int, _ name: String, _ configuration: Configuration, _ invocation: Invocation
    ) throws(CommandFailure) -> AttributeMapping {
        let path = try invocation.requiredOperand(index, name)
        return try MapCommand.load(path, configuration.dictionary, invocation)
    }

    private static func line(_ name: String, _ change: MappingComparison.Change) -> String {
        let parts = change.lost.map { "-\($0)" } + change.gained.map { "+\($0)" }
        return "\(visible(name)): \(parts.joined(separator: ", "))"
    }

    /// More kinds of change than this nobody reads.
    private static let groupsShown = 50

    private static func summary(of comparison: MappingComparison, _ groups: [MappingComparison.Group]) -> String {
        let head = "\(comparison.changedCount) of \(count(comparison.userCount, "user")) would get something else"
        let parts = groups.prefix(groupsShown).map { group in
            let names = group.users.map { visible($0) }.joined(separator: ", ")
            let more = group.userCount > group.users.count ? ", …" : ""
            let lines = group.change.lost.map { "  - \($0)" } + group.change.gained.map { "  + \($0)" }
            return (["\(count(group.userCount, "user")): \(names)\(more)"] + lines).joined(separator: "\n")
        }
        let rest = groups.count - parts.count
        let end = rest > 0 ? ["\(count(rest, "other change")), which --json shows"] : []
        return ([head] + parts + end).joined(separator: "\n\n")
    }
}
