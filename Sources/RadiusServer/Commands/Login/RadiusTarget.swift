import Cryptography
import RadiusCodec
import TokenEngine

/// A RADIUS server as a client sees it.
struct RadiusTarget: Sendable {
    let address: SocketAddress
    let secret: SharedSecret
}

extension Invocation {
    /// Whom to ask and by which secret: from the command line, and what is not said there from the configuration, where it
    /// is the first address that the server listens at and the client section that covers this machine.
    func radiusTarget(server: CommandOption, secret: CommandOption) throws(CommandFailure) -> RadiusTarget {
        let isComplete = arguments.isSet(server) && arguments.isSet(secret)
        let configured = isComplete ? nil : try configuration()

        let address: SocketAddress
        if let text = arguments.value(of: server) {
            address = try radiusAddress(text, of: server)
        } else {
            guard let listen = configured?.server.listen.first else {
                throw .no("the configuration listens nowhere; say where the server is: \(server.name) ADDRESS:PORT")
            }
            address = SocketAddress(reaching: listen)
        }
        if let text = arguments.value(of: secret) {
            do throws(CryptographyError) {
                return RadiusTarget(address: address, secret: try SharedSecret(SecretOctets(utf8: text)))
            } catch { throw .couldNot("\(error)") }
        }
        let own = address.isIPv6 ? IPAddress(v6: 1) : IPAddress(v4: 0x7f00_0001)
        guard let client = ClientTable(configured?.clients ?? []).client(at: own) else {
            throw .no("no client section covers \(own), from where this command asks; add one, or give \(secret.name)")
        }
        return RadiusTarget(address: address, secret: client.secret)
    }

    /// The address that a value of the option `server` names.
    func radiusAddress(_ text: String, of server: CommandOption) throws(CommandFailure) -> SocketAddress {
        guard let resolved = SocketAddress.resolving(text) else {
            throw .couldNot("\(server.name) is '\(visible(text))': no such host; it takes ADDRESS:PORT")
        }
        return resolved
    }
}

extension SocketAddress {
    /// The address under which this machine reaches a server that listens at `listen`: every address means the loopback's.
    fileprivate init(reaching listen: ListenAddress) {
        let isEvery = listen.address.bits == 0
        switch listen.address.family {
        case .v4:
            self.init(v4: isEvery ? 0x7f00_0001 : UInt32(truncatingIfNeeded: listen.address.bits), port: listen.port)
        case .v6:
            let bits = isEvery ? 1 : listen.address.bits
            self.init(
                v6High: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits), scope: 0,
                port: listen.port)
        }
    }
}
