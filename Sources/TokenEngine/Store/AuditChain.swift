import Cryptography

/// What makes the audit tamper-evident: each line carries an HMAC, under a key of the key file, over itself and the code
/// of the line before it; the newest line's number and code are sealed in a row of their own. Without the key file,
/// nobody can change, remove, reorder or append a line, or cut the newest off, without ``Store/verifyAudit()`` telling.
struct AuditChain: ~Copyable {
    struct Link: Equatable {
        /// Of the line; 0 stands before the first.
        var number: Int64
        var code: InlineArray<32, UInt8>

        static func == (left: Link, right: Link) -> Bool {
            left.number == right.number && equalInConstantTime(left.code.span, right.code.span)
        }
    }

    /// What the first line follows.
    static let beginning = Link(number: 0, code: InlineArray(repeating: 0))
    /// What a line follows where the head is not ours: the chain goes on, and is broken at this place for all to see.
    private static let brokenCode = InlineArray<32, UInt8>(repeating: 0xff)

    private let key: MessageAuthenticationKey
    private var digest: MessageDigest
    /// The line that was made last; the next one takes its memory.
    private var line = AuditLine()
    /// The newest line, as this transaction has it; nil until it is needed.
    private(set) var head: Link?

    init(key: MessageAuthenticationKey) throws(CryptographyError) {
        let digest = try MessageDigest(key.algorithm)
        self.key = key
        self.digest = digest
    }

    /// What other connections have appended since is read anew.
    mutating func forget() { head = nil }

    /// The lines since `head` were undone.
    mutating func goBack(to head: Link?) { self.head = head }

    /// Writes what was decided into a new line, which is the head now.
    ///
    /// - Parameters:
    ///   - select: finds the head that is stored.
    ///   - insert: stores the line.
    mutating func append(
        _ verdict: Verdict, on attempt: Attempt, at now: UnixTime, reading select: borrowing Statement,
        writing insert: borrowing Statement
    ) throws(StoreError) {
        let previous = if let head { head } else { try newestLink(select) }
        line.begin(after: previous, at: now, verdict, on: attempt)
        let link = link()
        head = link
        try insert.run { parameters in
            line.bind(to: &parameters)
            link.code.bind(to: &parameters)
        }
    }

    /// The link of `record` after `previous`.
    mutating func following(_ previous: Link, _ record: AuditRecord) -> Link {
        line.begin(after: previous, record)
        return link()
    }

    /// Of ``line``.
    private mutating func link() -> Link {
        key.begin(in: &digest)
        line.update(&digest)
        return Link(number: line.number, code: key.finish(in: &digest))
    }

    /// Seals the head into its row, if there is a new one.
    mutating func storeHead(_ update: borrowing Statement) throws(StoreError) {
        if let head { try update.run(sealed(head)) }
    }

    /// Seals the head of a chain without a line: its absence is a sign of tampering from then on.
    mutating func begin(_ update: borrowing Statement) throws(StoreError) {
        head = Self.beginning
        try storeHead(update)
    }

    /// Where the next line goes.
    private mutating func newestLink(_ select: borrowing Statement) throws(StoreError) -> Link {
        let (head, newest) = try storedHead(select)
        guard let head, head.number == newest else { return Link(number: newest, code: Self.brokenCode) }
        return head
    }

    /// - Returns: the head, or nil when its row is missing or is not one that we have sealed; and the number of the
    ///   newest line.
    mutating func storedHead(_ select: borrowing Statement) throws(StoreError) -> (Link?, newest: Int64) {
        var stored: [UInt8] = []
        var newest: Int64 = 0
        try select.forEach { row in
            stored = row.octets(0)
            newest = row.integer(1)
        }
        guard stored.count == 72 else { return (nil, newest) }
        let number = stored[0..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let link = Link(number: number, code: InlineArray { stored[8 + $0] })
        return (equalInConstantTime(stored, sealed(link)) ? link : nil, newest)
    }

    /// Number (8 octets), code (32), and the HMAC of both (32).
    private mutating func sealed(_ link: Link) -> [UInt8] {
        // No line's code is over 40 octets: a head cannot be passed off as a line, nor a line as a head.
        key.begin(in: &digest)
        let number = Self.octets(link.number)
        digest.update(number.span)
        digest.update(link.code.span)
        let seal: InlineArray<32, UInt8> = key.finish(in: &digest)
        return (0..<72).map { $0 < 8 ? number[$0] : $0 < 40 ? link.code[$0 - 8] : seal[$0 - 40] }
    }

    private static func octets(_ number: Int64) -> InlineArray<8, UInt8> {
        InlineArray { UInt8(truncatingIfNeeded: number >> Int64(56 - 8 * $0)) }
    }
}

/// What checking the audit's chain came to.
package enum AuditVerification: Sendable, Equatable {
    case intact(count: Int64)
    /// The line of this number, or what should stand in its place, was changed, removed or moved.
    case broken(at: Int64)
    /// Lines after this number were cut off, or the sealed head was changed.
    case truncated(after: Int64)
}

extension Store {
    /// Goes through the whole chain.
    package func verifyAudit() throws(StoreError) -> AuditVerification {
        var verifier = try cryptography { () throws(CryptographyError) in try AuditChain(key: keys.auditKey) }
        var last = AuditChain.beginning
        var broken: Int64?
        // One snapshot: a login committed meanwhile is seen with its head, or not at all.
        try database.run("BEGIN")
        defer { if database.isInTransaction { try? database.run("ROLLBACK") } }
        let (head, _) = try verifier.storedHead(statements.selectAuditHead)
        try database.prepare("\(AuditTable.columns) ORDER BY number").forEach { row in
            guard broken == nil else { return }
            let link = verifier.following(last, AuditTable.record(row))
            let code = row.octets(13)
            guard row.integer(0) == link.number, equalInConstantTime(code.span, link.code.span) else {
                broken = link.number
                return
            }
            last = link
        }
        if let broken { return .broken(at: broken) }
        return head == last ? .intact(count: last.number) : .truncated(after: last.number)
    }
}
