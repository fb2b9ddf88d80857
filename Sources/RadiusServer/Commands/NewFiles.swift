import Glibc

/// Folders and files that were not there before. Whoever fails half way takes away what it has made.
struct NewFiles {
    private var made: [String] = []

    init() {}

    /// Whether anything, even a dangling link, has that name.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Makes the folder and those above it that are missing, for the owner alone; one that is there stays as it is.
    mutating func makeFolder(_ path: String) throws(CommandFailure) {
        if !path.isEmpty, !Self.exists(path) {
            if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                try makeFolder(String(path[..<slash]))
            }
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .couldNot("cannot make the folder \(path): \(lastSystemError())")
            }
            made.append(path)
        }
    }

    /// - Parameter mode: before the process's mask is taken off.
    mutating func write(_ octets: [UInt8], to path: String, mode: mode_t) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .couldNot("cannot make \(path): \(lastSystemError())") }
        defer { close(descriptor) }
        made.append(path)
        var rest = octets[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .couldNot("cannot write \(path): \(lastSystemError())") }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw .couldNot("cannot write \(path): \(lastSystemError())") }
    }

    /// Takes responsibility for a file that somebody else has made.
    mutating func adopt(_ path: String) { made.append(path) }

    /// Removes everything again, the last first, so that folders are empty when their turn comes.
    func remove() {
        for path in made.reversed() { _ = unsafe Glibc.remove(path) }
    }
}
