import FuzzTargets
import Testing

/// What fuzzing begins with and what it has found, run once more without libFuzzer.
struct CorpusTests {
    @Test("every seed and every kept input holds", arguments: FuzzTarget.allCases)
    func corpus(_ target: FuzzTarget) throws {
        let fuzzing = try Fuzzing()
        let (seeds, kept) = (try target.seeds(), try target.keptInputs())
        #expect(seeds.count >= 30)
        #expect(!kept.isEmpty)
        for input in seeds + kept { try fuzzing.check(input, by: target) }
    }
}
