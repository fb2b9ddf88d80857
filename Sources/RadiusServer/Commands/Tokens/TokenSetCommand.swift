import TokenEngine

/// `watchword token set`: what an administrator allows a token, and what is noted about it.
enum TokenSetCommand {
    static let command = Command(
        name: "set",
        summary: "Changes a token's limits, note and attributes; what is not named stays",
        operands: ["SERIAL"],
        options: [
            .description, .attribute, removeAttribute, failCountMaximum, countWindow, syncWindow, timeWindow,
            authenticationsMaximum, successesMaximum,
        ],
        example: "watchword token set TOTP0001A3F2 --max-fail 5 --description 'spare key'",
        action: run)

    private static let removeAttribute = CommandOption(
        name: "--remove-attribute", value: "KEY", summary: "take an attribute away, with all its values",
        isRepeatable: true)
    private static let failCountMaximum = CommandOption(
        name: "--max-fail", value: "N", summary: "how many failures in a row lock it")
    private static let countWindow = CommandOption(
        name: "--count-window", value: "N", summary: "type hotp: how many counters ahead are tried at a login")
    private static let syncWindow = CommandOption(
        name: "--sync-window", value: "N", summary: "how many counters or steps resync searches")
    private static let timeWindow = CommandOption(
        name: "--time-window", value: "SECONDS", summary: "type totp: how far its clock may be off, to either side")
    private static let authenticationsMaximum = CommandOption(
        name: "--max-authentications", value: "N", summary: "how often it may be tried; 0 is without end")
    private static let successesMaximum = CommandOption(
        name: "--max-successes", value: "N", summary: "how often it may succeed; 0 is without end")

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        guard command.options.contains(where: invocation.arguments.isSet) else {
            throw .wrongUsage("nothing to change: name one of \(command.options.map(\.name).joined(separator: ", "))")
        }
        let given = try invocation.attributes(of: .attribute)
        let removed = invocation.arguments.values(of: removeAttribute)
        let administration = try Administration(invocation)
        let serial = try invocation.requiredOperand(0, "SERIAL")
        let found = try administration.ask { (store) throws(StoreError) in try store.token(serial: serial) }
        guard let token = found else { throw .no("no token '\(visible(serial))'") }

        let description = invocation.arguments.value(of: .description)
        let limits = try limits(of: token, invocation)
        let replaced = Set(removed + given.map(\.name))
        let attributes = token.attributes.filter { !replaced.contains($0.name) } + given
        try administration.ask { (store) throws(StoreError) in
            if limits != token.limits { try store.setLimits(limits, serial: serial) }
            if attributes != token.attributes { try store.setAttributes(attributes, serial: serial) }
            if let description { try store.setDescription(description, serial: serial) }
        }
        try administration.report(serial, "changed")
        return .done
    }

    /// The bounds are the engine's: beyond them a token would be unfit for any login.
    private static func limits(of token: Token, _ invocation: Invocation) throws(CommandFailure) -> TokenLimits {
        let old = token.limits
        // A row that somebody else has written may have any period.
        let period = min(max(token.periodInSeconds, 1), Token.periodMaximumInSeconds)
        let timeWindowMaximum = Token.windowMaximum * period
        func number(_ option: CommandOption, from least: Int, to most: Int64) throws(CommandFailure) -> Int64? {
            try invocation.number(of: option, in: least...Int(most)).map(Int64.init)
        }
        var limits = old
        limits.failCountMaximum = try number(failCountMaximum, from: 1, to: 1000) ?? old.failCountMaximum
        limits.countWindow = try number(countWindow, from: 1, to: Token.windowMaximum) ?? old.countWindow
        limits.syncWindow = try number(syncWindow, from: 1, to: Token.windowMaximum) ?? old.syncWindow
        limits.timeWindowInSeconds = try number(timeWindow, from: 0, to: timeWindowMaximum) ?? old.timeWindowInSeconds
        if let most = try number(authenticationsMaximum, from: 0, to: Token.counterMaximum) {
            limits.authenticationsMaximum = most == 0 ? nil : most
        }
        if let most = try number(successesMaximum, from: 0, to: Token.counterMaximum) {
            limits.successesMaximum = most == 0 ? nil : most
        }
        return limits
    }
}
