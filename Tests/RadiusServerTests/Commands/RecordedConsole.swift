import Cryptography
import Foundation
import Synchronization

@testable import RadiusServer

/// A console that remembers what was written to it and answers from a list.
final class RecordedConsole: Console {
    private struct Recording {
        var output = ""
        var messages: [String] = []
        var prompts: [String] = []
        var answers: [String]
        var input: [UInt8]
    }

    private let recording: Mutex<Recording>
    let isTerminal: Bool
    let isInteractive: Bool

    /// - Parameters:
    ///   - answers: what the person at the terminal types; nil: nobody sits there.
    ///   - input: what stands on standard input.
    init(answers: [String]? = nil, input: String = "", isTerminal: Bool = false) {
        recording = Mutex(Recording(answers: answers ?? [], input: Array(input.utf8)))
        self.isTerminal = isTerminal
        isInteractive = answers != nil
    }

    var output: String { recording.withLock { $0.output } }
    var messages: [String] { recording.withLock { $0.messages } }
    var prompts: [String] { recording.withLock { $0.prompts } }

    func show(_ text: String) { recording.withLock { $0.output += text + "\n" } }

    func note(_ text: String) { recording.withLock { $0.messages.append(text) } }

    func ask(_ prompt: String) throws(CommandFailure) -> SecretOctets {
        let answer: String? = recording.withLock { recording in
            recording.prompts.append(prompt)
            return recording.answers.isEmpty ? nil : recording.answers.removeFirst()
        }
        guard let answer else { throw CommandFailure(status: .wrongUsage, messages: ["nobody is there to ask"]) }
        return SecretOctets(utf8: answer)
    }

    func line() -> SecretOctets? {
        recording.withLock { recording in
            guard !recording.input.isEmpty else { return nil }
            let line = recording.input.prefix { $0 != UInt8(ascii: "\n") }
            recording.input.removeFirst(min(line.count + 1, recording.input.count))
            return SecretOctets(Array(line))
        }
    }

    func everything(limit: Int) throws(CommandFailure) -> [UInt8] {
        let octets = recording.withLock { recording in
            defer { recording.input = [] }
            return recording.input
        }
        guard octets.count <= limit else { throw CommandFailure(status: .couldNot, messages: ["too long"]) }
        return octets
    }
}

/// What came of one command line.
struct Outcome {
    let status: ExitStatus
    let output: String
    let messages: [String]
    let prompts: [String]

    /// The output as JSON.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8)) }

    func object() throws -> [String: Any] {
        guard let object = try json() as? [String: Any] else { throw NotThatShape() }
        return object
    }

    func list() throws -> [[String: Any]] {
        guard let list = try json() as? [[String: Any]] else { throw NotThatShape() }
        return list
    }

    struct NotThatShape: Error {}
}

/// Runs a command line in this process, its words separated by single blanks.
func watchword(_ line: String, answers: [String]? = nil, input: String = "", isTerminal: Bool = false) -> Outcome {
    watchword(line.split(separator: " ").map(String.init), answers: answers, input: input, isTerminal: isTerminal)
}

func watchword(
    _ words: [String], answers: [String]? = nil, input: String = "", isTerminal: Bool = false
) -> Outcome {
    let console = RecordedConsole(answers: answers, input: input, isTerminal: isTerminal)
    let status = CommandLineTool.run(arguments: words, console: console)
    return Outcome(
        status: status, output: console.output, messages: console.messages, prompts: console.prompts)
}
