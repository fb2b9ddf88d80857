import Glibc
package import RadiusCodec
package import TokenEngine

/// Everything that the files say, read and checked: what a running server works by until the next one takes its place.
package struct Configuration: Sendable {
    /// Of `watchword.ini`, as it was given.
    package let path: String
    package let server: ServerSettings
    package let clients: [Client]
    package let engine: EngineConfiguration
    package let dictionary: AttributeDictionary
    /// The mapping of the clients that name none of their own.
    package let mapping: AttributeMapping
    /// By the names of the clients.
    let origins: [String: ClientOrigin]
    /// The files of the mappings, each once, in the order in which they are named.
    let mappingPaths: [String]
    /// All that it was read from.
    let files: FileStamps

    /// Reads `watchword.ini` and all that it refers to: secrets, dictionary, mappings.
    ///
    /// - Returns: nil when a diagnostic is an error; all mistakes of all files are told in one run.
    package static func load(path: String) -> (configuration: Configuration?, diagnostics: [Diagnostic]) {
        let reading = ConfigurationReading(path: path)
        return (reading.configuration, reading.diagnostics)
    }

    /// What `check` has to say beyond ``load(path:)``: whether the key file can be used, and what the mappings say that is
    /// probably not meant.
    package func review() -> [Diagnostic] {
        // A mapping that several clients share is looked at once.
        var seen: Set<ObjectIdentifier> = []
        let mappings = ([mapping] + clients.map(\.mapping)).filter { seen.insert(ObjectIdentifier($0)).inserted }
        return keyFileProblems() + mappings.flatMap { $0.lint() }
    }

    private func keyFileProblems() -> [Diagnostic] {
        let path = server.keyFilePath
        guard unsafe access(path, F_OK) == 0 else {
            let message = "there is no such file (expected the key file that watchword init makes)"
            return [Diagnostic(file: path, severity: .warning, message)]
        }
        do throws(KeyFileError) {
            _ = try KeyFile.load(from: path)
            return []
        } catch {
            return [Diagnostic(file: path, String(error.description.dropFirst("\(path): ".count)))]
        }
    }

    /// Where `watchword.ini` is: the argument of `--config`, else `$WATCHWORD_CONFIG`, else the first that exists of
    /// `./watchword.ini` and `/etc/watchword/watchword.ini`. When none exists, the last, for the message that follows.
    package static func search(explicit: String?) -> String {
        if let explicit { return explicit }
        if let variable = unsafe getenv("WATCHWORD_CONFIG") {
            let path = unsafe String(cString: variable)
            if !path.isEmpty { return path }
        }
        let local = "watchword.ini"
        return unsafe access(local, F_OK) == 0 ? local : "/etc/watchword/watchword.ini"
    }
}

/// What came of reading the files once.
struct ConfigurationReading: Sendable {
    /// nil when a diagnostic is an error.
    let configuration: Configuration?
    let diagnostics: [Diagnostic]
    /// All that were looked at, however it ended.
    let files: FileStamps
    /// Where a server can be asked that was started with these files before they were broken; nil when watchword.ini
    /// cannot be read.
    let controlSocketPath: String?

    init(path: String) {
        var loader = ConfigurationLoader(path: path)
        let configuration = loader.load()
        controlSocketPath = loader.controlSocketPath
        self.configuration = loader.diagnostics.contains { $0.severity == .error } ? nil : configuration
        diagnostics = loader.diagnostics
        files = loader.files
    }
}

/// Follows `watchword.ini` to every file that it names.
private struct ConfigurationLoader {
    let path: String
    var diagnostics: [Diagnostic] = []
    private(set) var files = FileStamps()
    private(set) var controlSocketPath: String?
    private var mappings: [String: AttributeMapping] = [:]
    private var mappingPaths: [String] = []

    init(path: String) { self.path = path }

    mutating func load() -> Configuration? {
        let contents: FileContents
        files.note(path)
        do throws(UnreadableFile) {
            contents = try FileContents(path: path)
        } catch {
            diagnostics.append(Diagnostic(file: path, "cannot be read: \(error.reason) (expected the configuration)"))
            return nil
        }
        let (file, fileDiagnostics) = ConfigurationFile.parse(contents.octets, path: path)
        var reader = ConfigurationReader(file)
        reader.read()
        controlSocketPath = reader.server.controlSocketPath
        var ownDiagnostics = fileDiagnostics + reader.diagnostics
        var secrets: [SharedSecret?] = []
        for (section, settings) in reader.clients {
            if let secretFile = settings.secretFile { files.note(secretFile) }
            let (secret, diagnostics) = SecretSource.secret(of: settings, section, file: path)
            ownDiagnostics += diagnostics
            if let secret, let other = secrets.firstIndex(of: secret) {
                let message = "\(section.heading) has the secret of \(reader.clients[other].section.heading)"
                let line = section.line(of: settings.secret == nil ? "secret_file" : "secret")
                ownDiagnostics.append(
                    Diagnostic(file: path, line: line, severity: .warning, "\(message) (expected one of its own)"))
            }
            secrets.append(secret)
        }
        if contents.isOpenToOthers, let exposed = reader.clients.first(where: { $0.settings.secret != nil }) {
            let message = "others can read this file and the secret in it (expected mode 0600 or 0640)"
            let line = exposed.section.line(of: "secret")
            ownDiagnostics.append(Diagnostic(file: path, line: line, severity: .warning, message))
        }
        diagnostics = ownDiagnostics.sortedByLine()

        guard let dictionary = loadDictionary(reader.server.dictionaryPath) else { return nil }
        let mapping =
            reader.server.mappingPath.flatMap { load(mapping: $0, dictionary, reader) }
            ?? AttributeMapping(dictionary: dictionary)
        let clients = zip(reader.clients, secrets).compactMap { client, secret -> Client? in
            let mapping = client.settings.mappingPath.flatMap { load(mapping: $0, dictionary, reader) } ?? mapping
            guard let name = client.section.name, let secret else { return nil }
            let identity = mapping.settings.identity(ofType: client.settings.authenticationType)
            return Client(
                name: name, prefixes: client.settings.prefixes, secret: secret,
                requireMessageAuthenticator: client.settings.requireMessageAuthenticator,
                limitProxyState: client.settings.limitProxyState, realm: client.settings.realm ?? identity.realm?.value,
                splitting: client.settings.splitting ?? reader.server.splitting,
                characterSet: client.settings.characterSet, mapping: mapping, groups: client.settings.groups,
                resolver: identity.resolver?.value, replyLimit: client.settings.replyLimit)
        }
        checkAuthenticationTypes(reader)
        return Configuration(
            path: path, server: reader.server, clients: clients, engine: engine(reader), dictionary: dictionary,
            mapping: mapping, origins: origins(reader), mappingPaths: mappingPaths, files: files)
    }

    private func origins(_ reader: ConfigurationReader) -> [String: ClientOrigin] {
        let origins = reader.clients.map { section, settings in
            (section.name ?? "", ClientOrigin(realm: settings.realm, authenticationType: settings.authenticationType))
        }
        return Dictionary(origins) { first, _ in first }
    }

    private func engine(_ reader: ConfigurationReader) -> EngineConfiguration {
        var settings = EngineSettings()
        settings.challengeValidityInSeconds = reader.server.challengeValidityInSeconds
        settings.pinHashCost = reader.server.pinHashCost
        settings.passwordHashCost = reader.server.passwordHashCost
        settings.pinComesFirst = reader.server.pinComesFirst
        settings.wrongPINCounts = reader.server.wrongPINCounts
        return EngineConfiguration(
            resolvers: reader.resolvers, realms: reader.realms, policies: reader.policies, settings: settings)
    }

    /// nil when it cannot be relied upon: a mapping held against it would only give more errors.
    private mutating func loadDictionary(_ path: String) -> AttributeDictionary? {
        let (dictionary, found) = AttributeDictionary.load(file: path) { files.note($0) }
        diagnostics += found
        return found.contains { $0.severity == .error } ? nil : dictionary
    }

    /// A file that several clients name is read once.
    private mutating func load(
        mapping path: String, _ dictionary: AttributeDictionary, _ reader: ConfigurationReader
    ) -> AttributeMapping {
        if let known = mappings[path] { return known }
        files.note(path)
        mappingPaths.append(path)
        let (mapping, found) = AttributeMapping.load(file: path, dictionary: dictionary)
        diagnostics += found
        // What could not be read is complained of once.
        let result = mapping ?? AttributeMapping(dictionary: dictionary)
        mappings[path] = result
        let settings = result.settings
        for identity in [settings.defaults] + settings.authenticationTypes.values.map(\.identity) {
            check(identity, in: path, reader)
        }
        return result
    }

    /// What `REALM` and `RESCONF` name must exist: nobody could log in otherwise.
    private mutating func check(_ identity: PluginSettings.Identity, in path: String, _ reader: ConfigurationReader) {
        let realms = reader.realms.map(\.name)
        if let realm = identity.realm, !realms.contains(realm.value.lowercased()) {
            diagnostics.append(.unknown("realm", realm.value, among: realms, file: path, line: realm.line))
        }
        let resolvers = reader.resolvers.map(\.name)
        if let resolver = identity.resolver, !resolvers.contains(resolver.value) {
            diagnostics.append(.unknown("resolver", resolver.value, among: resolvers, file: path, line: resolver.line))
        }
    }

    /// A section such as `[scope1]` that no client asks for is probably a misspelt one.
    private mutating func checkAuthenticationTypes(_ reader: ConfigurationReader) {
        for (path, mapping) in mappings.sorted(by: { $0.key < $1.key }) {
            let users = reader.clients.filter { ($0.settings.mappingPath ?? reader.server.mappingPath) == path }
            let asked = Set(users.map(\.settings.authenticationType))
            for (name, type) in mapping.settings.authenticationTypes.sorted(by: { $0.value.line < $1.value.line })
            where !asked.contains(name) {
                let message = "[\(name)] is for no client (expected auth_type = \(name) in the section of one)"
                diagnostics.append(Diagnostic(file: path, line: type.line, severity: .warning, message))
            }
        }
    }
}
