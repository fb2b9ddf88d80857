import Glibc

/// A file read whole, and whether others may read it too.
struct FileContents {
    let octets: [UInt8]
    /// Whether users who are neither the owner nor of the group may read or write it.
    let isOpenToOthers: Bool

    /// No file that we read is larger: beyond it, it is the wrong file.
    static let sizeMaximum = 16 << 20

    /// Follows symbolic links; refuses what is no regular file, so that a pipe cannot make the server wait.
    init(path: String, sizeMaximum: Int = Self.sizeMaximum) throws(UnreadableFile) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw UnreadableFile(path: path, errorNumber: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw UnreadableFile(path: path, errorNumber: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw UnreadableFile(path: path, reason: "it is not a regular file")
        }
        guard status.st_size <= sizeMaximum else {
            throw UnreadableFile(path: path, reason: "it is larger than \(sizeMaximum >> 20) MiB")
        }
        octets = try Self.read(descriptor, path, sizeMaximum)
        isOpenToOthers = status.st_mode & (S_IROTH | S_IWOTH) != 0
    }

    private static func read(_ descriptor: Int32, _ path: String, _ sizeMaximum: Int) throws(UnreadableFile) -> [UInt8]
    {
        var octets: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while octets.count <= sizeMaximum {
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UnreadableFile(path: path, errorNumber: errno) }
            guard count > 0 else { return octets }
            octets += piece.prefix(count)
        }
        throw UnreadableFile(path: path, reason: "it is larger than \(sizeMaximum >> 20) MiB")
    }
}

/// Why a file could not be read, in the system's words.
struct UnreadableFile: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String
    /// Whether there is no such file.
    let isMissing: Bool

    init(path: String, reason: String) {
        self.path = path
        self.reason = reason
        isMissing = false
    }

    init(path: String, errorNumber: Int32) {
        self.path = path
        // strerror answers every number with a text of its own or "Unknown error".
        reason = unsafe String(cString: strerror(errorNumber))
        isMissing = errorNumber == ENOENT
    }

    var description: String { "\(path) cannot be read: \(reason)" }
}
