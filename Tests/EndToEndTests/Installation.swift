import Foundation
import Synchronization
import TestSupport
import Testing

/// What `watchword init` made in a temporary folder, and the commands that work on it.
final class Installation: Sendable {
    let folder: URL
    /// The numeric address that its server listens on.
    let host: String
    let port: UInt16
    /// The shared secret of the client `localhost`.
    let secret: [UInt8]

    init(host: String = Installation.ownAddress) throws {
        self.host = host
        port = try Self.nextPort(on: host)
        folder = FileManager.default.temporaryDirectory.appending(path: "watchword-test-\(UUID().uuidString)")
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let result = try Command.run(
            Command.watchword.path(), ["init", folder.path(), "--listen", address, "--json"])
        try #require(result.status == 0, "init: \(result.errors)")
        let made = try JSONDecoder().decode(InitDocument.self, from: Data(result.output.utf8))
        #expect(made.listen == address)
        secret = Array(made.client.secret.utf8)
        // Only the test that is about it waits for it.
        try configure("[Server]", "reject_delay = 0")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private struct InitDocument: Decodable {
        struct Client: Decodable { let secret: String }
        let listen: String
        let client: Client
    }

    /// A loopback address that no other test run on this machine uses, so that every test has ports of its own without
    /// asking: several servers may share a port (SO_REUSEPORT), and would answer for one another.
    private static let ownAddress: String = {
        let process = UInt32(bitPattern: ProcessInfo.processInfo.processIdentifier)
        return "127.\(64 + process >> 16 & 63).\(process >> 8 & 255).\(process & 255)"
    }()

    private static let ports = Atomic<UInt16>(20_000)

    private static func nextPort(on host: String) throws -> UInt16 {
        guard host == ownAddress else { return try UDPSocket.freePort(on: host) }
        return ports.add(1, ordering: .relaxed).newValue
    }

    /// A port for one more server on the same address.
    func anotherPort() throws -> UInt16 { try Self.nextPort(on: host) }

    /// Runs a `watchword` command on this installation.
    func run(_ arguments: String..., input: String = "") throws -> Command.Result {
        try Command.run(Command.watchword.path(), arguments, input: input, environment: environment)
    }

    /// As ``run(_:input:)``, for a command that must succeed; its standard output.
    @discardableResult
    func watchword(_ arguments: String..., input: String = "") throws -> String {
        let result = try Command.run(Command.watchword.path(), arguments, input: input, environment: environment)
        try #require(result.status == 0, "watchword \(arguments.joined(separator: " ")): \(result.errors)")
        return result.output
    }

    var environment: [String: String] { ["WATCHWORD_CONFIG": folder.appending(path: "watchword.ini").path()] }

    func text(of file: String) throws -> String {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    func write(_ text: String, to file: String) throws {
        try text.write(to: folder.appending(path: file), atomically: false, encoding: .utf8)
    }

    /// Adds lines to watchword.ini.
    func configure(_ lines: String) throws {
        try write(text(of: "watchword.ini") + "\n" + lines + "\n", to: "watchword.ini")
    }

    /// Puts lines right behind the first line that starts a section of watchword.ini, such as `[Server]`.
    func configure(_ section: String, _ lines: String) throws {
        let text = try text(of: "watchword.ini")
        let start = try #require(text.range(of: section), "watchword.ini has no \(section)")
        try write(text.replacingCharacters(in: start, with: "\(section)\n\(lines)"), to: "watchword.ini")
    }
}

extension Installation {
    /// A user with one token.
    ///
    /// - Parameters:
    ///   - seed: the octets that one-time passwords come from.
    ///   - options: more of `token add`'s.
    /// - Returns: the token's serial.
    @discardableResult
    func enrol(
        _ user: String, type: String = "hotp", pin: String = "1234",
        seed: [UInt8] = OneTimePasswordGenerator.rfc4226.seed,
        attributes: [String] = [], options: [String] = []
    ) throws -> String {
        try watchword(["user", "add", user] + attributes.flatMap { ["--attribute", $0] })
        return try addToken(user, type: type, pin: pin, seed: seed, options: options)
    }

    @discardableResult
    func addToken(
        _ user: String, type: String, pin: String = "1234", seed: [UInt8] = OneTimePasswordGenerator.rfc4226.seed,
        options: [String] = []
    ) throws -> String {
        var arguments = ["token", "add", "--user", user, "--type", type, "--pin", pin, "--json"] + options
        if type == "hotp" || type == "totp" {
            arguments += ["--secret-hex", seed.map { String(format: "%02x", $0) }.joined()]
        }
        struct Document: Decodable { let serial: String }
        let document = try JSONDecoder().decode(Document.self, from: Data(watchword(arguments).utf8))
        return document.serial
    }

    /// What `token show --json` tells.
    func token(_ serial: String) throws -> TokenDocument {
        try JSONDecoder().decode(TokenDocument.self, from: Data(watchword("token", "show", serial, "--json").utf8))
    }

    @discardableResult
    private func watchword(_ arguments: [String]) throws -> String {
        let result = try Command.run(Command.watchword.path(), arguments, environment: environment)
        try #require(result.status == 0, "watchword \(arguments.joined(separator: " ")): \(result.errors)")
        return result.output
    }
}

struct TokenDocument: Decodable {
    let failCounter: Int

    private enum CodingKeys: String, CodingKey { case failCounter = "failcount" }
}
