import CLinux
import Glibc
import TokenEngine

/// Where a datagram came from and where its answer goes: an IPv4 or IPv6 address with a port.
///
/// Prints as the operator writes it: `192.0.2.1:1812`, `[2001:db8::1]:1812`, `[fe80::1%2]:1812`.
struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address as a number, network order: an IPv4 address is the last 32 bits of ``low``.
    let high: UInt64
    let low: UInt64
    let port: UInt16
    /// The interface of a link-local IPv6 address, else 0.
    let scope: UInt32
    let isIPv6: Bool

    init(v4 address: UInt32, port: UInt16) {
        (high, low, scope, isIPv6) = (0, UInt64(address), 0, false)
        self.port = port
    }

    init(v6High high: UInt64, low: UInt64, scope: UInt32, port: UInt16) {
        self.high = high
        self.low = low
        self.scope = scope
        self.port = port
        isIPv6 = true
    }

    init(_ address: IPAddress, port: UInt16) {
        let bits = address.bits
        switch address.family {
        case .v4: self.init(v4: UInt32(truncatingIfNeeded: bits), port: port)
        case .v6:
            self.init(
                v6High: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits), scope: 0,
                port: port)
        }
    }

    /// Whether it stands for all addresses of this machine: `0.0.0.0`, `[::]`.
    var isWildcard: Bool { high == 0 && low == 0 }

    init(_ listen: ListenAddress) { self.init(listen.address, port: listen.port) }

    /// Reads what the kernel wrote; nil when it is neither IPv4 nor IPv6.
    init?(_ storage: sockaddr_storage) {
        let value = unsafe withUnsafeBytes(of: storage) { octets -> SocketAddress? in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let native = unsafe octets.loadUnaligned(as: sockaddr_in.self)
                return SocketAddress(
                    v4: UInt32(bigEndian: native.sin_addr.s_addr), port: UInt16(bigEndian: native.sin_port))
            case AF_INET6:
                let native = unsafe octets.loadUnaligned(as: sockaddr_in6.self)
                return SocketAddress(
                    v6High: UInt64(bigEndian: unsafe octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    low: UInt64(bigEndian: unsafe octets.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                    scope: native.sin6_scope_id, port: UInt16(bigEndian: native.sin6_port))
            default:
                return nil
            }
        }
        guard let value else { return nil }
        self = value
    }

    /// The address without port and scope, as clients are configured by.
    var address: IPAddress {
        isIPv6 ? IPAddress(v6: UInt128(high) << 64 | UInt128(low)) : IPAddress(v4: UInt32(truncatingIfNeeded: low))
    }

    /// The address as the kernel takes it, and how many octets of it count.
    var native: (storage: sockaddr_storage, length: socklen_t) {
        var storage = sockaddr_storage()
        let (high, low, port, scope) = (high.bigEndian, low.bigEndian, port.bigEndian, scope)
        let length = isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        unsafe withUnsafeMutableBytes(of: &storage) { octets in
            if isIPv6 {
                unsafe octets.storeBytes(of: sa_family_t(AF_INET6), as: sa_family_t.self)
                unsafe octets.storeBytes(of: port, toByteOffset: 2, as: UInt16.self)
                unsafe octets.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
                unsafe octets.storeBytes(of: low, toByteOffset: 16, as: UInt64.self)
                unsafe octets.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
            } else {
                unsafe octets.storeBytes(of: sa_family_t(AF_INET), as: sa_family_t.self)
                unsafe octets.storeBytes(of: port, toByteOffset: 2, as: UInt16.self)
                let address = UInt32(truncatingIfNeeded: self.low).bigEndian
                unsafe octets.storeBytes(of: address, toByteOffset: 4, as: UInt32.self)
            }
        }
        return (storage, socklen_t(length))
    }

    var description: String { isIPv6 ? "[\(addressText)]:\(port)" : "\(addressText):\(port)" }

    /// The address without the port.
    var addressText: String {
        let (storage, length) = native
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe withUnsafeBytes(of: storage) { octets in
            guard let address = unsafe octets.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
                return EAI_FAIL
            }
            return unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        }
        guard status == 0 else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
