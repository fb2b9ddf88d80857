import TokenEngine

extension Administration {
    /// - Throws: ``ExitStatus/no`` when there is no token of that serial.
    func document(serial: String) throws(CommandFailure) -> TokenDocument {
        let found = try ask { (store) throws(StoreError) in try store.token(serial: serial) }
        guard let token = found else { throw .no("no token '\(visible(serial))'") }
        return TokenDocument(token, userName: try token.owner.flatMap(name))
    }

    /// The login name of somebody whom a token or a challenge belongs to; nil for one who is no local user any more.
    func name(of user: UserID) throws(CommandFailure) -> String? {
        try ask { (store) throws(StoreError) in try store.user(user)?.name }
    }

    /// The login names of all local users, by who they are.
    func userNames() throws(CommandFailure) -> [UserID: String] {
        let users = try ask { (store) throws(StoreError) in try store.users() }
        return Dictionary(users.map { ($0.id, $0.name) }) { first, _ in first }
    }

    /// The token after a change; in words, `token SERIAL` and what it does or is from now on.
    func report(_ serial: String, _ predicate: String) throws(CommandFailure) {
        let document = try document(serial: serial)
        try invocation.show(document, orText: "token \(document.serial) \(predicate)")
    }
}

extension TokenKind {
    /// Reads the kind that somebody typed, and says which there are when it is none.
    init(commandLine name: String) throws(CommandFailure) {
        guard let kind = TokenKind(name: name) else {
            let names = TokenKind.allCases.map(\.rawValue)
            throw .wrongUsage(
                "--type is '\(visible(name))' "
                    + didYouMean(name, among: names, otherwise: "it takes \(names.joined(separator: ", "))"))
        }
        self = kind
    }
}

extension TokenDocument {
    /// For people: one line a property.
    var table: String {
        var rows = [["serial", serial], ["type", type], ["state", condition]]
        rows.append(["user", user.map { visible($0) } ?? "nobody"])
        rows.append(["PIN", hasPIN ? "set" : "none"])
        rows.append(["failures", Self.usage(failcount, of: maxfail)])
        rows.append(["authentications", Self.usage(authentications, of: authenticationsMaximum)])
        rows.append(["successes", Self.usage(successes, of: successesMaximum)])
        if let digits { rows.append(["digits", "\(digits)"]) }
        if let algorithm { rows.append(["algorithm", algorithm]) }
        if let period { rows.append(["period", "\(period) s"]) }
        if let counter { rows.append(["counter", "\(counter)"]) }
        if let drift { rows.append(["drift", count(Int(drift), "time step")]) }
        if let countWindow { rows.append(["count window", "\(countWindow)"]) }
        if let timeWindow { rows.append(["time window", "\(timeWindow) s"]) }
        if let syncWindow { rows.append(["sync window", "\(syncWindow)"]) }
        if let validFrom { rows.append(["valid from", validFrom]) }
        if let validUntil { rows.append(["valid until", validUntil]) }
        if !description.isEmpty { rows.append(["description", visible(description)]) }
        rows += attributes.lines.map { ["attribute", visible($0)] }
        return TextTable(rows).text
    }

    private static func usage(_ number: Int64, of most: Int64?) -> String {
        most.map { "\(number) of \($0)" } ?? "\(number)"
    }
}
