import Testing

@testable import RadiusServer

@Suite("What strangers can trigger fills no log, and what was left out is told")
struct SparingLogTests {
    private typealias Admitted = Log.Sparing.Admitted

    private static let minute = Log.repeatAfterInMilliseconds

    @Test("one line a minute of each subject, which says how many of its own were left out")
    func repetition() {
        var sparing = Log.Sparing()
        let (first, other) = (sparing.admit("a", at: 0), sparing.admit("b", at: 0))
        #expect(first == Admitted(suppressed: 0, others: 0) && other == first)
        for _ in 0..<5 { #expect(sparing.admit("a", at: Self.minute - 1) == nil) }
        #expect(sparing.admit("b", at: Self.minute - 1) == nil)
        let (second, another) = (sparing.admit("a", at: Self.minute), sparing.admit("b", at: Self.minute))
        #expect(second == Admitted(suppressed: 5, others: 0))
        #expect(another == Admitted(suppressed: 1, others: 0))
        let third = sparing.admit("a", at: 2 * Self.minute)
        #expect(third == Admitted(suppressed: 0, others: 0))
    }

    @Test("few lines a second in all; those of other subjects that found no room are told once, and apart")
    func fullSecond() {
        var sparing = Log.Sparing()
        let admitted = (0..<50).count { sparing.admit("stranger \($0)", at: 999) != nil }
        #expect(admitted == Log.sparingLinesPerSecond)
        let next = sparing.admit("a", at: 1000)
        #expect(next == Admitted(suppressed: 0, others: 50 - Log.sparingLinesPerSecond))
        let last = sparing.admit("b", at: 1000)
        #expect(last == Admitted(suppressed: 0, others: 0))
    }

    @Test("a subject that is known counts its own, though the second is full")
    func fullSecondOfKnown() {
        var sparing = Log.Sparing()
        _ = sparing.admit("a", at: 0)
        for number in 0..<Log.sparingLinesPerSecond { _ = sparing.admit("stranger \(number)", at: Self.minute) }
        #expect(sparing.admit("a", at: Self.minute) == nil)
        let next = sparing.admit("a", at: Self.minute + 1000)
        #expect(next == Admitted(suppressed: 1, others: 0))
    }

    @Test("however many subjects there are, nothing that was left out is lost")
    func manySubjects() {
        var sparing = Log.Sparing()
        var (told, asked) = (0, 0)
        for second in Int64(0)..<500 {
            for number in 0..<40 {
                asked += 1
                guard let line = sparing.admit("\(second * 7 + Int64(number))", at: second * 1000) else { continue }
                told += 1 + line.suppressed + line.others
            }
        }
        // What is remembered of each subject is told when it is spoken of again.
        for subject in 0..<500 * 7 + 40 {
            asked += 1
            let line = sparing.admit("\(subject)", at: 1_000_000 + Int64(subject) * 1000)
            told += 1 + (line?.suppressed ?? 0) + (line?.others ?? 0)
        }
        #expect(told == asked)
    }
}
