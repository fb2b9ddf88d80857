import Cryptography
import RadiusCodec
import TokenEngine

/// Says a verdict in attributes, signs it, and tells the log. One per thread that answers.
struct ReplyWriter: ~Copyable {
    private let server: ServerContext
    private let tracesAll: Bool
    private var workspace: CodecWorkspace
    /// Log lines of the batch, written with one system call.
    private var lines = ""

    init(server: ServerContext) throws(CryptographyError) {
        self.server = server
        tracesAll = server.trace.isOn
        workspace = try CodecWorkspace()
    }

    /// The reply's octets, ready to be sent.
    mutating func reply(to decided: DecidedRequest) -> [UInt8] {
        let (request, verdict) = (decided.request, decided.verdict)
        let client = request.arrival.client
        let own = OwnAttributes(verdict.decision)
        var packet = PacketBuilder(replying: own.code, to: request.packet)
        var mapped = mapped(for: request, verdict, own.result)
        // Whether anybody may be let in by this reply was asked before the verdict was committed (``Attempt/objection``).
        own.append(&mapped, to: &packet, limit: client.replyLimit) { type, error in
            report("attribute \(type.rawValue) is left out, \(error)", request)
        }
        server.metrics.add(mapped.leftOutCount, to: .attributesLeftOut)
        for problem in mapped.problems { report("\(problem)", request) }
        if verdict.reason == .attributeMisfit { report("the login is refused, since \(verdict.message)", request) }
        tell(decided)
        server.metrics.count(own.result, verdict.reason)
        let octets = (consume packet).finish(signedWith: client.secret, &workspace)
        if tracesAll || request.arrival.isTraced {
            server.trace.sent(octets, by: request.path, under: request.configuration)
        }
        return octets
    }

    /// Writes what ``reply(to:)`` had to say. Call it after the replies are sent.
    mutating func flush() {
        guard !lines.isEmpty else { return }
        server.log.put(lines)
        lines.removeAll(keepingCapacity: true)
    }

    private func mapped(
        for request: AccessRequest, _ verdict: Verdict, _ result: MappedResult
    ) -> MappedAttributes {
        let mapping = request.client.mapping
        guard !mapping.isEmpty else { return MappedAttributes() }
        return mapping.evaluate(for: VerdictDetail(verdict: verdict, request: request), result: result)
    }

    private func report(_ problem: String, _ request: AccessRequest) {
        server.log.writeSparingly(.warning, about: "mapping \(problem)", "\(request.name) \(problem)")
    }

    /// Who guesses too often does not fill the log either.
    private func tellSparingly(_ decided: DecidedRequest) {
        let (request, reason) = (decided.request, decided.verdict.reason)
        server.log.writeSparingly(
            .warning, about: "\(reason.rawValue) \(request.path.peer.addressText)",
            "reject \(request.name) user=\(Log.word(decided.userName.prefix(64))) reason=\(reason.rawValue)")
    }

    private mutating func tell(_ decided: DecidedRequest) {
        let (request, verdict) = (decided.request, decided.verdict)
        guard verdict.reason != .tooManyGuesses else { return tellSparingly(decided) }
        guard server.log.isOn(.info) else { return }
        var line = "\(verdict.decision.name) \(request.name)"
        line += " user=\(Log.word((verdict.user?.name ?? decided.userName).prefix(64)))"
        if let realm = verdict.user?.realm { line += " realm=\(Log.word(realm))" }
        if let characterSet = verdict.nameReadAs { line += " name_read_as=\(characterSet.rawValue)" }
        if let characterSet = verdict.passwordReadAs { line += " password_read_as=\(characterSet.rawValue)" }
        for token in verdict.tokens { line += " token=\(Log.word(token.serial))" }
        line += " reason=\(verdict.reason.rawValue)"
        lines += Log.line(.info, line, at: decided.decidedAt)
    }
}

extension UInt32 {
    /// Four octets, most significant first (RFC 2865 §5, "integer").
    var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }
}

extension String {
    /// The text in pieces of at most 253 octets, none of them ending within a character (RFC 2865 §5.18).
    var replyMessages: [[UInt8]] {
        guard utf8.count > 253 else { return isEmpty ? [] : [Array(utf8)] }
        var parts: [[UInt8]] = []
        var part: [UInt8] = []
        for scalar in unicodeScalars {
            let octets = Array(String(scalar).utf8)
            if part.count + octets.count > 253 {
                parts.append(part)
                part = []
            }
            part += octets
        }
        parts.append(part)
        return parts
    }
}
