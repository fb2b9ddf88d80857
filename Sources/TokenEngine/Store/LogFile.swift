import Glibc

/// The file of a database's write-ahead log. SQLite keeps no lock on it, so that to close it gives up nobody's.
@safe struct LogFile: ~Copyable {
    /// A page and its header (SQLite, "WAL-mode File Format" §4).
    private static let octetsOfAPage = 4096 + 24
    /// How much is written at once: little enough that a login which waits for it does not notice.
    private static let step = 1 << 20

    private let descriptor: Int32

    /// nil where there is none.
    init?(path: String) {
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Whether the disk that it is on has so much room that nobody will miss what ``grow(upTo:)`` takes.
    func leavesRoom(for pages: Int) -> Bool {
        var disk = statvfs()
        guard unsafe fstatvfs(descriptor, &disk) == 0, disk.f_frsize > 0 else { return false }
        return disk.f_bavail / 16 > UInt(pages * Self.octetsOfAPage) / disk.f_frsize
    }

    /// Appends zeros, until the file has room for this many pages or has grown by a step.
    ///
    /// - Returns: whether it lacks some yet, and can have them.
    func grow(upTo pages: Int) -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        let missing = pages * Self.octetsOfAPage - status.st_size
        guard missing > 0 else { return false }
        let zeros = [UInt8](repeating: 0, count: min(missing, Self.step))
        let written = unsafe pwrite(descriptor, zeros, zeros.count, status.st_size)
        return written == zeros.count && missing > zeros.count
    }

    /// - Returns: whether what was written is on the disk.
    func flush() -> Bool { fdatasync(descriptor) == 0 }
}
