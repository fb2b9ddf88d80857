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

    /// How many octets it has less than so many pages take, and where these would begin; nil when that is unknown.
    private func missing(for pages: Int) -> (octets: Int, from: Int)? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        return (pages * Self.octetsOfAPage - status.st_size, status.st_size)
    }

    func lacksRoom(for pages: Int) -> Bool { missing(for: pages).map { $0.octets > 0 } ?? false }

    /// Whether the disk that it is on has so much room that nobody will miss what so many pages take.
    func mayGrow(upTo pages: Int) -> Bool {
        var disk = statvfs()
        guard unsafe fstatvfs(descriptor, &disk) == 0, disk.f_frsize > 0 else { return false }
        return disk.f_bavail / 16 > UInt(pages * Self.octetsOfAPage) / disk.f_frsize
    }

    /// Appends zeros, until the file has room for this many pages or has grown by a step.
    ///
    /// - Returns: whether all of them were written.
    func grow(upTo pages: Int) -> Bool {
        guard let missing = missing(for: pages), missing.octets > 0 else { return true }
        let zeros = [UInt8](repeating: 0, count: min(missing.octets, Self.step))
        return unsafe pwrite(descriptor, zeros, zeros.count, missing.from) == zeros.count
    }

    /// - Returns: whether what was written is on the disk.
    func flush() -> Bool { fdatasync(descriptor) == 0 }
}
