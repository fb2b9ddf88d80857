import Cryptography
import RadiusCodec
import TokenEngine

/// Decides, from the datagram alone, whether it is worth the engine's time. One per receiving thread.
struct Admission: ~Copyable {
    enum Admitted {
        /// To be decided.
        case request(PendingRequest)
        /// Answered already: a retransmission's remembered octets, or a Status-Server's.
        case answer([UInt8])
    }

    private let duplicates: DuplicateCache
    private let signers: KnownSigners
    private let metrics: Metrics
    private let storeIsFailing: @Sendable () -> Bool
    private var workspace: CodecWorkspace
    private var digest: MessageDigest

    init(
        duplicates: DuplicateCache, signers: KnownSigners, metrics: Metrics,
        storeIsFailing: @escaping @Sendable () -> Bool
    ) throws(CryptographyError) {
        let workspace = try CodecWorkspace()
        let digest = try MessageDigest(.sha256)
        self.workspace = workspace
        self.digest = digest
        self.duplicates = duplicates
        self.signers = signers
        self.metrics = metrics
        self.storeIsFailing = storeIsFailing
    }

    /// - Parameter now: milliseconds of a clock that never goes back.
    mutating func admit(
        _ datagram: Span<UInt8>, by path: ReturnPath, under configuration: ActiveConfiguration, at now: Int64
    ) throws(Discard) -> Admitted {
        // From a client that we know? Of a stranger's datagram nothing is looked at (RFC 2865 §3).
        guard let client = configuration.clients.client(at: path.peer.address) else { throw .unknownClient }
        let packet: Packet
        do { packet = try Packet(parsing: datagram) } catch { throw .malformed(error) }
        guard packet.code == .accessRequest || packet.code == .statusServer else { throw .unexpectedCode(packet.code) }
        // Untampered? Presence first, then the code itself (RFC 3579 §3.2, CVE-2024-3596).
        try verify(packet, from: client, at: path.peer.address)
        if packet.code == .statusServer {
            // Silence tells the client to turn to another server, as it must while nothing can be committed.
            guard !storeIsFailing() else { throw .storeUnavailable }
            return .answer(statusReply(to: packet, for: client))
        }
        // New? A retransmission gets the very octets that the first one got (RFC 5080 §2.2.2).
        switch duplicates.look(for: fingerprint(of: packet, path), at: now) {
        case .answered(let reply): return .answer(reply)
        case .pending: throw .duplicatePending
        case .new(let ticket):
            let request = AccessRequest(
                packet: packet, client: client, configuration: configuration, path: path, duplicates: duplicates,
                ticket: ticket, receivedAt: now)
            return .request(PendingRequest(request: request, attempt: request.content.attempt(&workspace)))
        }
    }

    private mutating func fingerprint(of packet: Packet, _ path: ReturnPath) -> DuplicateCache.Fingerprint {
        digest.update(path.identity.span)
        digest.update(packet.octets)
        return DuplicateCache.Fingerprint(digest: digest.finish())
    }

    private mutating func verify(
        _ packet: Packet, from client: Client, at peer: IPAddress
    ) throws(Discard) {
        switch packet.messageAuthenticator(with: client.secret, &workspace) {
        case .invalid:
            throw .messageAuthenticatorWrong
        case .valid:
            guard client.requireMessageAuthenticator == .automatic, packet.code == .accessRequest,
                packet.count(of: .eapMessage) == 0
            else { return }
            signers.remember(client, at: peer)
        case .absent:
            switch client.requireMessageAuthenticator {
            case .yes: throw .messageAuthenticatorMissing
            case .automatic: if signers.contains(client, at: peer) { throw .messageAuthenticatorMissing }
            case .no: break
            }
            if client.limitProxyState != .no, packet.count(of: .proxyState) > 0 { throw .proxyStateUnsigned }
            metrics.add(1, to: .unsignedRequests)
            signers.noteUnsigned(client, at: peer)
        }
    }

    /// Status-Server is answered at once and by nobody else: it asks whether this line is open (RFC 5997 §3).
    private mutating func statusReply(to packet: Packet, for client: Client) -> [UInt8] {
        PacketBuilder(replying: .accessAccept, to: packet).finish(signedWith: client.secret, &workspace)
    }
}
