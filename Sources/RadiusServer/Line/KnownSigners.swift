import Synchronization
import TokenEngine

/// The devices with `require_message_authenticator = auto` that have sent an Access-Request with a right
/// Message-Authenticator. From then on they must: there is no automatic way back (CVE-2024-3596), and a restart is none.
///
/// What is learned is learned of one address: behind a client section may stand a network of devices, and one that signs
/// says nothing about its neighbours. Only what the device was free to sign says anything: Status-Server and EAP have to be
/// signed by everybody (RFC 5997 §3, RFC 3579 §3.2).
final class KnownSigners: Sendable {
    private struct Device: Hashable {
        let client: String
        let address: IPAddress
    }

    private struct State {
        var signers: Set<Device> = []
        /// Clients of which an unsigned request was told of: no more than there are sections.
        var unsigned: Set<String> = []
        /// What the database does not know yet.
        var unsaved: [Learning] = []
    }

    /// Beyond it nothing is learned any more; what is known stays known.
    static let capacity = 65_536
    private static let fact = "message-authenticator"

    private let state = Mutex(State())
    private let log: Log

    init(log: Log) { self.log = log }

    func contains(_ client: Client, at address: IPAddress) -> Bool {
        state.withLock { $0.signers.contains(Device(client: client.name, address: address)) }
    }

    func remember(_ client: Client, at address: IPAddress) {
        let device = Device(client: client.name, address: address)
        let isNew = state.withLock { state in
            guard state.signers.count < Self.capacity, state.signers.insert(device).inserted else { return false }
            state.unsaved.append(.learn(LearnedFact(client: client.name, address: address, fact: Self.fact)))
            return true
        }
        guard isNew else { return }
        log.write(
            .notice,
            "client=\(Log.word(client.name)) address=\(address) signs its requests: from now on it must "
                + "(require_message_authenticator = auto)")
    }

    /// Says, once for each client section, that an answer to one of its devices could be forged.
    func noteUnsigned(_ client: Client, at address: IPAddress) {
        guard state.withLock({ $0.unsigned.insert(client.name).inserted }) else { return }
        log.write(
            .warning,
            "client=\(Log.word(client.name)) address=\(address) sends no Message-Authenticator, so that answers to it can "
                + "be forged (CVE-2024-3596); have the device send one, then set require_message_authenticator = yes")
    }

    /// The client sections whose devices have sent unsigned requests, by name.
    var unsignedClients: [String] { state.withLock { $0.unsigned.sorted() } }

    // MARK: Over a restart

    /// Takes over what an earlier process has learned.
    func restore(_ facts: [LearnedFact]) {
        let devices = facts.lazy.filter { $0.fact == Self.fact }.map { Device(client: $0.client, address: $0.address) }
        state.withLock { $0.signers.formUnion(devices.prefix(Self.capacity)) }
    }

    /// Forgets the devices of every client that the configuration does not leave to us: who is set to `no` or `yes` by hand
    /// and to `auto` again later begins anew.
    func forget(except clients: [Client]) {
        let learning = Set(clients.lazy.filter { $0.requireMessageAuthenticator == .automatic }.map(\.name))
        state.withLock { state in
            let gone = Set(state.signers.lazy.map(\.client)).subtracting(learning)
            guard !gone.isEmpty else { return }
            state.signers = state.signers.filter { !gone.contains($0.client) }
            state.unsaved += gone.sorted().map { .forget(client: $0) }
        }
    }

    /// What the database is to be told, in order; whoever takes it saves it, or gives it back.
    func takeUnsaved() -> [Learning] {
        state.withLock { state in
            defer { state.unsaved.removeAll() }
            return state.unsaved
        }
    }

    func giveBack(_ learnings: [Learning]) { state.withLock { $0.unsaved = learnings + $0.unsaved } }
}
