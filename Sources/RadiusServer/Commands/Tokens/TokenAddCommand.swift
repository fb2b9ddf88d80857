import Cryptography
import TokenEngine

/// `watchword token add`: makes a token and shows, once, what a phone needs to know of it.
enum TokenAddCommand {
    static let command = Command(
        name: "add",
        summary: "Makes a token; without a secret, generates one",
        options: [
            user, type, .pin, .pinFromStandardInput, secret, secretInHex, digits, period, algorithm, counter, serial,
            .description, .attribute, .password, .passwordFromStandardInput,
        ],
        example: "watchword token add --user alice --type totp",
        action: run)

    private static let user = CommandOption(
        name: "--user", value: "NAME[@REALM]", summary: "whom it belongs to", isRequired: true)
    private static let type = CommandOption(
        name: "--type", value: "TYPE", summary: TokenKind.allCases.map(\.rawValue).joined(separator: ", "),
        isRequired: true)
    private static let secret = CommandOption(
        name: "--secret", value: "BASE32", summary: "the seed of a token that exists already")
    private static let secretInHex = CommandOption(
        name: "--secret-hex", value: "HEX", summary: "the same in hexadecimal digits")
    private static let digits = CommandOption(
        name: "--digits", value: "N", summary: "digits of an OTP, 6 to 8 (else 6)")
    private static let period = CommandOption(
        name: "--period", value: "SECONDS", summary: "time step of type totp (else 30)")
    private static let algorithm = CommandOption(
        name: "--algorithm", value: "sha1|sha256|sha512", summary: "the digest (else sha1, which every app knows)")
    private static let counter = CommandOption(
        name: "--counter", value: "N", summary: "the next counter of type hotp (else 0)")
    private static let serial = CommandOption(
        name: "--serial", value: "SERIAL", summary: "the serial (else one is made up)")

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        var new = NewToken(kind: try TokenKind(commandLine: invocation.arguments.value(of: type) ?? ""))
        try rejectWhatTheKindHasNot(new.kind, invocation)
        new.digits = try invocation.number(of: digits, in: 6...8) ?? new.digits
        new.periodInSeconds = Int64(try invocation.number(of: period, in: 1...86_400) ?? Int(new.periodInSeconds))
        new.counter = Int64(try invocation.number(of: counter, in: 0...Int.max) ?? 0)
        new.algorithm = try digest(invocation) ?? new.algorithm
        new.serial = invocation.arguments.value(of: serial)
        new.description = invocation.arguments.value(of: .description) ?? ""
        new.attributes = try invocation.attributes(of: .attribute)
        new.secret = try seed(invocation)

        let administration = try Administration(invocation)
        let owner = try administration.user(invocation.arguments.value(of: user) ?? "")
        new.owner = owner.id
        if new.kind == .password {
            new.secret = try invocation.requiredSecret(.password, "Password of the token")
        }
        new.pin = try invocation.newSecret(.pin, "PIN for \(visible(owner.name)) (empty: none)")
        let settings = administration.configuration.engine.settings
        let token = try administration.ask { (store) throws(StoreError) in
            try store.addToken(new, settings: settings)
        }
        try TokenEnrolment(token: token, owner: owner).show(on: invocation)
        return .done
    }

    /// An option that would do nothing is a misunderstanding, better cleared up before the token is handed out.
    private static func rejectWhatTheKindHasNot(
        _ kind: TokenKind, _ invocation: Invocation
    ) throws(CommandFailure) {
        var senseless: [CommandOption] = []
        if !kind.hasSeed { senseless += [secret, secretInHex, digits, algorithm] }
        if kind != .totp { senseless.append(period) }
        if kind != .hotp { senseless.append(counter) }
        if kind != .password { senseless += [.password, .passwordFromStandardInput] }
        for option in senseless where invocation.arguments.isSet(option) {
            throw .wrongUsage("\(option.name) means nothing to a token of type \(kind.rawValue)")
        }
    }

    private static func digest(_ invocation: Invocation) throws(CommandFailure) -> DigestAlgorithm? {
        guard let name = invocation.arguments.value(of: algorithm) else { return nil }
        guard let digest = DigestAlgorithm(rawValue: name.lowercased()), digest != .md5 else {
            throw .wrongUsage("--algorithm is '\(visible(name))'; it takes sha1, sha256 or sha512")
        }
        return digest
    }

    /// What is typed as a seed never comes back in a message.
    private static func seed(_ invocation: Invocation) throws(CommandFailure) -> SecretOctets? {
        let base32 = invocation.arguments.value(of: secret)
        let hexadecimal = invocation.arguments.value(of: secretInHex)
        guard base32 == nil || hexadecimal == nil else {
            throw .wrongUsage("--secret and --secret-hex contradict each other")
        }
        if let base32 {
            guard let octets = Base32.octets(base32), !octets.isEmpty else {
                throw .wrongUsage("--secret is not Base32; it takes letters A to Z and digits 2 to 7 (RFC 4648)")
            }
            return SecretOctets(octets)
        }
        if let hexadecimal {
            guard let octets = Hexadecimal.octets(hexadecimal), !octets.isEmpty else {
                throw .wrongUsage("--secret-hex is not hexadecimal; it takes digits 0 to 9 and a to f in pairs")
            }
            return SecretOctets(octets)
        }
        return nil
    }
}
