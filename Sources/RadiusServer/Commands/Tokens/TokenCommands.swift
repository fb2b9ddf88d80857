import Cryptography
import TokenEngine

/// `watchword token …`: what users hold.
enum TokenCommands {
    static let command = Command(
        name: "token",
        summary: "Tokens: what users hold beside their PIN",
        example: "watchword token add --user alice --type totp",
        subcommands: [
            TokenAddCommand.command, list, show, enable, disable, revoke, unlock, delete, assign, unassign, setPIN,
            TokenSetCommand.command, resynchronise, resetFailCount, test, TokenImportCommand.command,
        ])

    private static let user = CommandOption(name: "--user", value: "NAME[@REALM]", summary: "only this user's tokens")
    private static let type = CommandOption(
        name: "--type", value: "TYPE",
        summary: "only tokens of this type: \(TokenKind.allCases.map(\.rawValue).joined(separator: ", "))")

    private static let list = Command(
        name: "list",
        summary: "Lists tokens",
        options: [user, type],
        example: "watchword token list --user alice"
    ) { invocation throws(CommandFailure) in
        let kind = try invocation.arguments.value(of: type).map { (name) throws(CommandFailure) in
            try TokenKind(commandLine: name)
        }
        let administration = try Administration(invocation)
        let owner = try invocation.arguments.value(of: user).map { (name) throws(CommandFailure) in
            try administration.user(name).id
        }
        let tokens = try administration.ask { (store) throws(StoreError) in
            try store.tokens(TokenFilter(owner: owner, kind: kind))
        }
        let names = try administration.userNames()
        let documents = tokens.map { token in TokenDocument(token, userName: token.owner.flatMap { names[$0] }) }
        let rows = documents.map {
            [$0.serial, $0.type, visible($0.user ?? ""), $0.condition, "\($0.failcount)/\($0.maxfail)"]
        }
        try invocation.show(documents, orText: TextTable(["SERIAL", "TYPE", "USER", "STATE", "FAILURES"], rows).text)
        return .done
    }

    private static let show = Command(
        name: "show",
        summary: "Shows a token, without its secret",
        operands: ["SERIAL"],
        example: "watchword token show TOTP0001A3F2"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let document = try administration.document(serial: try invocation.requiredOperand(0, "SERIAL"))
        try invocation.show(document, orText: document.table)
        return .done
    }

    private static let enable = change(
        "enable", "Makes a disabled token usable again", done: "enabled"
    ) { (store, serial) throws(StoreError) in try store.setEnabled(true, serial: serial) }

    private static let disable = change(
        "disable", "Makes a token unusable until it is enabled", done: "disabled"
    ) { (store, serial) throws(StoreError) in try store.setEnabled(false, serial: serial) }

    private static let revoke = change(
        "revoke", "Makes a token unusable for ever", done: "revoked"
    ) { (store, serial) throws(StoreError) in try store.revoke(serial: serial) }

    private static let unlock = change(
        "unlock", "Takes a lock off a token and sets its fail counter to 0", done: "unlocked"
    ) { (store, serial) throws(StoreError) in try store.unlock(serial: serial) }

    private static let resetFailCount = change(
        "reset-failcounter", "Sets a token's fail counter to 0", done: "may fail anew"
    ) { (store, serial) throws(StoreError) in try store.resetFailCount(serial: serial) }

    private static let unassign = change(
        "unassign", "Takes a token away from its user", done: "belongs to nobody"
    ) { (store, serial) throws(StoreError) in try store.assign(serial: serial, to: nil) }

    private static let delete = Command(
        name: "delete",
        summary: "Deletes a token",
        operands: ["SERIAL"],
        example: "watchword token delete TOTP0001A3F2"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let document = try administration.document(serial: try invocation.requiredOperand(0, "SERIAL"))
        try administration.ask { (store) throws(StoreError) in try store.deleteToken(serial: document.serial) }
        try invocation.show(document, orText: "token \(document.serial) deleted")
        return .done
    }

    private static let assign = Command(
        name: "assign",
        summary: "Gives a token to a user",
        operands: ["SERIAL", "NAME[@REALM]"],
        example: "watchword token assign TOTP0001A3F2 alice"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let serial = try invocation.requiredOperand(0, "SERIAL")
        let user = try administration.user(try invocation.requiredOperand(1, "NAME[@REALM]"))
        try administration.ask { (store) throws(StoreError) in try store.assign(serial: serial, to: user.id) }
        try administration.report(serial, "belongs to \(visible(user.name))")
        return .done
    }

    private static let setPIN = Command(
        name: "set-pin",
        summary: "Sets a token's PIN; an empty one takes it away",
        operands: ["SERIAL"],
        options: [.pin, .pinFromStandardInput],
        example: "watchword token set-pin TOTP0001A3F2"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let document = try administration.document(serial: try invocation.requiredOperand(0, "SERIAL"))
        let pin = try invocation.requiredSecret(.pin, "New PIN for \(document.serial)")
        let cost = administration.configuration.engine.settings.pinHashCost
        try administration.ask { (store) throws(StoreError) in
            try store.setPIN(pin, serial: document.serial, cost: cost)
        }
        try administration.report(document.serial, pin.isEmpty ? "has no PIN" : "has a new PIN")
        return .done
    }

    private static let resynchronise = Command(
        name: "resync",
        summary: "Finds two one-time passwords in a row, and goes on from there",
        operands: ["SERIAL", "OTP1", "OTP2"],
        example: "watchword token resync OATH0001A3F2 755224 287082"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let serial = try invocation.requiredOperand(0, "SERIAL")
        let first = SecretOctets(utf8: try invocation.requiredOperand(1, "OTP1"))
        let second = SecretOctets(utf8: try invocation.requiredOperand(2, "OTP2"))
        let isFound = try administration.ask { (store) throws(StoreError) in
            try store.resynchronise(serial: serial, first: first, second: second, at: Clock.now())
        }
        guard isFound else {
            throw .no("the two are not to be found one after the other; are they of this token, and in this order?")
        }
        try administration.report(serial, "is in step again")
        return .done
    }

    private static let test = Command(
        name: "test",
        summary: "Tries a one-time password without PIN; a right one is used up",
        operands: ["SERIAL", "OTP"],
        example: "watchword token test TOTP0001A3F2 755224"
    ) { invocation throws(CommandFailure) in
        let administration = try Administration(invocation)
        let serial = try invocation.requiredOperand(0, "SERIAL")
        let otp = SecretOctets(utf8: try invocation.requiredOperand(1, "OTP"))
        let isRight = try administration.ask { (store) throws(StoreError) in
            try store.test(serial: serial, otp: otp, at: Clock.now())
        }
        guard isRight else { throw .no("the one-time password is wrong, or was used before") }
        try administration.report(serial, "accepts it")
        return .done
    }

    /// A command that takes a serial and changes one thing.
    private static func change(
        _ name: String, _ summary: String, done: String,
        _ body: @escaping @Sendable (borrowing Store, String) throws(StoreError) -> Void
    ) -> Command {
        Command(
            name: name, summary: summary, operands: ["SERIAL"], example: "watchword token \(name) TOTP0001A3F2"
        ) { invocation throws(CommandFailure) in
            let administration = try Administration(invocation)
            let serial = try invocation.requiredOperand(0, "SERIAL")
            try administration.ask { (store) throws(StoreError) in try body(store, serial) }
            try administration.report(serial, done)
            return .done
        }
    }
}
