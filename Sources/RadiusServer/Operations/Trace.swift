import RadiusCodec

/// `serve -X`, or `DEBUG` in a client's mapping: every packet, readably, as it comes and goes. Passwords and States are left out even here.
struct Trace: Sendable {
    /// By number: a dictionary may call them what it likes.
    private static let hidden: [AttributeType] = [.userPassword, .chapPassword, .state, .eapMessage]

    let isOn: Bool
    private let log: Log

    init(isOn: Bool, log: Log) {
        self.isOn = isOn
        self.log = log
    }

    func received(_ datagram: Span<UInt8>, by path: ReturnPath, under version: ActiveConfiguration) {
        guard isOn(path, under: version, ifUnknown: false), let packet = try? Packet(parsing: datagram) else { return }
        write("received", packet, "from \(path.peer)", under: version)
    }

    func sent(_ reply: [UInt8], by path: ReturnPath, under version: ActiveConfiguration) {
        guard isOn(path, under: version, ifUnknown: true), let packet = try? Packet(parsing: reply) else { return }
        write("sent", packet, "to \(path.peer)", under: version)
    }

    private func isOn(_ path: ReturnPath, under version: ActiveConfiguration, ifUnknown: Bool) -> Bool {
        guard isOn || version.isTracingSome else { return false }
        guard let client = version.clients.client(at: path.peer.address) else { return isOn && ifUnknown }
        return isOn || client.mapping.settings.isTracing
    }

    private func write(_ verb: String, _ packet: Packet, _ place: String, under version: ActiveConfiguration) {
        guard var workspace = try? CodecWorkspace() else { return }
        var text = "\(verb) \(packet.code) id \(packet.identifier) \(place), \(packet.octets.count) octets\n"
        let hidden = Set(
            Self.hidden.flatMap { type in
                ["Attr-\(type.rawValue)", version.configuration.dictionary.definition(of: type)?.name ?? ""]
            })
        for line in version.configuration.dictionary.lines(of: packet, secret: nil, &workspace) {
            let name = line.prefix { $0 != " " }
            text += hidden.contains(String(name)) ? "    \(name) = <hidden>\n" : "    \(line)\n"
        }
        log.put(text)
    }
}
