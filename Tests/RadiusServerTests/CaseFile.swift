import Foundation

/// A text file of cases whose parts have several lines: `=== what is shown` begins a case, `--- name` a part of it;
/// what stands before the first such line is the part `input`; `# --- name` parts the file for its readers. The last
/// case is `=== count N`, so that none can vanish.
struct CaseFile {
    struct Case: Sendable, CustomStringConvertible {
        let file: String
        let line: Int
        let what: String
        var parts: [String: [String]] = [:]

        /// The lines of a part; empty when the case does not have it. Blank lines do not count.
        subscript(_ part: String) -> [String] { (parts[part] ?? []).filter { !$0.allSatisfy(\.isWhitespace) } }

        /// The text of a part, as it stands in the file.
        func text(_ part: String) -> String { (parts[part] ?? []).map { $0 + "\n" }.joined() }

        var description: String { "\(file):\(line) \(what)" }
    }

    let cases: [Case]

    /// - Parameter name: of a file below Files.
    init(_ name: String) throws {
        let text = try String(contentsOf: Files.location(name), encoding: .utf8)
        var cases: [Case] = []
        var part = "input"
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("# --- ") { continue }
            if line.hasPrefix("=== ") {
                cases.append(Case(file: name, line: index + 1, what: String(line.dropFirst(4))))
                part = "input"
            } else if line.hasPrefix("--- ") {
                part = String(line.dropFirst(4))
                if !cases.isEmpty { cases[cases.count - 1].parts[part] = [] }
            } else if !cases.isEmpty {
                cases[cases.count - 1].parts[part, default: []].append(String(line))
            }
        }
        guard let last = cases.popLast(), last.what == "count \(cases.count)" else {
            throw CaseFileError(description: "\(name): expected '=== count \(cases.count)' at the end")
        }
        self.cases = cases
    }
}

struct CaseFileError: Error, CustomStringConvertible {
    let description: String
}

/// The files that tests read.
enum Files {
    static func location(_ name: String) -> URL {
        Bundle.module.resourceURL?.appending(path: "Files/\(name)") ?? URL(filePath: "/Files/\(name)")
    }

    static func octets(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: location(name))) }
}
