import TokenEngine

/// `watchword challenge …`: questions that wait for an answer.
enum ChallengeCommands {
    static let command = Command(
        name: "challenge",
        summary: "Challenges that were sent and not answered yet",
        example: "watchword challenge list",
        subcommands: [list, expire])

    private struct Document: Encodable {
        let serial: String
        let user: String?
        let resolver: String
        let client: String
        let opened: String
        let expires: String
        let expired: Bool
    }

    private static let list = Command(
        name: "list",
        summary: "Lists challenges, oldest first",
        example: "watchword challenge list"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let challenges = try administration.ask { (store) throws(StoreError) in try store.challenges() }
        let now = Clock.now()
        var documents: [Document] = []
        for challenge in challenges {
            documents.append(
                Document(
                    serial: challenge.serial, user: try administration.name(of: challenge.user),
                    resolver: challenge.user.resolver, client: challenge.client,
                    opened: challenge.openedAt.description, expires: challenge.expiresAt.description,
                    expired: challenge.expiresAt <= now))
        }
        let rows = documents.map {
            [$0.serial, visible($0.user ?? ""), visible($0.client), $0.opened, $0.expired ? "expired" : $0.expires]
        }
        try invocation.show(documents, orText: TextTable(["SERIAL", "USER", "CLIENT", "OPENED", "EXPIRES"], rows).text)
        return .done
    }

    private static let all = CommandOption(name: "--all", summary: "those, too, that could still be answered")

    private static let expire = Command(
        name: "expire",
        summary: "Deletes challenges whose time is over",
        options: [all],
        example: "watchword challenge expire"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let now = invocation.arguments.isSet(all) ? nil : Clock.now()
        let number = try administration.ask { (store) throws(StoreError) in try store.expireChallenges(at: now) }
        try invocation.show(["deleted": number], orText: "\(count(number, "challenge")) deleted")
        return .done
    }
}
