import Foundation
import TestSupport
import Testing

/// A running `watchword serve`. Killed when it is let go of; a test that ends well calls ``stop()``.
final class ServerProcess {
    let installation: Installation
    let port: UInt16
    /// What it writes on standard error.
    let log: PipeReader
    private let process = Process()

    /// Starts a server and waits until it is ready.
    ///
    /// - Parameters:
    ///   - port: where it listens, if its configuration is not the installation's.
    ///   - environment: what it finds in its environment besides ours.
    init(
        _ installation: Installation, _ arguments: String..., at port: UInt16? = nil,
        environment: [String: String] = [:]
    ) throws {
        self.installation = installation
        self.port = port ?? installation.port
        // What the tests' own parent ignores, a server that a service manager starts does not.
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["--default-signal", Command.watchword.path(), "serve"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(installation.environment) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        log = PipeReader(errors)
        let line = log.line(containing: "ready", within: 20)
        try #require(line != nil, "the server is not ready: \(log.textSoFar)")
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Ends the server as a service manager does, and expects that it takes it well.
    func stop(_ location: SourceLocation = #_sourceLocation) {
        process.terminate()
        process.waitUntilExit()
        let ended = (process.terminationReason, process.terminationStatus)
        #expect(ended == (.exit, 0), "\(log.wholeText())", sourceLocation: location)
    }

    /// Ends the server as a power cut does.
    func crash() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    /// What it wrote, and what ended it: for the text of a failed expectation.
    var story: String {
        let end = process.isRunning ? "is running" : "ended, \(process.terminationReason) \(process.terminationStatus)"
        return "the server \(end); it says: \(log.textSoFar)"
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// A socket to the server, from an address that is its client `localhost`'s unless told otherwise.
    func socket(from source: String? = nil) throws -> UDPSocket {
        let own = installation.host.contains(":") ? "::1" : "127.0.0.1"
        return try UDPSocket(from: source ?? own, to: installation.host, port: port)
    }

    /// Asks for a login from a socket of its own, and checks the answer's authenticators.
    func login(
        _ user: String, _ password: String, state: [UInt8]? = nil, more: [RadiusMessage.Attribute] = [],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> RadiusMessage {
        let request = try RadiusMessage.request(
            user: user, password: password, secret: installation.secret, identifier: .random(in: 0...255), state: state,
            more: more)
        return try answer(to: request, over: socket(), location)
    }

    /// Sends a request and takes its answer, which must be signed as RFC 2865 and RFC 3579 say.
    func answer(
        to request: RadiusMessage, over socket: UDPSocket, secret: [UInt8]? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> RadiusMessage {
        try socket.send(request.octets)
        let octets = try #require(
            try socket.receive(), "no answer; the server says: \(log.textSoFar)", sourceLocation: location)
        let answer = try #require(RadiusMessage(octets), "the answer is malformed", sourceLocation: location)
        let isSigned = try answer.isAnswer(to: request, secret: secret ?? installation.secret)
        #expect(isSigned, "the answer's authenticators are wrong", sourceLocation: location)
        return answer
    }

    /// `radclient` with one request of these attributes; its output tells code and attributes of the answer.
    ///
    /// - Parameter options: more of radclient's own.
    func radclient(_ attributes: String, options: [String] = []) throws -> Command.Result {
        let host = installation.host.contains(":") ? "[\(installation.host)]" : installation.host
        return try Command.run(
            "/usr/bin/env",
            ["radclient", "-x", "-r", "1", "-t", "10"] + options
                + ["\(host):\(port)", "auth", String(decoding: installation.secret, as: UTF8.self)],
            input: attributes + ", Message-Authenticator = 0x00\n")
    }
}
