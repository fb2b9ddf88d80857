import TokenEngine

/// Finds the client section for an address: the longest prefix that covers it wins, in a time that depends on how many
/// lengths of prefixes there are and not on how many clients.
struct ClientTable: Sendable {
    /// The clients whose prefix has one length, by the bits that count.
    private struct Row: Sendable {
        let mask: UInt128
        var clients: [UInt128: Client]
    }

    /// Longest prefix first.
    private let ipv4: [Row]
    private let ipv6: [Row]

    /// - Parameter clients: no two of them with an equal prefix; the configuration's check has seen to that.
    init(_ clients: [Client]) {
        ipv4 = Self.rows(clients, .v4, width: 32)
        ipv6 = Self.rows(clients, .v6, width: 128)
    }

    private static func rows(_ clients: [Client], _ family: IPAddress.Family, width: Int) -> [Row] {
        var rows: [Int: Row] = [:]
        for client in clients {
            for prefix in client.prefixes where prefix.address.family == family {
                let whole = UInt128.max >> UInt128(128 - width)
                let mask = whole & ~(whole >> UInt128(prefix.length))
                rows[prefix.length, default: Row(mask: mask, clients: [:])].clients[prefix.address.bits & mask] = client
            }
        }
        return rows.sorted { $0.key > $1.key }.map(\.value)
    }

    /// nil for a stranger.
    func client(at address: IPAddress) -> Client? {
        for row in address.family == .v4 ? ipv4 : ipv6 {
            if let client = row.clients[address.bits & row.mask] { return client }
        }
        return nil
    }

    /// How many rows a lookup goes through at most: one for each length of prefix.
    func steps(for family: IPAddress.Family) -> Int { family == .v4 ? ipv4.count : ipv6.count }
}
