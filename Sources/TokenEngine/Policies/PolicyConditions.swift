/// Whom a policy is for. A criterion without an entry is met by everybody.
package struct PolicyConditions: Sendable, Equatable {
    /// Realm names, either case.
    package let realms: [String]
    /// Login names, or patterns in which `*` stands for any run of characters.
    package let users: [String]
    /// Resolver names.
    package let resolvers: [String]
    /// Addresses and prefixes of clients.
    package let clients: [String]

    private let realmList: PatternList
    private let userList: PatternList
    private let resolverList: PatternList
    private let clientList: AddressList

    /// For everybody.
    package init() {
        (realms, users, resolvers, clients) = ([], [], [], [])
        (realmList, userList, resolverList) = (PatternList([]), PatternList([]), PatternList([]))
        clientList = AddressList()
    }

    /// An entry that begins with `!` or `-` excludes, and an exclusion is stronger than an inclusion. A list of
    /// exclusions alone is met by everybody else: were it met by nobody, a policy that denies would deny nothing.
    ///
    /// - Throws: when a client is no address and no prefix.
    package init(
        realms: [String] = [], users: [String] = [], resolvers: [String] = [], clients: [String] = []
    ) throws(PolicyError) {
        self.realms = realms
        self.users = users
        self.resolvers = resolvers
        self.clients = clients
        realmList = PatternList(realms.map { $0.lowercased() })
        userList = PatternList(users)
        resolverList = PatternList(resolvers)
        clientList = try AddressList(clients)
    }

    /// - Parameter client: the address that the request came from.
    func hold(for user: User, client: IPAddress) -> Bool {
        realmList.admits(user.realm ?? "") && userList.admits(user.name) && resolverList.admits(user.id.resolver)
            && clientList.admits(client)
    }
}

/// A list of names and patterns, some of which may exclude.
struct PatternList: Sendable, Equatable {
    private var included: [Pattern] = []
    private var excluded: [Pattern] = []

    init(_ entries: [String]) {
        for entry in entries {
            if let rest = entry.exclusion {
                excluded.append(Pattern(rest))
            } else {
                included.append(Pattern(entry[...]))
            }
        }
    }

    func admits(_ name: String) -> Bool {
        (included.isEmpty || included.contains { $0.matches(name) }) && !excluded.contains { $0.matches(name) }
    }
}

/// A list of addresses and prefixes, some of which may exclude.
struct AddressList: Sendable, Equatable {
    private var included: [IPAddressPrefix] = []
    private var excluded: [IPAddressPrefix] = []

    init() {}

    init(_ entries: [String]) throws(PolicyError) {
        for entry in entries {
            guard let prefix = IPAddressPrefix(entry.exclusion ?? entry[...]) else {
                throw PolicyError(description: "'\(entry)' is no address and no prefix such as 192.0.2.0/24")
            }
            if entry.exclusion == nil { included.append(prefix) } else { excluded.append(prefix) }
        }
    }

    func admits(_ address: IPAddress) -> Bool {
        (included.isEmpty || included.contains { $0.contains(address) }) && !excluded.contains { $0.contains(address) }
    }
}

/// A text in which `*` stands for any run of characters, also for none.
struct Pattern: Sendable, Equatable {
    private let octets: [UInt8]

    init(_ text: some StringProtocol) { octets = Array(text.utf8) }

    /// Takes as many steps as the two are long, multiplied, and no more: only the last `*` is ever gone back to.
    func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        let star = UInt8(ascii: "*")
        var (inPattern, inText) = (0, 0)
        var lastStar: (inPattern: Int, inText: Int)?
        while inText < text.count {
            if inPattern < octets.count, octets[inPattern] == star {
                lastStar = (inPattern, inText)
                inPattern += 1
            } else if inPattern < octets.count, octets[inPattern] == text[inText] {
                inPattern += 1
                inText += 1
            } else if let star = lastStar {
                inPattern = star.inPattern + 1
                inText = star.inText + 1
                lastStar = (star.inPattern, inText)
            } else {
                return false
            }
        }
        return octets[inPattern...].allSatisfy { $0 == star }
    }
}

extension String {
    /// What follows a leading `!` or `-`; nil when there is none.
    fileprivate var exclusion: Substring? {
        first == "!" || first == "-" ? dropFirst() : nil
    }
}
