package import TokenEngine

/// Where the server listens: `udp://192.0.2.1:1812`, `udp://[::]:1812`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Transport: String, Hashable, Sendable, CaseIterable {
        case udp
    }

    package let transport: Transport
    package let address: IPAddress
    /// 0 lets the kernel choose.
    package let port: UInt16

    /// RFC 2865 §3.
    package static let standardPort: UInt16 = 1812

    package init(transport: Transport = .udp, address: IPAddress, port: UInt16 = standardPort) {
        self.transport = transport
        self.address = address
        self.port = port
    }

    /// Reads an address as the operator writes it. `udp://` and the port may be left out; names are not looked up.
    package init?(_ text: some StringProtocol) {
        var rest = String(text)[...]
        var transport = Transport.udp
        if let colon = rest.firstIndex(of: ":"), rest[colon...].hasPrefix("://") {
            guard let named = Transport(rawValue: rest[..<colon].lowercased()) else { return nil }
            transport = named
            rest = rest[colon...].dropFirst(3)
        }
        var port = Self.standardPort
        let host: Substring
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            host = rest[..<close].dropFirst()
            rest = rest[close...].dropFirst()
            guard host.contains(":"), rest.isEmpty || rest.first == ":" else { return nil }
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = rest[..<end]
            rest = rest[end...]
        }
        if rest.first == ":" {
            guard let number = UInt16(rest.dropFirst()) else { return nil }
            port = number
        }
        guard let address = IPAddress(host) else { return nil }
        self.init(transport: transport, address: address, port: port)
    }

    package var description: String {
        let host = address.family == .v6 ? "[\(address)]" : "\(address)"
        return "\(transport.rawValue)://\(host):\(port)"
    }
}

extension ValueType<ListenAddress> {
    static let listen = ValueType("udp://address:port") { (text, _) throws(UnfitValue) in
        guard let address = ListenAddress(text) else {
            throw UnfitValue(text, expected: "udp://address:port such as udp://0.0.0.0:1812 or udp://[::]:1812")
        }
        return address
    }
}
