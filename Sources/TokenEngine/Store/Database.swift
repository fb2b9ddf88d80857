import CSQLite
import Glibc

/// One connection to a SQLite file. Owns the handle, cannot be copied, and closes it once. Nobody else speaks to SQLite, which
/// itself speaks to ``LogGathering``: above are rows and values, no handles.
@safe struct Database: ~Copyable {
    private let handle: OpaquePointer
    /// Asked for once, before the first connection. A refusal costs speed and nothing else.
    private static let isConfigured = watchword_sqlite_without_statistics() == SQLITE_OK

    /// Opens the file for reading and writing, and makes it, readable to its owner alone, where there is none.
    ///
    /// - Parameter busyTimeoutInMilliseconds: how long to wait for another process that is writing.
    init(path: String, busyTimeoutInMilliseconds: Int32 = 5000) throws(StoreError) {
        _ = Self.isConfigured
        // SQLite would make the file readable to everybody; its journal takes over the mode that it finds. A file that is
        // there is left alone: to close any descriptor of it would give up the locks of this process's other connections.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        let isThere = descriptor < 0 && errno == EEXIST
        let isUsable = unsafe access(path, W_OK) == 0 && (isThere || descriptor >= 0)
        if descriptor >= 0 { close(descriptor) }
        guard isUsable else {
            throw .database(DatabaseError(code: SQLITE_CANTOPEN, message: "cannot open \(path) for writing", sql: ""))
        }

        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        // A name that begins with "file:" is a name all the same, and no URI with settings.
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        let status = unsafe sqlite3_open_v2(isAbsolute ? path : "./\(path)", &opened, flags, LogGathering.name)
        guard status == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw .database(DatabaseError(code: status, message: "cannot open \(path)", sql: ""))
        }
        unsafe sqlite3_busy_timeout(handle, busyTimeoutInMilliseconds)
        // What a commit writes is gathered until it flushes, and there is nothing before. Besides, of pages that were written
        // before, for want of memory, SQLite 3.40 makes a log that cannot be read to its end after a crash, where it has gone back
        // to a savepoint (LogGatheringTests).
        let settings = "PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF"
        let answer = unsafe sqlite3_exec(handle, settings, nil, nil, nil)
        guard answer == SQLITE_OK else {
            let message = unsafe String(cString: sqlite3_errmsg(handle))
            unsafe sqlite3_close_v2(handle)
            throw .database(DatabaseError(code: answer, message: message, sql: settings))
        }
        unsafe self.handle = handle
    }

    /// Statements that are still alive keep the connection open until they go.
    deinit { unsafe sqlite3_close_v2(handle) }

    /// - Parameter isKept: whether the statement will be used again and again.
    func prepare(_ sql: String, isKept: Bool = false) throws(StoreError) -> Statement {
        var prepared: OpaquePointer?
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let status = unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil)
        guard status == SQLITE_OK, let statement = unsafe prepared else {
            throw unsafe .database(
                DatabaseError(code: status, message: String(cString: sqlite3_errmsg(handle)), sql: sql))
        }
        let places = isKept ? Int(unsafe sqlite3_bind_parameter_count(statement)) : 0
        return unsafe Statement(handle: statement, sql: sql, space: BindingSpace(isKept ? 4096 : 0, places: places))
    }

    /// Runs one statement that is not needed again.
    func run<each Value: DatabaseValue>(_ sql: String, _ values: repeat each Value) throws(StoreError) {
        try prepare(sql).run(repeat each values)
    }

    /// Where the write-ahead log is, or would be.
    var logPath: String {
        guard let path = unsafe sqlite3_filename_wal(sqlite3_db_filename(handle, "main")) else { return "" }
        return unsafe String(cString: path)
    }

    /// How many rows the last INSERT, UPDATE or DELETE touched.
    var changedRows: Int { Int(unsafe sqlite3_changes(handle)) }

    /// How many rows this connection has ever touched.
    var changesMade: Int64 { Int64(unsafe sqlite3_total_changes(handle)) }

    /// The number of the row that was inserted last.
    var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open: after some errors, SQLite has rolled it back by itself.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }
}

/// A prepared statement. Owns its handle, cannot be copied, and is finalised once.
@safe struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let sql: String
    /// Of a statement that is used again and again; the others let SQLite copy what is bound.
    private let space: BindingSpace

    fileprivate init(handle: OpaquePointer, sql: String, space: consuming BindingSpace) {
        unsafe self.handle = handle
        self.sql = sql
        self.space = space
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds the values, in order, and runs the statement to its end.
    func run<each Value: DatabaseValue>(_ values: repeat each Value) throws(StoreError) {
        try forEach(repeat each values) { _ in }
    }

    /// Runs the statement to its end with what `bind` binds, in order.
    func run(binding bind: (inout Parameters) -> Void) throws(StoreError) {
        try step(binding: bind) { _ in }
    }

    /// Binds the values, in order, and hands over each row. Values come out as what they are asked for: SQLite converts.
    func forEach<each Value: DatabaseValue>(
        _ values: repeat each Value, row body: (borrowing Row) -> Void
    ) throws(StoreError) {
        try step(binding: { parameters in for value in repeat each values { value.bind(to: &parameters) } }, row: body)
    }

    private func step(
        binding bind: (inout Parameters) -> Void, row body: (borrowing Row) -> Void
    ) throws(StoreError) {
        var parameters = unsafe Parameters(of: handle, space)
        bind(&parameters)
        let (bound, leavesCopies) = (parameters.status, parameters.leavesCopies)
        defer {
            // What a reset returns is what the failed step has returned.
            _ = unsafe sqlite3_reset(handle)
            // SQLite's own copies of what was bound are not left lying about. The others stay bound: their octets are written over
            // when they are next. That they are taken from where they are, as they are, needs a database in UTF-8, which it is.
            if leavesCopies || bound != SQLITE_OK {
                _ = unsafe sqlite3_clear_bindings(handle)
                space.forget()
            }
        }
        guard bound == SQLITE_OK else { throw error(bound) }
        while true {
            let status = unsafe sqlite3_step(handle)
            guard status == SQLITE_ROW else {
                guard status == SQLITE_DONE else { throw error(status) }
                return
            }
            body(unsafe Row(statement: handle))
        }
    }

    private func error(_ status: Int32) -> StoreError {
        let message = unsafe String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
        return .database(DatabaseError(code: status, message: message, sql: sql))
    }
}

/// Room for the texts and octets of one statement, so that binding a dozen of them takes no memory from the system; and
/// what is bound to each place, so that what is there already, or lies where it lay, is not bound again.
@safe private struct BindingSpace: ~Copyable {
    let room: UnsafeMutablePointer<UInt8>
    let capacity: Int
    let bound: UnsafeMutablePointer<Binding>
    let places: Int

    init(_ capacity: Int, places: Int) {
        unsafe room = UnsafeMutablePointer.allocate(capacity: capacity)
        self.capacity = capacity
        unsafe bound = UnsafeMutablePointer.allocate(capacity: places)
        self.places = places
        forget()
    }

    /// Nothing is bound.
    func forget() { unsafe bound.initialize(repeating: .nothing, count: places) }

    deinit {
        unsafe room.deallocate()
        unsafe bound.deallocate()
    }
}

/// What a `?` has.
private struct Binding: Equatable {
    enum Kind: UInt8 { case nothing, null, integer, text, octets }

    static let nothing = Binding(kind: .nothing)
    static let null = Binding(kind: .null)

    var kind: Kind
    /// The integer; of text and octets, where they begin in the ``BindingSpace``.
    var value: Int64 = 0
    /// Of text and octets.
    var count = 0
}

/// The current row of a statement; lives no longer than the closure that it is handed to.
@safe struct Row: ~Copyable {
    private let statement: OpaquePointer

    fileprivate init(statement: OpaquePointer) { unsafe self.statement = statement }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }
    func isText(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_TEXT }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    func boolean(_ column: Int32) -> Bool { integer(column) != 0 }

    /// Octets that are no UTF-8 become U+FFFD; NULL is the empty text.
    func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(statement, column) else { return "" }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func octets(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

/// The places of the `?` in a statement, from the first to the last.
@safe struct Parameters: ~Copyable {
    private let statement: OpaquePointer
    private var index: Int32 = 0
    /// Of the statement's ``BindingSpace``.
    private let room: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private let bound: UnsafeMutablePointer<Binding>
    private let places: Int
    /// How many octets of the room are taken.
    private var used = 0
    /// SQLite's result code: that of the first value that could not be bound, if there is one.
    private(set) var status = SQLITE_OK
    /// Whether SQLite has made copies of its own, of what found no room.
    private(set) var leavesCopies = false

    fileprivate init(of statement: OpaquePointer, _ space: borrowing BindingSpace) {
        unsafe self.statement = statement
        unsafe room = space.room
        capacity = space.capacity
        unsafe bound = space.bound
        places = space.places
    }

    private mutating func next() -> Int32 {
        index += 1
        return index
    }

    /// Puts down that `new` is at the place.
    ///
    /// - Returns: whether it was there before, so that SQLite need not be told.
    private func isBound(_ new: Binding, at index: Int32) -> Bool {
        guard index <= places else { return false }
        let place = unsafe bound + Int(index - 1)
        guard unsafe place.pointee != new else { return true }
        unsafe place.pointee = new
        return false
    }

    /// - Returns: where `source` is from now on, until the statement is bound anew; nil when there is no room.
    private mutating func keep(_ source: UnsafeBufferPointer<UInt8>) -> Int? {
        guard source.count <= capacity - used, let start = source.baseAddress else {
            leavesCopies = true
            return nil
        }
        let offset = used
        unsafe (room + offset).update(from: start, count: source.count)
        used += source.count
        return offset
    }

    mutating func set(_ integer: Int64) {
        guard status == SQLITE_OK else { return }
        let index = next()
        guard !isBound(Binding(kind: .integer, value: integer), at: index) else { return }
        status = unsafe sqlite3_bind_int64(statement, index, integer)
    }

    mutating func setNull() {
        guard status == SQLITE_OK else { return }
        let index = next()
        guard !isBound(.null, at: index) else { return }
        status = unsafe sqlite3_bind_null(statement, index)
    }

    /// - Parameter text: UTF-8.
    mutating func set(text: Span<UInt8>) {
        guard status == SQLITE_OK else { return }
        let index = next()
        unsafe text.withUnsafeBufferPointer { characters in
            // A null pointer would mean NULL; an empty text need not have an address.
            guard let start = characters.baseAddress, !characters.isEmpty else {
                guard !isBound(Binding(kind: .text), at: index) else { return }
                status = unsafe sqlite3_bind_text(statement, index, "", 0, nil)
                return
            }
            let count = Int32(clamping: characters.count)
            guard let offset = unsafe keep(characters) else {
                let octets = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
                status = unsafe sqlite3_bind_text(statement, index, octets, count, watchword_sqlite_transient())
                return
            }
            // Kept octets stay where they are until the statement is bound anew: SQLite need not copy them.
            guard !isBound(Binding(kind: .text, value: Int64(offset), count: characters.count), at: index) else {
                return
            }
            let octets = unsafe UnsafeRawPointer(room + offset).assumingMemoryBound(to: CChar.self)
            status = unsafe sqlite3_bind_text(statement, index, octets, count, nil)
        }
    }

    mutating func set(_ octets: Span<UInt8>) {
        guard status == SQLITE_OK else { return }
        let index = next()
        unsafe octets.withUnsafeBufferPointer { octets in
            // A null pointer would mean NULL; no octets need not have an address.
            guard let start = octets.baseAddress, !octets.isEmpty else {
                guard !isBound(Binding(kind: .octets), at: index) else { return }
                status = unsafe sqlite3_bind_zeroblob(statement, index, 0)
                return
            }
            let count = Int32(clamping: octets.count)
            guard let offset = unsafe keep(octets) else {
                status = unsafe sqlite3_bind_blob(statement, index, start, count, watchword_sqlite_transient())
                return
            }
            guard !isBound(Binding(kind: .octets, value: Int64(offset), count: octets.count), at: index) else { return }
            status = unsafe sqlite3_bind_blob(statement, index, room + offset, count, nil)
        }
    }
}

/// What can be bound to a `?`, or to several in a row; the next ones of ``Parameters``.
protocol DatabaseValue {
    func bind(to parameters: inout Parameters)
}

extension Int64: DatabaseValue {
    func bind(to parameters: inout Parameters) { parameters.set(self) }
}

extension Int: DatabaseValue {
    func bind(to parameters: inout Parameters) { parameters.set(Int64(self)) }
}

extension Bool: DatabaseValue {
    func bind(to parameters: inout Parameters) { parameters.set(self ? 1 : 0) }
}

extension String: DatabaseValue {
    func bind(to parameters: inout Parameters) {
        let characters = utf8
        parameters.set(text: characters.span)
    }
}

extension [UInt8]: DatabaseValue {
    func bind(to parameters: inout Parameters) { parameters.set(span) }
}

extension InlineArray: DatabaseValue where Element == UInt8 {
    func bind(to parameters: inout Parameters) { parameters.set(span) }
}

extension Optional: DatabaseValue where Wrapped: DatabaseValue {
    func bind(to parameters: inout Parameters) {
        if let self { self.bind(to: &parameters) } else { parameters.setNull() }
    }
}

extension StoreError {
    /// Whether a page is not what SQLite can have written; others need not stand on it. The transaction that has met it
    /// writes nothing any more, and cannot be committed: SQLite sees to that.
    var isOfCorruption: Bool {
        guard case .database(let error) = self else { return false }
        return [SQLITE_CORRUPT, SQLITE_NOTADB].contains(error.code & 0xff)
    }

    /// Whether somebody else went on writing for longer than the connection waits.
    var isBusy: Bool {
        guard case .database(let error) = self else { return false }
        return error.code & 0xff == SQLITE_BUSY
    }
}
