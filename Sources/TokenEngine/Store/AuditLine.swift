import Cryptography

/// A line of the audit in the octets that its code is worked out over: the code of the line before it, its number, its time,
/// and its texts, each behind its length. The database is given the texts from here, too.
struct AuditLine {
    /// Of a code and two numbers.
    private static let headSize = 48

    private(set) var number: Int64 = 0
    private var time = UnixTime(milliseconds: 0)
    /// The octets, and room for more: each line is written over the one before.
    private var room = [UInt8](repeating: 0, count: 512)
    private var count = 0
    /// Where each of the texts ends.
    private var ends = InlineArray<11, Int>(repeating: 0)
    private var textCount = 0

    /// Begins the line after the one that `previous` belongs to. Eleven texts must follow.
    private mutating func begin(after previous: AuditChain.Link, at time: UnixTime) {
        let number = previous.number &+ 1
        (self.number, self.time) = (number, time)
        (count, textCount) = (Self.headSize, 0)
        var room = room.mutableSpan
        room.write(previous.code.span, at: 0)
        room.write(number, at: 32)
        room.write(time.milliseconds, at: 40)
    }

    private mutating func add(_ text: String) {
        let characters = text.utf8
        add(characters.span)
    }

    private mutating func add(_ text: Span<UInt8>) {
        let start = count + 8
        count = start + text.count
        while self.room.count < count { self.room += [UInt8](repeating: 0, count: self.room.count) }
        var room = room.mutableSpan
        room.write(Int64(text.count), at: start - 8)
        room.write(text, at: start)
        ends[textCount] = count
        textCount += 1
    }

    func update(_ digest: inout MessageDigest) { digest.update(room.span.extracting(0..<count)) }
}

extension AuditLine {
    /// What is told of a verdict on `attempt`, in the order of the columns.
    mutating func begin(
        after previous: AuditChain.Link, at time: UnixTime, _ verdict: Verdict, on attempt: Attempt
    ) {
        begin(after: previous, at: time)
        add(attempt.client)
        attempt.clientAddress.withText { text in add(text) }
        add(verdict.user?.name ?? attempt.userName)
        add(verdict.realm ?? "")
        add(verdict.user?.id.resolver ?? "")
        add(verdict.tokens.count == 1 ? verdict.tokens[0].serial : verdict.tokens.map(\.serial).joined(separator: ","))
        add(verdict.tokens.first?.kind.rawValue ?? "")
        add(verdict.decision.name)
        add(verdict.reason.rawValue)
        add(verdict.message)
        add(verdict.applied.text)
    }

    /// The same of a line that was stored.
    mutating func begin(after previous: AuditChain.Link, _ record: AuditRecord) {
        begin(after: previous, at: record.time)
        add(record.client)
        add(record.clientAddress)
        add(record.user)
        add(record.realm)
        add(record.resolver)
        add(record.serial)
        add(record.kind)
        add(record.decision)
        add(record.reason)
        add(record.message)
        add(record.policies)
    }
}

extension AuditLine {
    /// All columns but the code.
    func bind(to parameters: inout Parameters) {
        parameters.set(number)
        parameters.set(time.milliseconds)
        var end = Self.headSize
        for index in ends.indices {
            let start = end + 8
            end = ends[index]
            parameters.set(text: room.span.extracting(start..<end))
        }
    }
}
