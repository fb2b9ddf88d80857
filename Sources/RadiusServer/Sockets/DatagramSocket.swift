import CLinux
import Glibc

/// Why a socket could not be had or used: the call, and the system's words for it.
package struct SocketError: Error, CustomStringConvertible {
    package let call: String
    package let reason: String

    init(_ call: String, code: Int32 = errno) {
        self.call = call
        reason = unsafe String(cString: strerror(code))
    }

    package var description: String { "\(call): \(reason)" }
}

/// One bound UDP socket. Several may be bound to the same address (`SO_REUSEPORT`): the kernel then spreads the clients'
/// ports over them, the same port always to the same socket.
final class DatagramSocket: Sendable {
    let descriptor: Int32
    let address: SocketAddress
    /// Whether the kernel can cut a message up into datagrams.
    fileprivate let canCut: Bool

    /// - Parameter address: port 0 lets the kernel choose; ``address`` then tells which it chose.
    init(boundTo address: SocketAddress, sharing: Bool) throws(SocketError) {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        do throws(SocketError) {
            if sharing { try Self.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT") }
            // IPv4 has sockets of its own, so that an address is printed and matched as what it is.
            if address.isIPv6 { try Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1, "IPV6_V6ONLY") }
            // What a socket with an address of its own sends leaves from there anyway.
            if address.isWildcard, watchword_ask_for_destination(descriptor, family) != 0 {
                throw SocketError("IP_PKTINFO")
            }
            // An older kernel brings them one by one.
            _ = watchword_take_joined(descriptor)
            // A burst of logins must fit while one batch is made durable. The kernel gives what its limit allows.
            try? Self.set(descriptor, SOL_SOCKET, SO_RCVBUF, 4 << 20, "SO_RCVBUF")
            let (storage, length) = address.native
            let bound = unsafe withUnsafeBytes(of: storage) { octets -> Int32 in
                guard let name = unsafe octets.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
                return unsafe bind(descriptor, name, length)
            }
            guard bound == 0 else { throw SocketError("bind \(address)") }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        canCut = watchword_can_cut(descriptor) == 1
        self.address = Self.name(of: descriptor) ?? address
    }

    deinit { close(descriptor) }

    /// Whether an answer that goes out by `other` leaves from the same address and port as one by this socket.
    func shares(_ other: DatagramSocket) -> Bool { self === other || address == other.address }

    /// Lets those who wait in ``DatagramReceiver/receive(from:waits:)`` go, once what has come by now is taken.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RD)) }

    private static func set(
        _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32, _ name: String
    ) throws(SocketError) {
        var value = value
        guard unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SocketError(name)
        }
    }

    private static func name(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutableBytes(of: &storage) { octets -> Int32 in
            guard let name = unsafe octets.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return unsafe getsockname(descriptor, name, &length)
        }
        return status == 0 ? SocketAddress(storage) : nil
    }
}

/// How an answer finds its way: to who sent the request, and, where the socket has all of our addresses, from the one that it
/// was sent to (RFC 2865 §3: a client looks at the source of the answer).
struct ReturnPath: Equatable, Sendable {
    let peer: SocketAddress
    let own: OwnAddress

    /// Source and destination, in octets that differ whenever one of them does.
    var identity: InlineArray<44, UInt8> {
        var octets = InlineArray<44, UInt8>(repeating: 0)
        func put(_ number: UInt64, at offset: Int) {
            for index in 0..<8 { octets[offset + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
        }
        put(peer.high, at: 0)
        put(peer.low, at: 8)
        put(UInt64(peer.port) << 32 | UInt64(peer.scope), at: 16)
        put(own.first, at: 24)
        put(own.second, at: 32)
        for index in 0..<4 { octets[40 + index] = UInt8(truncatingIfNeeded: own.interface >> UInt32(8 * index)) }
        return octets
    }
}

/// One of our own addresses, as a datagram was sent to it.
struct OwnAddress: Hashable, Sendable {
    fileprivate let first: UInt64
    fileprivate let second: UInt64
    fileprivate let interface: UInt32
    fileprivate let family: Int32

    fileprivate init(_ native: watchword_own_address) {
        (first, second) = unsafe withUnsafeBytes(of: native.octets) { octets in
            unsafe (octets.loadUnaligned(as: UInt64.self), octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        interface = native.interface
        family = native.family
    }

    fileprivate var native: watchword_own_address {
        var native = watchword_own_address()
        unsafe withUnsafeMutableBytes(of: &native.octets) { octets in
            unsafe octets.storeBytes(of: first, as: UInt64.self)
            unsafe octets.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
        }
        native.interface = interface
        native.family = family
        return native
    }
}

/// Many datagrams with one system call. Owns all the memory that the kernel writes to; one per thread that receives.
///
/// Neighbours of one size from one port come as one message where the system has joined them (UDP_GRO).
@safe struct DatagramReceiver: ~Copyable {
    private let capacity: Int
    /// How many messages the kernel may have written to: their sizes are no longer those of the room that they have.
    private var used: Int
    private let messages: UnsafeMutablePointer<watchword_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<sockaddr_storage>
    private let controls: UnsafeMutableRawPointer
    /// Memory that the system gives when it is first written to: most messages are short.
    private let octets: UnsafeMutablePointer<UInt8>

    /// As much as the kernel joins.
    static let messageSize = 65_536
    /// From one message's room to the next: not a power of two, lest all of them have the same place in the caches.
    static let pitch = messageSize + 320
    private static let controlSize = Int(WATCHWORD_CONTROL_SPACE)

    /// - Parameter capacity: how many messages one call may bring.
    init(capacity: Int) {
        self.capacity = capacity
        used = capacity
        unsafe messages = .allocate(capacity: capacity)
        unsafe vectors = .allocate(capacity: capacity)
        unsafe names = .allocate(capacity: capacity)
        unsafe controls = .allocate(byteCount: capacity * Self.controlSize, alignment: 16)
        unsafe octets = .allocate(capacity: capacity * Self.pitch)
        unsafe messages.initialize(repeating: watchword_mmsghdr(), count: capacity)
        unsafe names.initialize(repeating: sockaddr_storage(), count: capacity)
        for index in 0..<capacity {
            unsafe vectors[index] = iovec(iov_base: octets + index * Self.pitch, iov_len: Self.messageSize)
            unsafe messages[index].header.msg_name = UnsafeMutableRawPointer(names + index)
            unsafe messages[index].header.msg_iov = vectors + index
            unsafe messages[index].header.msg_iovlen = 1
            unsafe messages[index].header.msg_control = controls + index * Self.controlSize
        }
    }

    deinit {
        unsafe messages.deallocate()
        unsafe vectors.deallocate()
        unsafe names.deallocate()
        unsafe controls.deallocate()
        unsafe octets.deallocate()
    }

    /// Takes what is there.
    ///
    /// - Parameter waits: for a first message.
    /// - Returns: how many messages came; 0 when nothing is there. Of a socket that is shut down and empty, whoever waits gets
    ///   one that is none (``isAtEnd``).
    /// - Throws: when the kernel reports an error that concerns the socket and not one datagram.
    mutating func receive(
        upTo limit: Int = .max, from socket: DatagramSocket, waits: Bool = true
    ) throws(SocketError) -> Int {
        for index in 0..<used {
            unsafe messages[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
            unsafe messages[index].header.msg_controllen = Self.controlSize
        }
        used = min(limit, capacity)
        let flags = Int32(waits ? WATCHWORD_MSG_WAITFORONE : WATCHWORD_MSG_DONTWAIT)
        while true {
            let count = unsafe recvmmsg(
                socket.descriptor, messages, UInt32(used), flags, nil)
            if count >= 0 {
                used = Int(count)
                return used
            }
            switch errno {
            case EAGAIN where !waits:
                used = 0
                return 0
            // ECONNREFUSED and its like tell of an answer sent earlier, not of this socket.
            case EINTR, EAGAIN, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH: continue
            default: throw SocketError("recvmmsg")
            }
        }
    }

    /// Whether the last ``receive(from:waits:)`` has found the socket shut down, and nothing in it: that looks like an empty
    /// datagram, but from nobody.
    var isAtEnd: Bool { unsafe used > 0 && size(of: 0) == 0 && messages[0].header.msg_namelen == 0 }

    /// How many octets message `index` of the last ``receive(from:waits:)`` has; 0 for one that is not there.
    func size(of index: Int) -> Int { index < capacity ? unsafe Int(messages[index].length) : 0 }

    /// Lends the datagrams of message `index` of the last ``receive(from:waits:)``, one after the other. Those from an address that
    /// is neither IPv4 nor IPv6 (the kernel sends none) are passed over.
    func withDatagrams(of index: Int, _ body: (Span<UInt8>, ReturnPath) -> Void) {
        guard index < capacity, let peer = SocketAddress(unsafe names[index]) else { return }
        let reception = unsafe watchword_reception(&messages[index].header)
        let path = ReturnPath(peer: peer, own: OwnAddress(reception.own))
        let message = unsafe UnsafeBufferPointer(
            start: octets + index * Self.pitch, count: min(size(of: index), Self.messageSize))
        unsafe forEachDatagram(of: message, each: reception.part_size) { body($0, path) }
    }
}

/// Lends the datagrams that a message is joined of, each of `partSize` octets but the last, which may be shorter; 0 where it
/// is one. What is longer than a RADIUS packet can be is padding that nobody looks at (RFC 2865 §3).
@unsafe func forEachDatagram(
    of message: UnsafeBufferPointer<UInt8>, each partSize: Int32, _ body: (Span<UInt8>) -> Void
) {
    let partSize = partSize > 0 ? Int(partSize) : max(message.count, 1)
    // An empty datagram is one, too.
    for start in stride(from: 0, to: max(message.count, 1), by: partSize) {
        let end = start + min(message.count - start, partSize, 4096)
        body(unsafe message.extracting(start..<end).span)
    }
}

/// Many answers with one system call. One per sending thread.
///
/// Neighbours of one size that go the same way are one message for the system, which cuts it up behind most of what sending
/// costs (UDP_SEGMENT): a concentrator asks from a few ports, and its users' answers are alike.
@safe struct DatagramSender: ~Copyable {
    private static let capacity = 64
    /// How many datagrams go at once.
    private let groupSize: Int
    /// A RADIUS packet has at most 4096 octets (RFC 2865 §3).
    private static let datagramSize = 4096
    /// What is cut must fit into a frame: the least that IPv6 has room for, less its header and UDP's (RFC 8200 §5).
    private static let partSizeMaximum = 1280 - 40 - 8
    /// As much as one UDP datagram could have.
    private static let messageSizeMaximum = 60_000
    private static let controlSize = Int(WATCHWORD_CONTROL_SPACE)
    private let messages: UnsafeMutablePointer<watchword_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<sockaddr_storage>
    private let controls: UnsafeMutableRawPointer
    /// What is sent by one call, one datagram right behind the other.
    private let octets: UnsafeMutablePointer<UInt8>
    /// By which the datagrams that wait go out; nil when none waits.
    private var socket: DatagramSocket?
    /// How many messages wait, of how many datagrams, and how many octets these have.
    private var messageCount = 0
    private var datagramCount = 0
    private var size = 0
    /// Where the last message goes.
    private var lastPath: ReturnPath?
    /// The size of the datagrams of each message, all alike.
    private var partSizes = InlineArray<64, Int>(repeating: 0)
    /// Whether the way out can cut messages up. Not every network card can.
    private var canCut = true

    /// - Parameter groupSize: how many datagrams wait for one another at most, up to 64.
    init(groupSize: Int = 64) {
        self.groupSize = min(groupSize, Self.capacity)
        unsafe messages = .allocate(capacity: Self.capacity)
        unsafe vectors = .allocate(capacity: Self.capacity)
        unsafe names = .allocate(capacity: Self.capacity)
        unsafe controls = .allocate(byteCount: Self.capacity * Self.controlSize, alignment: 16)
        unsafe octets = .allocate(capacity: Self.capacity * Self.datagramSize)
        unsafe messages.initialize(repeating: watchword_mmsghdr(), count: Self.capacity)
        unsafe vectors.initialize(repeating: iovec(), count: Self.capacity)
        unsafe names.initialize(repeating: sockaddr_storage(), count: Self.capacity)
        for index in 0..<Self.capacity {
            unsafe messages[index].header.msg_name = UnsafeMutableRawPointer(names + index)
            unsafe messages[index].header.msg_iov = vectors + index
            unsafe messages[index].header.msg_iovlen = 1
        }
    }

    deinit {
        unsafe messages.deallocate()
        unsafe vectors.deallocate()
        unsafe names.deallocate()
        unsafe controls.deallocate()
        unsafe octets.deallocate()
    }

    /// Leaves an answer to be sent with those that come after it; it goes at the latest with ``flush()``.
    mutating func add(_ answer: [UInt8], to path: ReturnPath, by socket: DatagramSocket) {
        // One call serves one address, by whichever of its sockets.
        if datagramCount == groupSize || self.socket.map({ !$0.shares(socket) }) ?? false { flush() }
        if self.socket == nil { self.socket = socket }
        let position = unsafe octets + size
        let answerSize = min(answer.count, Self.datagramSize)
        unsafe answer.withUnsafeBufferPointer { answer in
            guard let start = answer.baseAddress else { return }
            unsafe position.update(from: start, count: answerSize)
        }
        if !joined(answerSize, path) { unsafe begin(position, answerSize, path) }
        datagramCount += 1
        size += answerSize
    }

    /// Makes the next datagram part of the last message, if it can be.
    private mutating func joined(_ partSize: Int, _ path: ReturnPath) -> Bool {
        let index = messageCount - 1
        guard canCut, socket?.canCut == true, index >= 0, partSizes[index] == partSize,
            partSize <= Self.partSizeMaximum, lastPath == path
        else { return false }
        let messageSize = unsafe Int(vectors[index].iov_len)
        guard messageSize + partSize <= Self.messageSizeMaximum else { return false }
        if messageSize == partSize {
            unsafe watchword_cut(&messages[index].header, controls + index * Self.controlSize, UInt16(partSize))
        }
        unsafe vectors[index].iov_len = messageSize + partSize
        return true
    }

    private mutating func begin(_ position: UnsafeMutablePointer<UInt8>, _ size: Int, _ path: ReturnPath) {
        let (storage, length) = path.peer.native
        unsafe names[messageCount] = storage
        unsafe vectors[messageCount] = iovec(iov_base: position, iov_len: size)
        unsafe messages[messageCount].header.msg_namelen = length
        unsafe messages[messageCount].header.msg_control = controls + messageCount * Self.controlSize
        unsafe messages[messageCount].header.msg_controllen = Self.controlSize
        unsafe watchword_send_from(&messages[messageCount].header, path.own.native)
        (lastPath, partSizes[messageCount]) = (path, size)
        messageCount += 1
    }

    /// Sends what was added, in order. What the kernel refuses is lost, as any datagram may be: the client asks again.
    mutating func flush() {
        guard let socket else { return }
        var sent = 0
        while sent < messageCount {
            let number = unsafe sendmmsg(socket.descriptor, messages + sent, UInt32(messageCount - sent), 0)
            if number > 0 {
                sent += Int(number)
            } else if errno != EINTR {
                sendUncut(sent, by: socket, becauseOf: errno)
                sent += 1
            }
        }
        (self.socket, messageCount, datagramCount, size, lastPath) = (nil, 0, 0, 0, nil)
    }

    /// Sends the datagrams of message `index` one by one, if it was to be cut up.
    ///
    /// - Parameter code: why the system has not. A path can be too narrow (EMSGSIZE), which says nothing of others; a card that
    ///   cannot cut, or a system, cannot do so the next time either.
    private mutating func sendUncut(_ index: Int, by socket: DatagramSocket, becauseOf code: Int32) {
        let (start, whole, partSize) = unsafe (vectors[index].iov_base, Int(vectors[index].iov_len), partSizes[index])
        guard let start = unsafe start, whole > partSize else { return }
        if code == EIO || code == EINVAL { canCut = false }
        unsafe messages[index].header.msg_controllen -= Int(WATCHWORD_CUT_SPACE)
        for offset in stride(from: 0, to: whole, by: partSize) {
            unsafe vectors[index] = iovec(iov_base: start + offset, iov_len: partSize)
            while unsafe sendmsg(socket.descriptor, &messages[index].header, 0) < 0, errno == EINTR {}
        }
    }
}
