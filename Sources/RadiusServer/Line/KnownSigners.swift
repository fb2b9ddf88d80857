import Synchronization
import TokenEngine

/// The devices with `require_message_authenticator = auto` that have sent a right Message-Authenticator since the start.
/// From then on they must: there is no automatic way back (CVE-2024-3596).
///
/// What is learned is learned of one address: behind a client section may stand a network of devices, and one that signs
/// says nothing about its neighbours.
final class KnownSigners: Sendable {
    private struct Signer: Hashable {
        let client: String
        let address: IPAddress
    }

    /// Beyond it nothing is learned any more; what is known stays known.
    private static let capacity = 65_536

    private let signers = Mutex<Set<Signer>>([])
    private let log: Log

    init(log: Log) { self.log = log }

    func contains(_ client: Client, at address: IPAddress) -> Bool {
        signers.withLock { $0.contains(Signer(client: client.name, address: address)) }
    }

    func remember(_ client: Client, at address: IPAddress) {
        let isNew = signers.withLock { signers in
            signers.count < Self.capacity && signers.insert(Signer(client: client.name, address: address)).inserted
        }
        guard isNew else { return }
        log.write(
            .notice,
            "client=\(Log.word(client.name)) address=\(address) signs its requests: from now on it must "
                + "(require_message_authenticator = auto)")
    }
}
