import Cryptography
import Foundation
import TestSupport

/// What fuzzing begins with: the vectors and files that other tests have, and the kept corpus.
///
/// Corpus/TARGET.txt has the inputs that were worth keeping, each as a line of hexadecimal, the shortest first.
extension FuzzTarget {
    private static let tests = Fuzzing.root.appending(path: "Tests")

    private var corpus: URL { Self.tests.appending(path: "FuzzTargets/Corpus/\(rawValue).txt") }

    /// The inputs that were kept: each reaches code that no seed reaches, or has broken a property once.
    package func keptInputs() throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: corpus.path) else { return [] }
        return try String(contentsOf: corpus, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.compactMap { Hexadecimal.octets($0) }
    }

    /// The largest input that is kept, in octets: the corpus is for people to carry.
    private static let keptMaximum = 300

    /// Writes the kept inputs down, those of before along with the small ones of `inputs`.
    package func keep(_ inputs: [[UInt8]]) throws {
        let all = Set(try keptInputs() + inputs.filter { (1...Self.keptMaximum).contains($0.count) })
            .sorted { ($0.count, Hexadecimal.text($0)) < ($1.count, Hexadecimal.text($1)) }
        let text =
            "# Kept by Tests/Fuzzer/run keep; one input a line.\n" + all.map { Hexadecimal.text($0) + "\n" }.joined()
        try Data(text.utf8).write(to: corpus)
    }

    /// The inputs that other tests' files make.
    package func seeds() throws -> [[UInt8]] {
        switch self {
        case .packet:
            let datagrams = try Self.records("packets", "framing", "malformed", "fates").map { try $0.octets("octets") }
            let attributes = try Self.records("decoding", "rfc6929").map { try $0.octets("attributes") }
            return datagrams + attributes.map { [2, 1, 0, 20] + Array(0x10...0x1f) + $0 }
        case .value:
            let texts = try Self.records("values").map {
                "\(try $0.required("attribute")) = \(try $0.required("text"))"
            }
            let lines = try Self.records("decoding").flatMap { $0.all("line") }
            let octets = try Self.records("values").filter { $0["octets"] != nil }
                .map { Array(try $0.required("attribute").utf8) + [0] + (try $0.octets("octets")) }
            return (texts + lines).map { Array($0.utf8) } + octets
        case .dictionary:
            let attributes = try Self.records("decoding").map { try $0.octets("attributes") }
            let folder = Self.tests.appending(path: "RadiusCodecTests/Vectors")
            let files = try Self.files(in: folder) + Self.files(in: folder.appending(path: "dictionary"))
            let makers = try Self.files(in: Fuzzing.root.appending(path: "dictionary.d"))
            return (files + makers).enumerated().map { $0.element + [0] + attributes[$0.offset % attributes.count] }
        case .configuration:
            let folder = Self.tests.appending(path: "RadiusServerTests/Files/Configurations")
            return try Self.files(in: folder)
                + Self.cases(in: folder.appending(path: "grammar.txt")).map { Array($0.utf8) }
        case .hiding:
            let passwords = try Self.records("user-password").flatMap { record in
                let secret = try record.octets("secret")
                return try ["password", "hidden"].filter { record[$0] != nil }
                    .map { [0, UInt8(secret.count)] + secret + (try record.octets($0)) }
            }
            let values = try Self.records("hidden-values").map { record in
                [record["attribute"] == "Tunnel-Password" ? 1 : 2, 9] + Array("xyzzy5461".utf8)
                    + (try record.octets("value"))
            }
            return passwords + values
        case .mapping:
            let file = Self.tests.appending(path: "RadiusServerTests/Files/Mapping/mapping.txt")
            return try Self.cases(in: file).map { text in
                let parts = text.components(separatedBy: "\n--- ")
                let detail = parts.first { $0.hasPrefix("detail\n") }?.dropFirst("detail\n".count) ?? "{}"
                return Array(parts[0].utf8) + [0] + Array(detail.utf8)
            }
        }
    }

    private static func records(_ names: String...) throws -> [VectorRecord] {
        try names.flatMap { name in
            try VectorFile(at: tests.appending(path: "RadiusCodecTests/Vectors/\(name).txt")).records
        }
    }

    private static func files(in folder: URL) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
            .filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
            .sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }

    /// The cases of a file in which `=== what is shown` begins each.
    private static func cases(in file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n=== ").dropFirst()
            .map { String($0.drop { $0 != "\n" }.dropFirst()) }
    }
}
