import CLinux
import Glibc

/// The load generator's sockets: many source ports, each connected to one of the servers in turn, read and written in
/// batches.
@safe struct LoadSockets: ~Copyable {
    private static let batchSize = 64
    private static let datagramSize = 4096

    /// One datagram to be sent, or that has come, and by which of the sockets.
    struct Datagram {
        let socket: Int
        let octets: [UInt8]
    }

    private let descriptors: [Int32]
    private let messages: UnsafeMutablePointer<watchword_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let octets: UnsafeMutablePointer<UInt8>
    private var waiting: [[[UInt8]]]

    init(count: Int, to servers: [SocketAddress]) throws(SocketError) {
        var descriptors: [Int32] = []
        for number in 0..<count where !servers.isEmpty {
            do throws(SocketError) {
                descriptors.append(try Self.connected(to: servers[number % servers.count]))
            } catch {
                for descriptor in descriptors { close(descriptor) }
                throw error
            }
        }
        self.descriptors = descriptors
        waiting = Array(repeating: [], count: count)
        unsafe messages = .allocate(capacity: Self.batchSize)
        unsafe vectors = .allocate(capacity: Self.batchSize)
        unsafe octets = .allocate(capacity: Self.batchSize * Self.datagramSize)
        unsafe messages.initialize(repeating: watchword_mmsghdr(), count: Self.batchSize)
        unsafe vectors.initialize(repeating: iovec(), count: Self.batchSize)
        unsafe octets.initialize(repeating: 0, count: Self.batchSize * Self.datagramSize)
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
        unsafe messages.deallocate()
        unsafe vectors.deallocate()
        unsafe octets.deallocate()
    }

    private static func connected(to server: SocketAddress) throws(SocketError) -> Int32 {
        let descriptor = socket(
            server.isIPv6 ? AF_INET6 : AF_INET,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        var size: Int32 = 4 << 20
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let (storage, length) = server.native
        let status = unsafe withUnsafeBytes(of: storage) { octets -> Int32 in
            guard let name = unsafe octets.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return unsafe connect(descriptor, name, length)
        }
        guard status == 0 else {
            let error = SocketError("connect \(server)")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Puts a datagram beside others of its socket; ``flush()`` sends them.
    mutating func queue(_ datagram: Datagram) { waiting[datagram.socket].append(datagram.octets) }

    /// Sends what is queued. What the kernel refuses is lost, as on any network.
    mutating func flush() {
        for socket in waiting.indices where !waiting[socket].isEmpty {
            var rest = waiting[socket][...]
            while !rest.isEmpty {
                let batch = rest.prefix(Self.batchSize)
                send(batch, by: descriptors[socket])
                rest = rest.dropFirst(batch.count)
            }
            waiting[socket].removeAll(keepingCapacity: true)
        }
    }

    private func send(_ batch: ArraySlice<[UInt8]>, by descriptor: Int32) {
        for (index, datagram) in batch.enumerated() {
            let start = unsafe octets + index * Self.datagramSize
            let size = min(datagram.count, Self.datagramSize)
            for offset in 0..<size { unsafe start[offset] = datagram[offset] }
            unsafe vectors[index] = iovec(iov_base: start, iov_len: size)
            unsafe messages[index] = watchword_mmsghdr()
            unsafe messages[index].header.msg_iov = vectors + index
            unsafe messages[index].header.msg_iovlen = 1
        }
        var sent = 0
        while sent < batch.count {
            let count = unsafe sendmmsg(descriptor, messages + sent, UInt32(batch.count - sent), 0)
            if count > 0 {
                sent += Int(count)
            } else if errno != EINTR {
                sent += 1
            }
        }
    }

    /// Waits at most `milliseconds` for a datagram and lends each that is there.
    func receive(waitingMilliseconds milliseconds: Int32, _ body: (Int, Span<UInt8>) -> Void) {
        var states = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard unsafe poll(&states, nfds_t(states.count), milliseconds) > 0 else { return }
        for (socket, state) in states.enumerated() where state.revents != 0 { receive(from: socket, body) }
    }

    private func receive(from socket: Int, _ body: (Int, Span<UInt8>) -> Void) {
        for index in 0..<Self.batchSize {
            unsafe vectors[index] = iovec(iov_base: octets + index * Self.datagramSize, iov_len: Self.datagramSize)
            unsafe messages[index] = watchword_mmsghdr()
            unsafe messages[index].header.msg_iov = vectors + index
            unsafe messages[index].header.msg_iovlen = 1
        }
        let count = unsafe recvmmsg(descriptors[socket], messages, UInt32(Self.batchSize), Int32(MSG_DONTWAIT), nil)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let size = min(Int(unsafe messages[index].length), Self.datagramSize)
            let datagram = unsafe UnsafeBufferPointer(start: octets + index * Self.datagramSize, count: size)
            body(socket, unsafe datagram.span)
        }
    }
}
