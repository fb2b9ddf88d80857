import CLinux
import Glibc

/// The load generator's sockets: many source ports, each connected to one of the servers in turn, read and written in
/// batches.
@safe struct LoadSockets: ~Copyable {
    private static let batchSize = 64
    private static let datagramSize = 4096
    /// UDP has 16 bits for the length.
    private static let messageSizeMaximum = 60_000
    private static let controlSize = Int(WATCHWORD_CONTROL_SPACE)

    private let descriptors: [Int32]
    private let poll: Int32
    private let events: UnsafeMutablePointer<watchword_epoll_event>
    private let messages: UnsafeMutablePointer<watchword_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let controls: UnsafeMutableRawPointer
    /// What is sent, one datagram right behind the other, or received: memory that the system gives when it is first written to.
    private let octets: UnsafeMutablePointer<UInt8>
    private var canCut = true
    /// For each socket what is to be sent, and the sockets that have some.
    private var waiting: [[[UInt8]]]
    private var filled: [Int] = []

    init(count: Int, to servers: [SocketAddress]) throws(SocketError) {
        let poll = epoll_create1(O_CLOEXEC)
        guard poll >= 0 else { throw SocketError("epoll_create1") }
        var descriptors: [Int32] = []
        for number in 0..<count where !servers.isEmpty {
            do throws(SocketError) {
                let descriptor = try Self.connected(to: servers[number % servers.count])
                descriptors.append(descriptor)
                var event = watchword_epoll_event(events: UInt32(WATCHWORD_EPOLLIN), data: UInt64(number))
                guard unsafe epoll_ctl(poll, WATCHWORD_EPOLL_CTL_ADD, descriptor, &event) == 0 else {
                    throw SocketError("epoll_ctl")
                }
            } catch {
                for descriptor in descriptors + [poll] { close(descriptor) }
                throw error
            }
        }
        self.poll = poll
        self.descriptors = descriptors
        waiting = Array(repeating: [], count: count)
        unsafe events = .allocate(capacity: count)
        unsafe messages = .allocate(capacity: Self.batchSize)
        unsafe vectors = .allocate(capacity: Self.batchSize)
        unsafe controls = .allocate(byteCount: Self.batchSize * Self.controlSize, alignment: 16)
        unsafe octets = .allocate(capacity: Self.batchSize * DatagramReceiver.pitch)
        unsafe events.initialize(repeating: watchword_epoll_event(), count: count)
        unsafe vectors.initialize(repeating: iovec(), count: Self.batchSize)
        unsafe messages.initialize(repeating: watchword_mmsghdr(), count: Self.batchSize)
        for index in 0..<Self.batchSize {
            unsafe messages[index].header.msg_iov = vectors + index
            unsafe messages[index].header.msg_iovlen = 1
            unsafe messages[index].header.msg_control = controls + index * Self.controlSize
        }
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
        close(poll)
        unsafe events.deallocate()
        unsafe messages.deallocate()
        unsafe vectors.deallocate()
        unsafe controls.deallocate()
        unsafe octets.deallocate()
    }

    private static func connected(to server: SocketAddress) throws(SocketError) -> Int32 {
        let descriptor = socket(
            server.isIPv6 ? AF_INET6 : AF_INET,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        // Where the server is on the same machine, the system need not cut its answers up on the server's account.
        _ = watchword_take_joined(descriptor)
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
    mutating func queue(_ datagram: [UInt8], by socket: Int) {
        if waiting[socket].isEmpty { filled.append(socket) }
        waiting[socket].append(datagram)
    }

    /// Sends what is queued. What the kernel refuses is lost, as on any network.
    mutating func flush() {
        for socket in filled {
            for first in stride(from: 0, to: waiting[socket].count, by: Self.batchSize) {
                let end = min(first + Self.batchSize, waiting[socket].count)
                send(waiting[socket][first..<end], by: descriptors[socket])
            }
            waiting[socket].removeAll(keepingCapacity: true)
        }
        filled.removeAll(keepingCapacity: true)
    }

    /// Neighbours of one size go as one message that the kernel cuts up: on their way there, that is most of what they
    /// cost us, and the server receives the same datagrams.
    private mutating func send(_ batch: ArraySlice<[UInt8]>, by descriptor: Int32) {
        var place = unsafe octets
        var count = 0
        var size = -1
        for datagram in batch {
            let isNext = canCut && datagram.count == size
            size = min(datagram.count, Self.datagramSize)
            unsafe datagram.withUnsafeBufferPointer { source in
                guard let start = source.baseAddress else { return }
                unsafe place.update(from: start, count: size)
            }
            if isNext, unsafe vectors[count - 1].iov_len + size <= Self.messageSizeMaximum {
                if unsafe vectors[count - 1].iov_len == size {
                    let control = unsafe messages[count - 1].header.msg_control
                    unsafe watchword_cut(&messages[count - 1].header, control, UInt16(size))
                }
                unsafe vectors[count - 1].iov_len += size
            } else {
                unsafe vectors[count] = iovec(iov_base: place, iov_len: size)
                unsafe messages[count].header.msg_controllen = 0
                count += 1
            }
            unsafe place += size
        }
        var sent = 0
        while sent < count {
            let more = unsafe sendmmsg(descriptor, messages + sent, UInt32(count - sent), 0)
            if more > 0 {
                sent += Int(more)
            } else if canCut, errno == EIO || errno == EINVAL {
                // Not every network card can; what is lost now is asked again.
                canCut = false
                return
            } else if errno != EINTR {
                sent += 1
            }
        }
    }

    /// Waits at most `microseconds` for a datagram and lends each that is there, at most a batch of each socket.
    func receive(waitingMicroseconds microseconds: Int64, _ body: (Int, Span<UInt8>) -> Void) {
        let patience = max(0, microseconds)
        var time = timespec(tv_sec: Int(patience / 1_000_000), tv_nsec: Int(patience % 1_000_000) * 1000)
        let count = unsafe epoll_pwait2(poll, events, Int32(descriptors.count), &time, nil)
        guard count > 0 else { return }
        for index in 0..<Int(count) { receive(from: Int(unsafe events[index].data), body) }
    }

    private func receive(from socket: Int, _ body: (Int, Span<UInt8>) -> Void) {
        for index in 0..<Self.batchSize {
            let room = unsafe octets + index * DatagramReceiver.pitch
            unsafe vectors[index] = iovec(iov_base: room, iov_len: DatagramReceiver.messageSize)
            unsafe messages[index].header.msg_controllen = Self.controlSize
        }
        let count = unsafe recvmmsg(descriptors[socket], messages, UInt32(Self.batchSize), Int32(MSG_DONTWAIT), nil)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let partSize = unsafe watchword_reception(&messages[index].header).part_size
            let size = min(Int(unsafe messages[index].length), DatagramReceiver.messageSize)
            let message = unsafe UnsafeBufferPointer(start: octets + index * DatagramReceiver.pitch, count: size)
            unsafe forEachDatagram(of: message, each: partSize) { body(socket, $0) }
        }
    }
}
