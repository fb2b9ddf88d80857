import Foundation
import TestSupport
import Testing

/// What can be wrong with the machine that a server runs on, brought about and ended while the server runs.
enum Fault: CaseIterable, CustomTestStringConvertible {
    /// The file system has no room, and what is written over takes new room, too (ENOSPC).
    case diskFull
    /// The process may write no more (RLIMIT_FSIZE); the kernel also sends SIGXFSZ, which ends whoever ignores it not.
    case fileSizeLimit
    /// What was written cannot be made durable (EIO from fdatasync).
    case flushFailing
    /// Another process writes to the database, and does not come to an end.
    case databaseLocked

    var testDescription: String { "\(self)" }
}

/// An installation whose server's machine can be made to fail.
final class FaultyMachine {
    let installation: Installation
    private let library: URL
    private let control: URL
    /// Copies of what has been flushed.
    private let durable: URL
    private var lock: DatabaseLock?

    /// - Throws: when there is no C compiler; whoever builds Swift has one.
    init(_ installation: Installation) throws {
        self.installation = installation
        library = installation.folder.appending(path: "faults.so")
        control = installation.folder.appending(path: "faults")
        durable = installation.folder.appending(path: "durable")
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Faults/faults.c").standardized
        let built = try Command.run(
            "/usr/bin/env", ["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library.path(), source.path()])
        try #require(built.status == 0, "\(built.errors)")
    }

    /// Starts a server on this machine, whose disk is flushed.
    func start() throws -> ServerProcess {
        try? FileManager.default.removeItem(at: durable)
        try FileManager.default.createDirectory(at: durable, withIntermediateDirectories: false)
        try copyDatabase(from: installation.folder, to: durable)
        return try ServerProcess(
            installation,
            environment: ["LD_PRELOAD": library.path(), "FAULTS": control.path(), "DURABLE": durable.path()])
    }

    /// Kills the server, and leaves of its files only what has been flushed.
    func cutPower(of server: ServerProcess) throws {
        server.crash()
        try copyDatabase(from: durable, to: installation.folder)
    }

    private func copyDatabase(from source: URL, to target: URL) throws {
        for name in ["watchword.db", "watchword.db-wal", "watchword.db-shm"] {
            let (old, new) = (source.appending(path: name), target.appending(path: name))
            try? FileManager.default.removeItem(at: new)
            // The index of the log is never flushed: it is made anew from the log.
            guard name != "watchword.db-shm", FileManager.default.fileExists(atPath: old.path()) else { continue }
            try FileManager.default.copyItem(at: old, to: new)
        }
    }

    /// From now on the disk keeps nothing, and says that it does.
    func startLying() throws { try write("lie") }

    func cause(_ fault: Fault, for server: ServerProcess) throws {
        switch fault {
        case .diskFull: try write("full")
        case .flushFailing: try write("flush")
        case .fileSizeLimit: try limitFileSize(of: server, to: "1")
        case .databaseLocked: lock = try DatabaseLock(installation.folder.appending(path: "watchword.db").path())
        }
    }

    func end(_ fault: Fault, for server: ServerProcess) throws {
        switch fault {
        case .diskFull, .flushFailing: try write("")
        case .fileSizeLimit: if server.isRunning { try limitFileSize(of: server, to: "unlimited") }
        case .databaseLocked: lock = nil
        }
    }

    func setClock(secondsOff: Int) throws { try write("clock \(secondsOff)") }

    /// The file system has no room for files to grow (ENOSPC), or has it again.
    func setGrowing(_ isPossible: Bool) throws { try write(isPossible ? "" : "growth") }

    /// No datagram comes in any more, and the kernel says that it has no memory for one; or they come again.
    func setReceiving(_ isPossible: Bool) throws { try write(isPossible ? "" : "receive") }

    /// How `serve` ends on a machine where a database can be opened so many times, and no more.
    func serve(openingDatabases count: Int) throws -> Command.Result {
        try write("open \(count)")
        return try Command.run(
            Command.watchword.path(), ["serve"],
            environment: installation.environment.merging(
                ["LD_PRELOAD": library.path(), "FAULTS": control.path()]) { $1 })
    }

    private func write(_ text: String) throws {
        // In one step: a reader sees the old text or the new one.
        try text.write(to: control, atomically: true, encoding: .utf8)
    }

    private func limitFileSize(of server: ServerProcess, to size: String) throws {
        let options = ["--pid", "\(server.identifier)", "--fsize=\(size):unlimited"]
        let result = try Command.run("/usr/bin/env", ["prlimit"] + options)
        try #require(result.status == 0, "\(result.errors)")
    }
}

/// The lock that a connection holds from BEGIN IMMEDIATE to COMMIT, held by this process: one octet of the index beside the
/// write-ahead log (SQLite, "WAL-mode File Format" §2.3.1).
final class DatabaseLock {
    private static let writeLockOffset: off_t = 120
    private let descriptor: Int32

    init(_ database: String) throws {
        descriptor = unsafe open(database + "-shm", O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = Self.writeLockOffset
        lock.l_len = 1
        try #require(unsafe fcntl(descriptor, F_SETLKW, &lock) == 0)
    }

    deinit { close(descriptor) }
}
