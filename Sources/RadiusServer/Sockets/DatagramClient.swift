import CLinux
import Glibc

/// A UDP socket that talks to one server and hears nobody else.
struct DatagramClient: ~Copyable {
    let server: SocketAddress
    private let descriptor: Int32

    init(to server: SocketAddress) throws(SocketError) {
        let family = server.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        let (storage, length) = server.native
        let connected = unsafe withUnsafeBytes(of: storage) { octets -> Int32 in
            guard let name = unsafe octets.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return unsafe connect(descriptor, name, length)
        }
        guard connected == 0 else {
            let error = SocketError("connect \(server)")
            close(descriptor)
            throw error
        }
        self.server = server
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func send(_ datagram: [UInt8]) throws(SocketError) {
        let count = unsafe datagram.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == datagram.count else { throw SocketError("send to \(server)") }
    }

    /// The next datagram from the server.
    ///
    /// - Returns: nil when `milliseconds` have passed without one.
    /// - Throws: also when the server's machine says that nothing listens there.
    func receive(within milliseconds: Int64) throws(SocketError) -> [UInt8]? {
        let end = Clock.monotonic() + milliseconds
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = end - Clock.monotonic()
            guard left > 0 else { return nil }
            var readiness = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&readiness, 1, Int32(clamping: left))
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw SocketError("receive from \(server)") }
            return Array(buffer.prefix(count))
        }
    }
}

extension SocketAddress {
    /// The first address of a host, by name or number.
    ///
    /// - Parameter text: `192.0.2.1:1812`, `[2001:db8::1]:1812`, `radius.example.org:1812`; without a port, 1812 (RFC 2865
    ///   §3).
    /// - Returns: nil when it has another form, or no such host is known.
    static func resolving(_ text: String) -> SocketAddress? {
        guard let (host, service) = hostAndPort(text) else { return nil }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, service, &hints, &list) == 0, let first = unsafe list else { return nil }
        defer { unsafe freeaddrinfo(first) }
        // The kernel's own structure, copied into room for the largest one.
        var storage = sockaddr_storage()
        let size = min(Int(unsafe first.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        unsafe withUnsafeMutableBytes(of: &storage) { octets in
            unsafe octets.copyMemory(from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: size))
        }
        return SocketAddress(storage)
    }

    private static func hostAndPort(_ text: String) -> (host: String, port: String)? {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard !rest.isEmpty else { return (String(host), "1812") }
            guard rest.hasPrefix(":"), UInt16(rest.dropFirst()) != nil else { return nil }
            return (String(host), String(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1 where !parts[0].isEmpty: return (text, "1812")
        case 2 where !parts[0].isEmpty && UInt16(parts[1]) != nil: return (String(parts[0]), String(parts[1]))
        // An IPv6 address without a port.
        case 3...: return (text, "1812")
        default: return nil
        }
    }
}
