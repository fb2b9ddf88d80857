package import Foundation

/// Another program, run to its end.
package struct Command {
    package struct Result: Sendable {
        /// The exit status; a signal's number plus 128 when one ended it, as shells tell it.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// The `watchword` that was built along with the tests.
    package static let watchword = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "watchword")

    /// - Parameter input: what the program finds on its standard input.
    /// - Throws: when the program cannot be started.
    package static func run(
        _ program: String, _ arguments: [String], input: String = "", in folder: URL? = nil,
        environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let text = try readBoth(output, errors)
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0),
            output: text.first, errors: text.second)
    }

    /// Reads two pipes to their ends at once: a program that fills one while we wait for the other would stand still.
    private static func readBoth(_ first: Pipe, _ second: Pipe) throws -> (first: String, second: String) {
        let other = PipeReader(second)
        let octets = try first.fileHandleForReading.readToEnd() ?? Data()
        return (String(decoding: octets, as: UTF8.self), other.wholeText())
    }
}
