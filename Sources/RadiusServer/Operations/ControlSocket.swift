import CLinux
import Glibc
import Synchronization

/// The answer: whether it was done, and the text to show.
package struct ControlReply: Sendable {
    package let isDone: Bool
    package let text: String

    package init(isDone: Bool, text: String) {
        self.isDone = isDone
        self.text = text
    }
}

/// The Unix socket by which commands reach a running server. Only the server's own user may connect (mode 0600).
///
/// One command a connection: its words and a line feed; the answer is `done` or `refused`, a line feed, and the
/// text up to the end of the connection.
package final class ControlSocket: Sendable {
    private static let requestSizeMaximum = 64
    private static let patienceInSeconds = 5

    private let path: String
    private let descriptor: Int32
    private let isClosed = Atomic<Bool>(false)

    /// - Throws: when another server listens there already, or the path cannot be bound.
    init(listeningAt path: String) throws(SocketError) {
        if let other = try? Self.connected(to: path) {
            close(other)
            throw SocketError("bind \(path)", code: EADDRINUSE)
        }
        _ = unsafe unlink(path)
        let descriptor = try Self.makeSocket()
        do throws(SocketError) {
            // The mode that bind gives to the file: it must never be open to others, not even between bind and chmod. A mask
            // would do the same to what other threads make meanwhile.
            guard fchmod(descriptor, 0o600) == 0 else { throw SocketError("fchmod \(path)") }
            try unsafe Self.withAddress(path) { (address, length) throws(SocketError) in
                guard unsafe bind(descriptor, address, length) == 0 else { throw SocketError("bind \(path)") }
            }
            guard listen(descriptor, 8) == 0 else { throw SocketError("listen \(path)") }
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    /// Answers commands, one after the other, until ``shutDown()``.
    func serve(_ answer: (ControlCommand) -> ControlReply) {
        while true {
            let connection = accept(descriptor, nil, nil)
            if connection < 0 {
                if isClosed.load(ordering: .relaxed) { return }
                // Too many open files, or a client that has gone: another will come.
                if errno != EINTR { Clock.sleep(milliseconds: 100) }
                continue
            }
            Self.setPatience(connection)
            let line = Self.read(from: connection, upTo: Self.requestSizeMaximum) { $0.contains(UInt8(ascii: "\n")) }
            let text = String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            let reply =
                ControlCommand(line: text).map(answer)
                ?? ControlReply(isDone: false, text: "unknown command \(Log.word(text))\n")
            Self.write(Array("\(reply.isDone ? "done" : "refused")\n\(reply.text)".utf8), to: connection)
            close(connection)
        }
    }

    /// Ends ``serve(_:)`` and removes the socket.
    func shutDown() {
        isClosed.store(true, ordering: .relaxed)
        shutdown(descriptor, Int32(SHUT_RDWR))
        _ = unsafe unlink(path)
    }

    deinit { close(descriptor) }

    /// Asks the server that listens at `path`.
    ///
    /// - Throws: when no server listens there, or this user may not connect.
    package static func ask(_ command: ControlCommand, at path: String) throws(SocketError) -> ControlReply {
        let connection = try connected(to: path)
        defer { close(connection) }
        setPatience(connection)
        write(Array("\(command.line)\n".utf8), to: connection)
        let octets = read(from: connection, upTo: 16 << 20) { _ in false }
        let text = String(decoding: octets, as: UTF8.self)
        guard let end = text.firstIndex(of: "\n") else { throw SocketError("read \(path)", code: ECONNRESET) }
        return ControlReply(isDone: text[..<end] == "done", text: String(text[text.index(after: end)...]))
    }

    private static func connected(to path: String) throws(SocketError) -> Int32 {
        let descriptor = try makeSocket()
        do throws(SocketError) {
            try unsafe withAddress(path) { (address, length) throws(SocketError) in
                guard unsafe connect(descriptor, address, length) == 0 else { throw SocketError("connect \(path)") }
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func makeSocket() throws(SocketError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        return descriptor
    }

    /// A socket's path has at most 107 octets, a file's path 4095: the folder is opened, and the socket named below it.
    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Void
    ) throws(SocketError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let descriptor = unsafe open(folder, WATCHWORD_O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SocketError("open \(folder)") }
        defer { close(descriptor) }
        let short = Array("/proc/self/fd/\(descriptor)/\(name)".utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard short.count < room else { throw SocketError("bind \(path)", code: ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: short) }
        let raw = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<sockaddr_un>.size, alignment: 8)
        defer { unsafe raw.deallocate() }
        unsafe raw.storeBytes(of: address, as: sockaddr_un.self)
        try unsafe body(raw.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
    }

    private static func setPatience(_ descriptor: Int32) {
        var patience = timeval(tv_sec: patienceInSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    }

    private static func read(from descriptor: Int32, upTo limit: Int, until isComplete: ([UInt8]) -> Bool) -> [UInt8] {
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let end = Clock.monotonic() + Int64(patienceInSeconds) * 1000
        while octets.count < limit, !isComplete(octets), Clock.monotonic() < end {
            let count = unsafe Glibc.read(descriptor, &buffer, min(buffer.count, limit - octets.count))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            octets.append(contentsOf: buffer[..<count])
        }
        return octets
    }

    private static func write(_ octets: [UInt8], to descriptor: Int32) {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
