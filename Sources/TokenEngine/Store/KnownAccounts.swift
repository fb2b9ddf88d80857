import Cryptography

/// A user and their tokens, as the database has them now.
final class Account {
    fileprivate let name: KnownAccounts.Name
    private var user: User
    private(set) var tokens: [Token]
    /// Whether the open transaction has changed it: a rollback would make it untrue.
    fileprivate var isChanged = false
    /// The next one in the same chain of an ``AccountTable``.
    fileprivate var next: Account?

    init(_ name: KnownAccounts.Name, user: User, tokens: [Token]) {
        self.name = name
        self.user = user
        self.tokens = tokens
    }

    /// - Parameter realm: where they were looked for. It is kept, since most users are looked for in one.
    func user(in realm: String?) -> User {
        if user.realm != realm { user.realm = realm }
        return user
    }
}

/// What a login changes, within ``KnownAccounts/change(_:_:)``.
extension Account {
    func move(_ token: TokenID, to counters: TokenCounters) { change(token) { $0.counters = counters } }

    func renewPIN(of token: TokenID, to hash: PasswordHash) { change(token) { $0.pin = .hash(hash) } }

    func renewPassword(of token: TokenID, to hash: PasswordHash) { change(token) { $0.secret = .password(hash) } }

    func renewUserPassword(to hash: PasswordHash) { user.password = hash }

    private func change(_ token: TokenID, _ body: (inout Token) -> Void) {
        for index in tokens.indices where tokens[index].id == token { body(&tokens[index]) }
    }
}

/// The accounts that logins have asked for lately, so that the next login of the day costs no look into the database.
///
/// They are true as long as nobody but a login's own transaction has written: ``revisit(at:)`` forgets all of them when
/// anybody has. And where they were not, no harm would be done: a change names what it was decided on, and the database
/// refuses it. Bounded: of the accounts that nobody asks for, those of the generation before go first, and a few at a time,
/// so that no login waits for the end of a generation.
struct KnownAccounts {
    /// How often the database was written to, by others and by this connection.
    struct Version: Equatable {
        let others: Int64
        let own: Int64
    }

    /// Told apart by octets, as the database does, not by what looks the same. The realm is no part of it: a user of a resolver
    /// that several realms have is one, and so are their counters.
    struct Name: Hashable {
        let login: String
        let resolver: String

        static func == (left: Name, right: Name) -> Bool {
            left.login.hasSameOctets(as: right.login) && left.resolver == right.resolver
        }

        func hash(into hasher: inout Hasher) { hasher.combine(login) }
    }

    private let generationSize: Int
    /// Asked for since the last generation ended.
    private var young = AccountTable()
    /// Asked for in the generation before.
    private var old = AccountTable()
    private var changed: [Account] = []
    /// What the tokens that were read have in common.
    var rulesInUse = RulesInUse()
    private var version: Version?

    /// - Parameter generationSize: how many can log in in turn without being read again. Half as many more may be kept; each takes
    ///   about 1 kB.
    init(generationSize: Int = 49_152) { self.generationSize = generationSize }

    /// How many are known.
    var count: Int { young.count + old.count }

    /// Call it when a transaction has begun: forgets what may no longer be true.
    mutating func revisit(at version: Version) {
        guard self.version != version else { return }
        young.removeAll()
        old.removeAll()
        self.version = version
    }

    mutating func account(_ name: Name) -> Account? {
        if let account = young[name] { return account }
        guard let account = old.remove(name) else { return nil }
        keep(account)
        return account
    }

    mutating func keep(_ account: Account) {
        if young.count >= generationSize {
            old = young
            young = AccountTable()
        }
        // There are as many chains as places: while the young fill the second half of theirs, all of the old ones go.
        let place = 2 * (young.count - generationSize / 2)
        old.removeChain(place)
        old.removeChain(place + 1)
        young.insert(account, chainCount: generationSize)
    }

    /// Does to `account` what the open transaction has done to its rows.
    mutating func change(_ account: Account, _ body: (Account) -> Void) {
        body(account)
        guard !account.isChanged else { return }
        account.isChanged = true
        changed.append(account)
    }

    mutating func forget(_ account: Account) {
        _ = young.remove(account.name)
        _ = old.remove(account.name)
    }

    /// The transaction is durable, and has left the database at `version`.
    mutating func settle(at version: Version) {
        for account in changed { account.isChanged = false }
        changed.removeAll(keepingCapacity: true)
        self.version = version
    }

    /// What the open transaction has changed was undone.
    mutating func goBack() {
        for account in changed {
            account.isChanged = false
            forget(account)
        }
        changed.removeAll(keepingCapacity: true)
    }
}

extension String {
    /// Whether the two are the same in UTF-8.
    fileprivate func hasSameOctets(as other: String) -> Bool {
        let (octets, others) = (utf8, other.utf8)
        let (left, right) = (octets.span, others.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}

/// Accounts by their names: the first of each chain, and no second copy of the names, of which a dictionary would keep one.
private struct AccountTable {
    private var chains: [Account?] = []
    private(set) var count = 0

    subscript(name: KnownAccounts.Name) -> Account? {
        guard !chains.isEmpty else { return nil }
        var account = chains[place(of: name)]
        while let candidate = account, candidate.name != name { account = candidate.next }
        return account
    }

    /// - Parameter chainCount: how many chains the table has, once it has any.
    mutating func insert(_ account: Account, chainCount: Int) {
        if chains.isEmpty { chains = Array(repeating: nil, count: chainCount) }
        let place = place(of: account.name)
        account.next = chains[place]
        chains[place] = account
        count += 1
    }

    mutating func remove(_ name: KnownAccounts.Name) -> Account? {
        guard let account = self[name] else { return nil }
        let place = place(of: name)
        if chains[place] === account {
            chains[place] = account.next
        } else {
            var before = chains[place]
            while let candidate = before, candidate.next !== account { before = candidate.next }
            before?.next = account.next
        }
        account.next = nil
        count -= 1
        return account
    }

    mutating func removeChain(_ place: Int) {
        guard chains.indices.contains(place) else { return }
        while let account = chains[place] {
            chains[place] = account.next
            account.next = nil
            count -= 1
        }
    }

    mutating func removeAll() { self = AccountTable() }

    private func place(of name: KnownAccounts.Name) -> Int {
        Int(UInt(bitPattern: name.hashValue) % UInt(chains.count))
    }
}
