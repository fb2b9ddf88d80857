import RadiusCodec
import TokenEngine

/// `watchword token import`: a delivery of tokens, all or none.
enum TokenImportCommand {
    /// A million rows are some 100 MB.
    private static let fileSizeMaximum = 1 << 30

    private static let format = CommandOption(
        name: "--format", value: "FORMAT",
        summary: "oath-csv: serial, secret in hex, type, digits, period or counter[, user[, pin]] (the default)")
    private static let createUsers = CommandOption(
        name: "--create-users", summary: "make the users that the realm's local resolver lacks")

    private struct Document: Encodable {
        let imported: Int
    }

    static let command = Command(
        name: "import",
        summary: "Adds the tokens of a file, all of them or, if one line is wrong, none",
        operands: ["FILE"],
        options: [format, createUsers, .realm],
        example: "watchword token import delivery.csv --format oath-csv --create-users"
    ) { invocation throws(CommandFailure) in
        let path = try invocation.requiredOperand(0, "FILE")
        switch invocation.arguments.value(of: format) {
        case nil, "auto", "oath-csv": break
        case let other?: throw .wrongUsage("--format is '\(other)'; it takes oath-csv")
        }
        let contents: FileContents
        do throws(UnreadableFile) {
            contents = try FileContents(path: path, sizeMaximum: fileSizeMaximum)
        } catch { throw .couldNot("\(error)") }
        let file = OATHTokenFile(contents.octets, path: path)
        let mistakes = file.check()
        guard mistakes.isEmpty else {
            throw CommandFailure(status: .no, messages: mistakes.map(\.description) + ["nothing was imported"])
        }
        let administration = try Administration(invocation)
        let resolver = try administration.newUser("user", realm: invocation.arguments.value(of: .realm)).resolver
        let console = invocation.console
        let imported: Int
        do throws(StoreError) {
            imported = try administration.store.importTokens(
                file.tokens, resolver: resolver, createsUsers: invocation.arguments.isSet(createUsers),
                settings: administration.configuration.engine.settings
            ) { count in
                if console.isInteractive { console.note("\(count) tokens") }
            }
        } catch StoreError.importRow(let index, let reason) {
            let failure = CommandFailure(reason)
            throw CommandFailure(
                status: .no,
                messages: failure.messages.map { "\(path):\(file.line(of: index)): \($0)" } + ["nothing was imported"])
        } catch {
            throw CommandFailure(error)
        }
        try invocation.show(Document(imported: imported), orText: "\(imported) tokens imported")
        return .done
    }
}
