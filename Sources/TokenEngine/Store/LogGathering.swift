import CSQLite
import Glibc

/// A write-ahead log that a transaction of up to thirty pages is written to by one system call. SQLite makes two for each page,
/// and a commit of twenty pages takes two thirds longer for it (docs/performance.md).
///
/// It is the system's own VFS (SQLite, "The SQLite OS Interface or VFS") in all but the log: there, what a commit writes, one
/// page behind the other, is gathered and written when the commit flushes it. Nobody may look for it before, and nothing may
/// be left of it behind the flush. That holds as ``Database`` sets up its connections, where every commit flushes and nothing is
/// written before the commit, and where SQLite does not fill sectors behind the flush.
enum LogGathering {
    /// The VFS's name, known to SQLite from the first use on; nil, for the system's own, where it could not be made known, or
    /// where SQLite was built to fill sectors.
    static let name: String? =
        unsafe sqlite3_compileoption_used("POWERSAFE_OVERWRITE=0") == 0 && isRegistered ? "watchword" : nil

    nonisolated(unsafe) private static let system = unsafe sqlite3_vfs_find(nil)

    /// Where in a file's memory, behind what the system has there, ours begins.
    fileprivate static let offset = {
        let alignment = unsafe MemoryLayout<watchword_log>.alignment
        return unsafe (Int(system?.pointee.szOsFile ?? 0) + alignment - 1) / alignment * alignment
    }()

    private static let isRegistered: Bool = {
        guard let system = unsafe system else { return false }
        // SQLite keeps what it is given, until the process ends.
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe vfs.initialize(to: system.pointee)
        unsafe vfs.pointee.pNext = nil
        unsafe vfs.pointee.zName = UnsafePointer(strdup("watchword"))
        unsafe vfs.pointee.szOsFile = Int32(offset + MemoryLayout<watchword_log>.size)
        unsafe vfs.pointee.xOpen = { unsafe LogGathering.open($1, $2, $3, $4) }
        return unsafe sqlite3_vfs_register(vfs, 0) == SQLITE_OK
    }()

    private static func open(
        _ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ openedAs: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let open = unsafe system?.pointee.xOpen, let file = unsafe file else { return SQLITE_CANTOPEN }
        let status = unsafe open(system, path, file, flags, openedAs)
        if status == SQLITE_OK, flags & SQLITE_OPEN_WAL != 0 { unsafe GatheredLog(file)?.begin() }
        return status
    }
}

/// A log that is open, for the time of one call of SQLite's.
@unsafe private struct GatheredLog {
    /// How much is gathered at most, in octets. The system's VFS writes less than 128 KiB at once.
    private static let capacity = 124 * 1024

    private let file: UnsafeMutablePointer<sqlite3_file>
    private let log: UnsafeMutablePointer<watchword_log>

    init?(_ file: UnsafeMutablePointer<sqlite3_file>?) {
        guard let file = unsafe file else { return nil }
        unsafe self.file = file
        unsafe log = (UnsafeMutableRawPointer(file) + LogGathering.offset).assumingMemoryBound(to: watchword_log.self)
    }

    /// Takes the place of the system's methods that a commit uses.
    func begin() {
        guard let system = unsafe file.pointee.pMethods else { return }
        unsafe log.initialize(
            to: watchword_log(system: system, methods: system.pointee, gathered: nil, start: 0, count: 0))
        unsafe log.pointee.methods.xWrite = { unsafe GatheredLog($0)?.write($1, $2, $3) ?? SQLITE_MISUSE }
        unsafe log.pointee.methods.xSync = { unsafe GatheredLog($0)?.flush($1) ?? SQLITE_MISUSE }
        unsafe log.pointee.methods.xClose = { unsafe GatheredLog($0)?.close() ?? SQLITE_MISUSE }
        guard let methods = unsafe log.pointer(to: \.methods) else { return }
        unsafe file.pointee.pMethods = UnsafePointer(methods)
    }

    private func write(_ octets: UnsafeRawPointer?, _ count: Int32, _ offset: sqlite3_int64) -> Int32 {
        let size = Int(count)
        if unsafe log.pointee.count > 0, unsafe offset != log.pointee.start + log.pointee.count {
            // Whatever that would be: somebody else may have written to the log by now where ours belongs.
            unsafe log.pointee.count = 0
            return SQLITE_IOERR
        }
        if unsafe Int(log.pointee.count) + size > Self.capacity {
            let status = unsafe writeGathered()
            guard status == SQLITE_OK else { return status }
        }
        if unsafe log.pointee.gathered == nil { unsafe log.pointee.gathered = .allocate(capacity: Self.capacity) }
        guard unsafe size <= Self.capacity, let octets = unsafe octets, let gathered = unsafe log.pointee.gathered
        else {
            return SQLITE_IOERR
        }
        if unsafe log.pointee.count == 0 { unsafe log.pointee.start = offset }
        unsafe memcpy(gathered + Int(log.pointee.count), octets, size)
        unsafe log.pointee.count += sqlite3_int64(size)
        return SQLITE_OK
    }

    /// Writes what was gathered. What cannot be written is forgotten: the commit has failed then.
    private func writeGathered() -> Int32 {
        let count = unsafe log.pointee.count
        guard count > 0 else { return SQLITE_OK }
        unsafe log.pointee.count = 0
        return unsafe log.pointee.system.pointee.xWrite(file, log.pointee.gathered, Int32(count), log.pointee.start)
    }

    private func flush(_ flags: Int32) -> Int32 {
        let status = unsafe writeGathered()
        return unsafe status == SQLITE_OK ? log.pointee.system.pointee.xSync(file, flags) : status
    }

    private func close() -> Int32 {
        unsafe log.pointee.gathered?.deallocate()
        return unsafe log.pointee.system.pointee.xClose(file)
    }
}
