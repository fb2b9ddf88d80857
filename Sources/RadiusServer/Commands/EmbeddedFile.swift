import EmbeddedFiles

/// A file that travels inside the binary: the dictionary, what it includes, and the sample mapping.
struct EmbeddedFile: Sendable {
    /// Relative to the folder that `watchword init` fills.
    let path: String
    let octets: [UInt8]

    static let all: [EmbeddedFile] = {
        var files: [EmbeddedFile] = []
        // The table and what it points to are constants of the binary; each text ends with a NUL.
        while let file = unsafe watchword_embedded_file(files.count) {
            files.append(
                EmbeddedFile(
                    path: unsafe String(cString: file.pointee.path),
                    octets: unsafe Array(String(cString: file.pointee.text).utf8)))
        }
        return files
    }()

    static func octets(of path: String) -> [UInt8]? { all.first { $0.path == path }?.octets }
}
