import Glibc

/// Tells two states of a file apart without reading it: whoever writes to it, replaces it or changes its mode changes
/// its stamp.
struct FileStamp: Sendable, Hashable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    /// Seconds and nanoseconds of the last change, to its mode as well.
    private let changedAt: [Int]

    /// - Returns: nil when there is no such file, or nobody may look at it.
    init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        changedAt = [Int(status.st_ctim.tv_sec), Int(status.st_ctim.tv_nsec)]
    }
}

/// The files that a configuration was read from, those that were not there included, each as it was just before.
struct FileStamps: Sendable, Equatable {
    private var stamps: [String: FileStamp?] = [:]

    init() {}

    /// Call it before the file is read: what is written meanwhile then counts as a change.
    mutating func note(_ path: String) { stamps[path] = .some(FileStamp(path: path)) }

    /// The same files as they are now.
    var now: FileStamps {
        var now = FileStamps()
        for path in stamps.keys { now.note(path) }
        return now
    }

    /// The files that are not what they are in `others`, by name.
    func changes(since others: FileStamps) -> [String] {
        stamps.filter { others.stamps[$0.key] != .some($0.value) }.map(\.key).sorted()
    }
}
