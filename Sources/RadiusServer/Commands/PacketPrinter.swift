import Cryptography
import RadiusCodec

/// An attribute as `--json` shows it.
struct AttributeDocument: Encodable, Equatable {
    let name: String
    let value: String
}

/// Packets for people and for `jq`, by the names of a dictionary.
struct PacketPrinter: ~Copyable {
    private let dictionary: AttributeDictionary
    private var workspace: CodecWorkspace

    init(_ dictionary: AttributeDictionary) throws(CommandFailure) {
        do throws(CryptographyError) { workspace = try CodecWorkspace() } catch { throw .couldNot("\(error)") }
        self.dictionary = dictionary
    }

    /// The secret, where it reveals the packet's hidden values. Those of an answer are hidden under the authenticator of its
    /// request, too, and what would be revealed without it is noise.
    private func revealing(
        _ secret: SharedSecret?, _ packet: Packet, answering requestAuthenticator: Authenticator?
    ) -> SharedSecret? {
        packet.code == .accessRequest || packet.code == .statusServer || requestAuthenticator != nil ? secret : nil
    }

    /// How many hidden values are shown in the octets that came, though the secret is known.
    mutating func unrevealedCount(
        of packet: Packet, secret: SharedSecret?, answering requestAuthenticator: Authenticator?
    ) -> Int {
        guard secret != nil, revealing(secret, packet, answering: requestAuthenticator) == nil else { return 0 }
        return dictionary.attributes(of: packet, secret: nil, &workspace)
            .count { dictionary.definition(at: $0.definition.path)?.encryption != nil }
    }

    /// `Name = value` for each attribute.
    mutating func lines(
        of packet: Packet, secret: SharedSecret?, answering requestAuthenticator: Authenticator?,
        showingSecrets: Bool = false
    ) -> [String] {
        dictionary.lines(
            of: packet, secret: revealing(secret, packet, answering: requestAuthenticator),
            requestAuthenticator: requestAuthenticator, showingSecrets: showingSecrets, &workspace)
    }

    mutating func documents(
        of packet: Packet, secret: SharedSecret?, answering requestAuthenticator: Authenticator?,
        showingSecrets: Bool = false
    ) -> [AttributeDocument] {
        let attributes = dictionary.attributes(
            of: packet, secret: revealing(secret, packet, answering: requestAuthenticator),
            requestAuthenticator: requestAuthenticator, &workspace)
        return attributes.map { attribute in
            let isHidden = attribute.definition.isSecret && !showingSecrets
            return AttributeDocument(
                name: attribute.definition.name, value: isHidden ? "<<< secret >>>" : dictionary.text(of: attribute))
        }
    }
}

extension PacketPrinter {
    /// What the secret shows to be wrong with the packet's signatures; nil when nothing is, or when it cannot be told
    /// because the request that it answers is not known.
    mutating func problem(
        of packet: Packet, secret: SharedSecret, answering requestAuthenticator: Authenticator?
    ) throws(CommandFailure) -> String? {
        switch packet.code {
        case .accessRequest, .statusServer:
            let status = packet.messageAuthenticator(with: secret, &workspace)
            return status == .invalid ? "the Message-Authenticator is wrong: another secret, or a changed packet" : nil
        default:
            guard let requestAuthenticator else { return nil }
            // A request as bare as can be: only its identifier and authenticator bear on its reply.
            let octets =
                [PacketCode.accessRequest.rawValue, packet.identifier, 0, 20]
                + (0..<Authenticator.size).map { requestAuthenticator.octets[$0] }
            do {
                try packet.verifyReply(to: try Packet(parsing: octets), secret: secret, signed: false, &workspace)
                return nil
            } catch { return "\(error)" }
        }
    }
}
