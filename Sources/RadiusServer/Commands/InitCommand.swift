import Cryptography
import TokenEngine

/// `watchword init`: everything that a server needs, in one folder, ready to be started.
enum InitCommand {
    static let command = Command(
        name: "init",
        summary: "Writes a configuration, a key file, a dictionary, a mapping and an empty database",
        operands: ["DIR"],
        options: [listen],
        example: "watchword init /etc/watchword --listen 0.0.0.0:1812",
        action: run)

    private static let listen = CommandOption(
        name: "--listen", value: "ADDRESS:PORT", summary: "where the server listens (else 0.0.0.0:1812)")

    /// 200 bits: no dictionary and no graphics card gets at it (RFC 2865 §3 asks for 16 octets at least).
    private static let secretSize = 25

    private struct Document: Encodable {
        struct Client: Encodable {
            let name: String
            let secret: String
        }
        let config: String
        let listen: String
        let client: Client
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let folder = try invocation.requiredOperand(0, "DIR")
        let listen = try listenAddress(invocation)
        let secret = try randomSecret()
        try create(in: folder, ConfigurationSample(listen: [listen], clientSecret: secret))

        let configuration = path("watchword.ini", in: folder)
        // As ADDRESS:PORT.
        let address = String(listen.description.dropFirst("\(listen.transport.rawValue)://".count))
        let document = Document(
            config: configuration, listen: address, client: .init(name: "localhost", secret: secret))
        try invocation.show(
            document,
            orText: """
                \(configuration) listens on \(address).
                Its client localhost (127.0.0.1 and ::1) has the secret \(secret)

                What to do next:
                  watchword --config \(configuration) user add alice
                  watchword --config \(configuration) token add --user alice --type totp
                  watchword --config \(configuration) serve
                """)
        return .done
    }

    private static func listenAddress(_ invocation: Invocation) throws(CommandFailure) -> ListenAddress {
        let text = invocation.arguments.value(of: listen) ?? "0.0.0.0:1812"
        guard let address = ListenAddress(text) else {
            throw .wrongUsage("--listen is '\(text)'; it takes ADDRESS:PORT, such as 0.0.0.0:1812 or [::]:1812")
        }
        return address
    }

    private static func randomSecret() throws(CommandFailure) -> String {
        do throws(CryptographyError) {
            let octets = try SecureRandom().octets(secretSize)
            return Base32.text(octets.span)
        } catch { throw .couldNot("\(error)") }
    }

    /// The configuration comes last: where it is, everything is.
    private static func create(in folder: String, _ sample: ConfigurationSample) throws(CommandFailure) {
        let own = EmbeddedFile.all.map { String($0.path.prefix { $0 != "/" }) }
        let names = Set(own + ["enckey", "watchword.db", "watchword.ini"]).sorted()
        let present = names.filter { NewFiles.exists(path($0, in: folder)) }
        guard present.isEmpty else {
            throw .no(
                "\(folder) has \(present.joined(separator: ", ")) already; name another folder, nothing is overwritten")
        }
        var files = NewFiles()
        do throws(CommandFailure) {
            try files.makeFolder(folder)
            for file in EmbeddedFile.all {
                let path = path(file.path, in: folder)
                if let slash = path.lastIndex(of: "/") { try files.makeFolder(String(path[..<slash])) }
                try files.write(file.octets, to: path, mode: 0o644)
            }
            try createDatabase(&files, in: folder)
            try files.write(Array(sample.text.utf8), to: path("watchword.ini", in: folder), mode: 0o600)
        } catch {
            files.remove()
            throw error
        }
    }

    private static func createDatabase(_ files: inout NewFiles, in folder: String) throws(CommandFailure) {
        let keyFile = path("enckey", in: folder)
        let database = path("watchword.db", in: folder)
        // An empty file is an empty database, and SQLite keeps the mode that it finds.
        try files.write([], to: database, mode: 0o600)
        do {
            try KeyFile.create(at: keyFile)
            files.adopt(keyFile)
            let keys = try KeyFile.load(from: keyFile)
            _ = try Store(path: database, keys: keys)
        } catch {
            throw .couldNot("\(folder): \(error)")
        }
    }

    private static func path(_ name: String, in folder: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
