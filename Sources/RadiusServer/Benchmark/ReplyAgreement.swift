import RadiusCodec

/// Whether each Access-Accept was made wholly by one version of the server's configuration: the test's mappings write the
/// name of their version into several attributes, so the values of a reply must all be the same.
struct ReplyAgreement: Sendable {
    /// How often each value was the one that a reply agreed on. No more than this many are told apart.
    private static let versionsMaximum = 64

    /// The attributes that have to agree; none: nothing is looked at.
    let types: [AttributeType]
    private(set) var mixedReplies = 0
    private var seen: Set<[UInt8]> = []

    /// How many versions there were.
    var versions: Int { seen.count }

    init(of types: [AttributeType]) { self.types = types }

    /// Counts a reply that lacks one of the attributes, or has two values in them.
    mutating func look(at reply: Packet) {
        guard let first = types.first, let version = reply.first(first) else {
            if !types.isEmpty { mixedReplies += 1 }
            return
        }
        let agrees = types.allSatisfy { type in
            let values = reply.values(of: type)
            return !values.isEmpty && values.allSatisfy { $0 == version }
        }
        if !agrees { mixedReplies += 1 }
        if seen.count < Self.versionsMaximum { seen.insert(version) }
    }
}
