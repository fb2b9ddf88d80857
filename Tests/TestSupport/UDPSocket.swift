import Foundation
import Synchronization

/// A datagram socket between one address of ours and one of a server's.
package final class UDPSocket: Sendable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - source: the numeric address to send from; its port is the system's choice.
    ///   - host: the numeric address to send to.
    package init(from source: String, to host: String, port: UInt16) throws {
        descriptor = socket(
            host.contains(":") ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure(call: "socket", code: errno) }
        let bound = try unsafe Self.withAddress(source, 0) { unsafe bind(descriptor, $0, $1) }
        guard bound == 0 else { throw SocketFailure(call: "bind \(source)", code: errno) }
        let connected = try unsafe Self.withAddress(host, port) { unsafe connect(descriptor, $0, $1) }
        guard connected == 0 else { throw SocketFailure(call: "connect \(host)", code: errno) }
    }

    deinit { close(descriptor) }

    package func send(_ octets: [UInt8]) throws {
        guard unsafe Foundation.send(descriptor, octets, octets.count, 0) == octets.count else {
            throw SocketFailure(call: "send", code: errno)
        }
    }

    /// - Returns: the next datagram; nil when none came within `seconds`.
    package func receive(within seconds: Double = 10) throws -> [UInt8]? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { return nil }
        var octets = [UInt8](repeating: 0, count: 65536)
        let count = unsafe recv(descriptor, &octets, octets.count, 0)
        guard count >= 0 else { throw SocketFailure(call: "recv", code: errno) }
        return Array(octets.prefix(count))
    }

    private static let ports = Atomic<UInt16>(0)

    /// A port of `host` that is free, and stays so until somebody asks for it: it is below those that the system gives to
    /// whoever does not mind (`ip_local_port_range`), and no other test is given it.
    package static func freePort(on host: String) throws -> UInt16 {
        let first = UInt16(truncatingIfNeeded: ProcessInfo.processInfo.processIdentifier) &* 16
        while true {
            let number = first &+ ports.add(1, ordering: .relaxed).newValue
            let port = 10_000 + number % 10_000
            let descriptor = socket(
                host.contains(":") ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            if try unsafe withAddress(host, port, { unsafe bind(descriptor, $0, $1) }) == 0 { return port }
            guard errno == EADDRINUSE else { throw SocketFailure(call: "bind \(host)", code: errno) }
        }
    }

    private static func withAddress<Result>(
        _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws -> Result {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard status == 0, let first = unsafe list, let address = unsafe first.pointee.ai_addr else {
            throw SocketFailure(call: "getaddrinfo \(host)", code: status)
        }
        return unsafe body(address, first.pointee.ai_addrlen)
    }
}

package struct SocketFailure: Error, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package var description: String { unsafe "\(call): \(String(cString: strerror(code)))" }
}
