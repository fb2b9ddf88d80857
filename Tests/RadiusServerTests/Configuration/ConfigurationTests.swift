import Cryptography
import Foundation
import RadiusCodec
import Testing
import TokenEngine

@testable import RadiusServer

/// Each `Files/Configurations/NAME.ini` is loaded; `NAME.expected` beside it has the diagnostics and, for one without
/// an error, what it means.
@Suite struct ConfigurationTests {
    static let names = [
        "design", "everything", "least", "warnings", "bad-sections", "bad-server", "bad-clients", "bad-users",
        "bad-policies", "bad-files", "bad-mappings", "bad-delays", "bad-lifetime", "contradictions",
    ]

    /// A copy of the files whose modes are what the tests need; a checkout does not keep them.
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Files.location(""), to: directory)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path + "/Configurations") {
            try setMode(0o600, of: name)
        }
        try setMode(0o644, of: "open.secret")
    }

    private func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    private func path(_ name: String) -> String { directory.path + "/Configurations/" + name }

    private func relative(_ text: String) -> String { text.replacing(path(""), with: "") }

    @Test(arguments: names)
    func loads(_ name: String) throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let (configuration, diagnostics) = Configuration.load(path: path(name + ".ini"))
        #expect((configuration == nil) == diagnostics.contains { $0.severity == .error })
        let lines = diagnostics.map(\.description) + (configuration.map(meaning) ?? [])
        let expected = try String(contentsOfFile: path(name + ".expected"), encoding: .utf8)
        #expect(lines.map(relative) == expected.split(separator: "\n").map(String.init))
    }

    @Test func everyFileHasItsTest() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = try FileManager.default.contentsOfDirectory(atPath: path(""))
        #expect(files.filter { $0.hasSuffix(".expected") }.sorted() == Self.names.map { $0 + ".expected" }.sorted())
    }

    @Test func othersWhoCanReadASecretAreWarnedOf() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try setMode(0o644, of: "design.ini")
        let (_, diagnostics) = Configuration.load(path: path("design.ini"))
        let message =
            "design.ini:12: warning: others can read this file and the secret in it (expected mode 0600 or 0640)"
        #expect(diagnostics.map { relative($0.description) } == [message])
        try setMode(0o644, of: "least.ini")
        #expect(Configuration.load(path: path("least.ini")).diagnostics.count == 2)
    }

    @Test func aSecretIsItsOctets() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let configuration = try #require(Configuration.load(path: path("everything.ini")).configuration)
        #expect(
            configuration.clients.map(\.secret.octets.octets) == [
                Array("not-for-the-eyes-of-others".utf8), Array(0...15),
            ])
    }

    @Test func noMessageShowsASecret() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        for name in Self.names {
            let (configuration, diagnostics) = Configuration.load(path: path(name + ".ini"))
            let said = diagnostics.map(\.description).joined() + String(describing: configuration)
            for secret in ["kept-by-chance", "fifteen-octets", "testing123", "not-for-the-eyes", "long-enough"] {
                #expect(!said.contains(secret), "\(name)")
            }
        }
    }

    @Test func anAbsentFileIsOneError() {
        let (configuration, diagnostics) = Configuration.load(path: "/nonexistent/watchword.ini")
        #expect(configuration == nil)
        let message =
            "/nonexistent/watchword.ini: cannot be read: No such file or directory (expected the configuration)"
        #expect(diagnostics.map(\.description) == [message])
    }

    @Test func aMappingThatClientsShareIsLintedOnce() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let text = "[Mapping]\nserial = Class\nserial = Class\n"
        try text.write(toFile: path("rlm.ini"), atomically: true, encoding: .utf8)
        let configuration = try #require(Configuration.load(path: path("everything.ini")).configuration)
        let messages = [
            "/etc/watchword/enckey: warning: there is no such file (expected the key file that watchword init makes)",
            "rlm.ini:3: warning: does what the rule in line 2 does: each value is sent twice",
        ]
        #expect(configuration.review().map { relative($0.description) } == messages)
    }

    @Test func aKeyFileIsReviewed() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let configuration = try #require(Configuration.load(path: path("design.ini")).configuration)
        try KeyFile.create(at: path("enckey"))
        #expect(configuration.review() == [])
        try setMode(0o640, of: "enckey")
        let message = "enckey: others may read it (mode 640); run: chmod 600 enckey"
        #expect(configuration.review().map { relative($0.description) } == [message])
        try "damaged\n".write(toFile: path("enckey"), atomically: false, encoding: .utf8)
        try setMode(0o600, of: "enckey")
        #expect(configuration.review().map(\.severity) == [.error])
    }

    @Test func theArgumentComesBeforeEverything() {
        #expect(Configuration.search(explicit: "/x/y.ini") == "/x/y.ini")
    }

    private func meaning(_ configuration: Configuration) -> [String] {
        let server = configuration.server
        let files = [
            server.databasePath, server.keyFilePath, server.dictionaryPath, server.mappingPath ?? "-",
            server.controlSocketPath,
        ]
        var lines = [
            "listen \(text(server.listen))", "files \(files.joined(separator: " "))",
            "seconds challenge \(server.challengeValidityInSeconds) duplicate \(server.duplicateLifetimeInSeconds)",
            "costs \(server.pinHashCost.logarithmOfN) \(server.passwordHashCost.logarithmOfN)",
            "log \(server.logLevel.rawValue) threads \(server.listenerThreads)",
            "guesses \(server.guessesPerUser) \(server.guessesPerClient) failure \(server.failureAnswer.rawValue)",
            "pin first \(server.pinComesFirst) wrong counts \(server.wrongPINCounts)",
            "split \(text(server.splitting))",
        ]
        for client in configuration.clients {
            lines += [
                "client \(client.name) \(text(client.prefixes))",
                "  message authenticator \(client.requireMessageAuthenticator.rawValue), proxy state "
                    + "\(client.limitProxyState.rawValue), realm \(client.realm ?? "-"), split "
                    + "\(text(client.splitting)), characters \(client.characterSet?.rawValue ?? "any"), \(client.mapping.rules.count) rules",
            ]
        }
        lines += configuration.engine.resolvers.map { "resolver \($0.name) \($0.kind.rawValue)" }
        lines += configuration.engine.realms.map {
            "realm \($0.name) \(text($0.resolvers))" + ($0.isDefault ? " default" : "")
        }
        for policy in configuration.engine.policies {
            let conditions = policy.conditions
            lines += [
                "policy \(policy.name) \(policy.scope.rawValue) priority \(policy.priority) active \(policy.isActive)",
                "  realms \(text(conditions.realms)) users \(text(conditions.users)) resolvers "
                    + "\(text(conditions.resolvers)) clients \(text(conditions.clients))",
            ]
            lines += policy.actions.map { "  \($0)" }
        }
        return lines + ["\(configuration.mapping.rules.count) rules"]
    }

    private func text(_ items: [some Any]) -> String {
        items.isEmpty ? "-" : items.map { "\($0)" }.joined(separator: " ")
    }

    private func text(_ splitting: UserNameSplitting) -> String {
        let forms = (splitting.atSign ? ["at"] : []) + (splitting.backslash ? ["backslash"] : [])
        return forms.isEmpty ? "no" : forms.joined(separator: " ")
    }
}
