import TokenEngine

/// `watchword user …`: the users that live in the database.
enum UserCommands {
    static let command = Command(
        name: "user",
        summary: "Local users",
        example: "watchword user add alice --attribute group=staff",
        subcommands: [add, list, show, set, delete])

    private static let add = Command(
        name: "add",
        summary: "Adds a user to the realm's local resolver, without a password unless one is given",
        operands: ["NAME"],
        options: [.realm, .password, .passwordFromStandardInput, .attribute],
        example:
            "watchword user add alice --attribute group=staff --attribute group=vpn --attribute mail=alice@example.org"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let text = try invocation.requiredOperand(0, "NAME")
        let attributes = try invocation.attributes(of: .attribute)
        let (name, resolver) = try administration.newUser(text, realm: invocation.arguments.value(of: .realm))
        let password = try invocation.givenSecret(.password)
        let cost = administration.configuration.engine.settings.passwordHashCost
        let user = try administration.ask { (store) throws(StoreError) in
            try store.addUser(name: name, resolver: resolver, password: password, attributes: attributes, cost: cost)
        }
        try administration.report(user, "user '\(visible(user.name))' added to resolver '\(resolver)'")
        return .done
    }

    private static let list = Command(
        name: "list",
        summary: "Lists the local users",
        options: [.realm],
        example: "watchword user list --json"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        var users = try administration.ask { (store) throws(StoreError) in try store.users() }
        if let name = invocation.arguments.value(of: .realm) {
            let realm = try administration.realm(named: name)
            users = users.filter { realm.resolvers.contains($0.id.resolver) }
        }
        let documents = users.map { UserDocument($0, realms: administration.realms(of: $0.id.resolver)) }
        let rows = documents.map { [visible($0.name), $0.resolver, $0.realms.joined(separator: ", ")] }
        try invocation.show(documents, orText: TextTable(["NAME", "RESOLVER", "REALMS"], rows).text)
        return .done
    }

    private static let show = Command(
        name: "show",
        summary: "Shows a user with attributes and tokens",
        operands: ["NAME[@REALM]"],
        options: [.realm],
        example: "watchword user show alice"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let user = try administration.user(invocation)
        let tokens = try administration.ask { (store) throws(StoreError) in
            try store.tokens(TokenFilter(owner: user.id)).map(\.serial)
        }
        let document = UserDocument(user, realms: administration.realms(of: user.id.resolver), tokens: tokens)
        try invocation.show(document, orText: document.table)
        return .done
    }

    private static let removeAttribute = CommandOption(
        name: "--remove-attribute", value: "KEY", summary: "take an attribute away, with all its values",
        isRepeatable: true)
    private static let removePassword = CommandOption(
        name: "--remove-password", summary: "the user has no password from now on")

    private static let set = Command(
        name: "set",
        summary: "Changes a user's attributes or password; asks for a new password when nothing else is named",
        operands: ["NAME[@REALM]"],
        options: [
            .realm, .attribute, removeAttribute, .password, .passwordFromStandardInput, removePassword,
        ],
        example: "watchword user set alice --attribute group=staff --attribute group=vpn --remove-attribute phone"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let user = try administration.user(invocation)
        let given = try invocation.attributes(of: .attribute)
        let removed = invocation.arguments.values(of: removeAttribute)
        let removesPassword = invocation.arguments.isSet(removePassword)
        var password = try invocation.givenSecret(.password)
        guard password == nil || !removesPassword else {
            throw .wrongUsage("--remove-password and a new password contradict each other")
        }
        if given.isEmpty, removed.isEmpty, password == nil, !removesPassword {
            password = try invocation.askTwice("New password for \(visible(user.name))")
        }
        for name in removed where !user.attributes.contains(where: { $0.name == name }) {
            throw .no("user '\(visible(user.name))' has no attribute '\(visible(name))'")
        }
        // A name that is given anew takes the place of all its old values.
        let replaced = Set(removed + given.map(\.name))
        let attributes = user.attributes.filter { !replaced.contains($0.name) } + given
        let cost = administration.configuration.engine.settings.passwordHashCost
        let changed = try administration.ask { (store) throws(StoreError) in
            if attributes != user.attributes { try store.setAttributes(attributes, of: user.id) }
            if password != nil || removesPassword { try store.setPassword(password, of: user.id, cost: cost) }
            return try store.user(named: user.name, resolver: user.id.resolver)
        }
        try administration.report(changed ?? user, "user '\(visible(user.name))' changed")
        return .done
    }

    private static let delete = Command(
        name: "delete",
        summary: "Deletes a user; their tokens belong to nobody from then on",
        operands: ["NAME[@REALM]"],
        options: [.realm],
        example: "watchword user delete alice"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let user = try administration.user(invocation)
        try administration.ask { (store) throws(StoreError) in try store.deleteUser(user.id) }
        try administration.report(user, "user '\(visible(user.name))' deleted")
        return .done
    }
}

extension Administration {
    /// The user that the command's operand and `--realm` mean.
    fileprivate func user(_ invocation: Invocation) throws(CommandFailure) -> User {
        try user(
            try invocation.requiredOperand(0, "NAME[@REALM]"), realm: invocation.arguments.value(of: .realm))
    }

    fileprivate func report(_ user: User, _ sentence: String) throws(CommandFailure) {
        try invocation.show(UserDocument(user, realms: realms(of: user.id.resolver)), orText: sentence)
    }
}
