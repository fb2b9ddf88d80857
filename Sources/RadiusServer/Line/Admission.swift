import Cryptography
import RadiusCodec
import TokenEngine

/// Decides, from the datagram alone, whether it is worth the engine's time. One per thread that receives.
struct Admission: ~Copyable {
    enum Admitted {
        /// To be decided.
        case request(PendingRequest)
        /// Answered already: a retransmission's remembered octets, or a Status-Server's.
        case answer([UInt8])
    }

    private let socket: DatagramSocket
    private let duplicates: DuplicateCache
    private let signers: KnownSigners
    private let metrics: Metrics
    private let storeIsFailing: @Sendable () -> Bool
    private var workspace: CodecWorkspace
    private var digest: MessageDigest
    /// nil while nothing comes.
    private var batch: Batch?

    /// The requests of one system call.
    private struct Batch {
        let configuration: ActiveConfiguration
        let time: Int64
        /// Those of the device that was the last; the next is mostly of the same.
        var arrival: Arrival?
        /// Whether one of them was signed, and ``KnownSigners`` knows.
        var isSigner = false
    }

    init(
        socket: DatagramSocket, duplicates: DuplicateCache, signers: KnownSigners, metrics: Metrics,
        storeIsFailing: @escaping @Sendable () -> Bool
    ) throws(CryptographyError) {
        let workspace = try CodecWorkspace()
        let digest = try MessageDigest(.sha256)
        self.workspace = workspace
        self.digest = digest
        self.socket = socket
        self.duplicates = duplicates
        self.signers = signers
        self.metrics = metrics
        self.storeIsFailing = storeIsFailing
    }

    /// What comes from now on came at once, and is judged under the same configuration.
    ///
    /// - Parameter now: milliseconds of a clock that never goes back.
    mutating func begin(under configuration: ActiveConfiguration, at now: Int64) {
        batch = Batch(configuration: configuration, time: now)
    }

    /// Lets go of the configuration: there may be another when something comes again.
    mutating func end() { batch = nil }

    mutating func admit(_ datagram: Span<UInt8>, by path: ReturnPath) throws(Discard) -> Admitted {
        // From a client that we know? Of a stranger's datagram nothing is looked at (RFC 2865 §3).
        guard let arrival = arrival(from: path.peer.address) else { throw .unknownClient }
        let packet: Packet
        do { packet = try Packet(parsing: datagram) } catch { throw .malformed(error) }
        guard packet.code == .accessRequest || packet.code == .statusServer else { throw .unexpectedCode(packet.code) }
        // Untampered? Presence first, then the code itself (RFC 3579 §3.2, CVE-2024-3596).
        try verify(packet, arrival)
        if packet.code == .statusServer {
            // Silence tells the client to turn to another server, as it must while nothing can be committed.
            guard !storeIsFailing() else { throw .storeUnavailable }
            return .answer(statusReply(to: packet, for: arrival.client))
        }
        // New? A retransmission gets the very octets that the first one got (RFC 5080 §2.2.2).
        switch duplicates.look(for: fingerprint(of: packet, path), at: arrival.time) {
        case .answered(let reply): return .answer(reply)
        case .pending: throw .duplicatePending
        case .new(let ticket):
            let request = AccessRequest(packet: packet, arrival: arrival, path: path, ticket: ticket)
            return .request(PendingRequest(request: request, attempt: request.attempt(&workspace)))
        }
    }

    /// nil for a stranger.
    private mutating func arrival(from address: IPAddress) -> Arrival? {
        if let arrival = batch?.arrival, arrival.address == address { return arrival }
        guard let batch, let client = batch.configuration.clients.client(at: address) else { return nil }
        let arrival = Arrival(
            of: address, client: client, configuration: batch.configuration, socket: socket, duplicates: duplicates,
            at: batch.time)
        self.batch?.arrival = arrival
        self.batch?.isSigner = false
        return arrival
    }

    private mutating func fingerprint(of packet: Packet, _ path: ReturnPath) -> DuplicateCache.Fingerprint {
        digest.update(path.identity.span)
        digest.update(packet.octets)
        return DuplicateCache.Fingerprint(digest: digest.finish())
    }

    private mutating func verify(_ packet: Packet, _ arrival: Arrival) throws(Discard) {
        let client = arrival.client
        switch packet.messageAuthenticator(with: client.secret, &workspace) {
        case .invalid:
            throw .messageAuthenticatorWrong
        case .valid:
            guard client.requireMessageAuthenticator == .automatic, packet.code == .accessRequest,
                batch?.isSigner == false, packet.count(of: .eapMessage) == 0
            else { return }
            signers.remember(client, at: arrival.address)
            batch?.isSigner = true
        case .absent:
            switch client.requireMessageAuthenticator {
            case .yes: throw .messageAuthenticatorMissing
            case .automatic: if signers.contains(client, at: arrival.address) { throw .messageAuthenticatorMissing }
            case .no: break
            }
            if client.limitProxyState != .no, packet.count(of: .proxyState) > 0 { throw .proxyStateUnsigned }
            metrics.add(1, to: .unsignedRequests)
            signers.noteUnsigned(client, at: arrival.address)
        }
    }

    /// Status-Server is answered at once and by nobody else: it asks whether this line is open (RFC 5997 §3).
    private mutating func statusReply(to packet: Packet, for client: Client) -> [UInt8] {
        PacketBuilder(replying: .accessAccept, to: packet).finish(signedWith: client.secret, &workspace)
    }
}
