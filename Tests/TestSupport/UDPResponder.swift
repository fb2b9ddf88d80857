import Foundation
import Synchronization

/// A datagram socket on a free port of 127.0.0.1 that answers, in a thread of its own, until nobody holds it any more.
package final class UDPResponder: Sendable {
    package let port: UInt16
    private let isOver = Flag()

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// - Parameter answer: the datagram that answers one that came; nil for silence. Called one at a time.
    package init(answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure(call: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutableBytes(of: &address) { octets in
            guard let start = unsafe octets.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                unsafe bind(descriptor, start, size) == 0
            else { return errno }
            return unsafe getsockname(descriptor, start, &size) == 0 ? 0 : errno
        }
        guard status == 0 else {
            close(descriptor)
            throw SocketFailure(call: "bind", code: status)
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [isOver] in
            Self.serve(descriptor, until: isOver, answer)
            close(descriptor)
        }
    }

    deinit { isOver.value.store(true, ordering: .relaxed) }

    private static func serve(_ descriptor: Int32, until isOver: Flag, _ answer: ([UInt8]) -> [UInt8]?) {
        var octets = [UInt8](repeating: 0, count: 65536)
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !isOver.value.load(ordering: .relaxed) {
            guard unsafe poll(&waiting, 1, 100) > 0 else { continue }
            var sender = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            unsafe withUnsafeMutableBytes(of: &sender) { address in
                let start = unsafe address.baseAddress?.assumingMemoryBound(to: sockaddr.self)
                let count = unsafe recvfrom(descriptor, &octets, octets.count, 0, start, &size)
                guard count >= 0, let reply = answer(Array(octets.prefix(count))) else { return }
                _ = unsafe sendto(descriptor, reply, reply.count, 0, start, size)
            }
        }
    }
}
