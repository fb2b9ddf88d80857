import Foundation

/// The files of this repository, as they stand in the working folder.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files below a folder, sorted by path.
    static func swiftFiles(in folder: String) throws -> [SwiftSource] {
        try paths(in: folder).filter { $0.hasSuffix(".swift") }.map { path in
            SwiftSource(path: path, text: try text(of: path))
        }
    }

    /// All text files that we wrote, whatever their language, except the licence.
    static func textFiles() throws -> [TextFile] {
        let folders = [
            ".ci", "Benchmarks", "dictionary.d", "docs", "examples", "packaging", "scripts", "Sources", "Tests",
        ]
        let single = try FileManager.default.contentsOfDirectory(atPath: root.path()).filter { name in
            !["LICENSE", ".git"].contains(name) && isFile(name)
        }
        return try (folders.flatMap(paths) + single).sorted().compactMap { path in
            (try? text(of: path)).map { TextFile(path: path, text: $0) }
        }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path())
    }

    private static func paths(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path())
            .map { "\(folder)/\($0)" }.filter(isFile).sorted()
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: root.appending(path: path).path(), isDirectory: &isFolder)
        return exists && !isFolder.boolValue
    }
}

struct TextFile {
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}
