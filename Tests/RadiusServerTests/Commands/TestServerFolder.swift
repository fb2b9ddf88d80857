import Foundation
import Testing

@testable import RadiusServer

/// A folder that `init` has filled, for the commands that work on a database.
struct TestServerFolder {
    let folder: TemporaryFolder
    var configuration: String { folder.file("server/watchword.ini") }

    init() throws {
        folder = try TemporaryFolder()
        let outcome = watchword(["init", folder.file("server"), "--listen", "127.0.0.1:0"])
        try #require(outcome.status == .done, "\(outcome.messages)")
    }

    /// Runs a command line with this configuration, its words separated by single blanks.
    func run(_ line: String, answers: [String]? = nil, input: String = "", isTerminal: Bool = false) -> Outcome {
        run(line.split(separator: " ").map(String.init), answers: answers, input: input, isTerminal: isTerminal)
    }

    func run(
        _ words: [String], answers: [String]? = nil, input: String = "", isTerminal: Bool = false
    ) -> Outcome {
        watchword(["--config", configuration] + words, answers: answers, input: input, isTerminal: isTerminal)
    }

    /// Puts text in the place of other text in the configuration.
    func edit(_ old: String, _ new: String) throws {
        let text = try folder.text(of: "server/watchword.ini")
        try #require(text.contains(old))
        try folder.write(text.replacingOccurrences(of: old, with: new), to: "server/watchword.ini")
    }
}
