import TokenEngine

/// `watchword audit` and `audit verify`: what was decided, and proof that nobody has changed the record of it.
enum AuditCommands {
    static let command = Command(
        name: "audit",
        summary: "Shows what was decided, oldest first",
        options: [user, since, limit],
        example: "watchword audit --user alice --since 1h",
        subcommands: [verify]
    ) { invocation throws(CommandFailure) in
        let filter = AuditFilter(
            user: invocation.arguments.value(of: user), since: try time(invocation),
            limit: try invocation.number(of: limit, in: 1...10_000_000) ?? 1000)
        let administration = try Administration(invocation)
        let entries = try administration.ask { (store) throws(StoreError) in try store.audit(filter) }
        let documents = entries.map(Document.init)
        try invocation.show(documents, orText: TextTable(Document.head, documents.map(\.row)).text)
        return .done
    }

    private static let user = CommandOption(
        name: "--user", value: "NAME", summary: "only this login name, without the realm")
    private static let since = CommandOption(
        name: "--since", value: "TIME",
        summary: "from then on: 2026-11-22, 2026-11-22T06:40:00Z, or 90s, 30m, 12h, 7d ago")
    private static let limit = CommandOption(
        name: "--limit", value: "N", summary: "the newest so many (else 1000)")

    private static let verify = Command(
        name: "verify",
        summary: "Proves that no line of the audit was changed, removed or reordered",
        example: "watchword audit verify"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        switch try administration.ask({ (store) throws(StoreError) in try store.verifyAudit() }) {
        case .intact(let number):
            try invocation.show(
                Verification(intact: true, lines: number), orText: "the audit is intact: \(number) lines")
            return .done
        case .broken(let number):
            throw .no("the audit was changed: line \(number), or one before it, is not what was written")
        case .truncated(let number):
            throw .no("the audit was cut off: lines after number \(number) are missing")
        }
    }

    private struct Verification: Encodable {
        let intact: Bool
        let lines: Int64
    }

    private struct Document: Encodable {
        let number: Int64
        let time: String
        let client: String
        let address: String
        let user: String
        let realm: String
        let resolver: String
        let serial: String
        let type: String
        let decision: String
        let reason: String
        let message: String
        let policies: String

        init(_ entry: AuditEntry) {
            let record = entry.record
            number = entry.number
            time = record.time.description
            client = record.client
            address = record.clientAddress
            user = record.user
            realm = record.realm
            resolver = record.resolver
            serial = record.serial
            type = record.kind
            decision = record.decision
            reason = record.reason
            message = record.message
            policies = record.policies
        }

        static let head = ["NUMBER", "TIME", "CLIENT", "USER", "REALM", "SERIAL", "DECISION", "REASON"]

        var row: [String] {
            ["\(number)", time, visible(client), visible(user), visible(realm), visible(serial), decision, reason]
        }
    }

    private static func time(_ invocation: Invocation) throws(CommandFailure) -> UnixTime? {
        guard let text = invocation.arguments.value(of: since) else { return nil }
        guard let time = UnixTime(text, orAgoAt: Clock.now()) else {
            throw .wrongUsage(
                "--since is '\(visible(text))'; it takes 2026-11-22, 2026-11-22T06:40:00Z, or how long ago: 90s, 30m, 12h, 7d"
            )
        }
        return time
    }
}
