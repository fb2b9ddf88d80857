import Cryptography

/// Ascend's packet filters (dictionary type `abinary`) in the words that FreeRADIUS has for them:
///
///     ip in forward srcip 192.0.2.0/24 dstip 198.51.100.7/32 tcp dstport = 80 est
///     ipx out drop srcipxnet 0x1234 srcipxnode 0x0200c0ffee01 srcipxsock = 0x0451
///     generic in drop 12 ffffffffffff 080000000000 == more
///
/// No RFC describes them. A filter is 32 octets: the kind, whether it forwards, whether it is for what comes in, a zero,
/// and then what its kind has, numbers in network order. What a filter does not say is zero.
enum FilterText {
    static let octetCount = 32

    /// The number is the filter's first octet.
    enum Kind: UInt8, CaseIterable {
        case generic, ip, ipx
    }

    /// The number is that of the octet of a comparison; 0 is for none.
    static let comparisons = ["", "<", "=", ">", "!="]

    /// Where `generic` filters have their mask; the value is as large. Length and flags are numbers of two octets.
    static let (mask, value, maskMaximum) = (10, 16, 6)

    /// - Returns: nil unless the words give the same octets when they are read: what they cannot say is not left out.
    static func text(_ octets: [UInt8]) -> String? {
        guard octets.count == octetCount, let kind = Kind(rawValue: octets[0]) else { return nil }
        let properties: [String]?
        switch kind {
        case .generic: properties = genericWords(octets)
        case .ip: properties = ipWords(octets)
        case .ipx: properties = FilterSide.both.flatMap { ipxWords(octets, $0) }
        }
        guard let properties else { return nil }
        let words = ["\(kind)", octets[2] == 0 ? "out" : "in", octets[1] == 0 ? "drop" : "forward"] + properties
        let text = words.joined(separator: " ")
        return self.octets(text) == octets ? text : nil
    }

    /// - Returns: nil for what is no filter. Case does not count, nor does the order of what an `ip` filter says.
    static func octets(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var reader = FilterReader(words: text.lowercased().split { $0 == " " || $0 == "\t" }.map { String($0) }[...])
        return reader.readFilter() ? reader.octets : nil
    }

    private static func genericWords(_ octets: [UInt8]) -> [String]? {
        let count = number(octets[6...7])
        guard count <= maskMaximum else { return nil }
        let digits = [mask, value].map { Hexadecimal.text(octets[$0..<$0 + count]) }
        return [String(number(octets[4...5]))] + digits + [octets[22] == 0 ? "==" : "!="]
            + (number(octets[8...9]) == 0 ? [] : ["more"])
    }

    /// A protocol without a name has its number here. FreeRADIUS reads that too, but prints `??`.
    private static func ipWords(_ octets: [UInt8]) -> [String] {
        var words: [String] = []
        for side in FilterSide.both {
            let address = octets[side.address..<side.address + 4]
            guard number(address) != 0 else { continue }
            words += ["\(side.name)ip", "\(IPv4Text.text(address))/\(octets[side.prefixLength])"]
        }
        words.append(FilterName.protocols.first { $0.value == octets[14] }?.key ?? String(octets[14]))
        for side in FilterSide.both {
            let port = String(number(octets[side.port...side.port + 1]))
            words += comparison(octets[side.portComparison], "\(side.name)port", port)
        }
        return octets[15] == 0 ? words : words + ["est"]
    }

    private static func ipxWords(_ octets: [UInt8], _ side: FilterSide) -> [String] {
        let network = number(octets[side.network..<side.node])
        guard network != 0 else { return [] }
        let digits = String(network, radix: 16)
        let padding = String(repeating: "0", count: max(0, 4 - digits.count))
        let node = Hexadecimal.text(octets[side.node..<side.socket])
        let socket = Hexadecimal.text(octets[side.socket...side.socket + 1])
        return ["\(side.name)ipxnet", "0x\(padding)\(digits)", "\(side.name)ipxnode", "0x\(node)"]
            + comparison(octets[side.socketComparison], "\(side.name)ipxsock", "0x\(socket)")
    }

    /// An octet that is no comparison becomes a word that is not read.
    private static func comparison(_ octet: UInt8, _ name: String, _ value: String) -> [String] {
        guard octet != 0 else { return [] }
        return [name, octet < comparisons.count ? comparisons[Int(octet)] : "??", value]
    }

    /// - Parameter octets: at most four.
    private static func number(_ octets: ArraySlice<UInt8>) -> Int { octets.reduce(0) { $0 << 8 | Int($1) } }
}

/// Where a filter has what it says of a packet's source, and of its destination.
struct FilterSide {
    let name: String
    let address: Int
    let prefixLength: Int
    let port: Int
    let portComparison: Int
    let network: Int
    let socketComparison: Int
    var node: Int { network + 4 }
    var socket: Int { node + 6 }

    static let source = FilterSide(
        name: "src", address: 4, prefixLength: 12, port: 16, portComparison: 20, network: 4, socketComparison: 28)
    static let destination = FilterSide(
        name: "dst", address: 8, prefixLength: 13, port: 18, portComparison: 21, network: 16, socketComparison: 29)
    static let both = [source, destination]
}

/// The names that FreeRADIUS has for numbers in filters, which are fewer than a system's.
enum FilterName {
    static let protocols: [String: UInt8] = ["icmp": 1, "tcp": 6, "udp": 17, "ospf": 89]
    static let ports: [String: UInt16] = [
        "ftp-data": 20, "ftp": 21, "telnet": 23, "smtp": 25, "nameserver": 42, "domain": 53, "tftp": 69, "gopher": 70,
        "finger": 79, "www": 80, "kerberos": 88, "hostname": 101, "nntp": 119, "ntp": 123, "exec": 512, "login": 513,
        "cmd": 514, "talk": 517,
    ]
}
