import Foundation
import TestSupport

/// How long the tests of this folder are to try: `make soak` says so in the environment, and `make test` does not.
enum Soak {
    private static let environment = ProcessInfo.processInfo.environment

    /// So many rounds are made with one database: its audit grows, and is read whole in each of them.
    private static let roundsOfOneDatabase = 20

    /// `SOAK_ROUNDS`, or as few as tell that the test still works.
    static func rounds(few: Int) -> Int { max(1, environment["SOAK_ROUNDS"].flatMap { Int($0) } ?? few) }

    /// The rounds, those with one database together.
    static func series(of rounds: Int) -> [ClosedRange<Int>] {
        stride(from: 1, through: rounds, by: roundsOfOneDatabase).map {
            $0...min(rounds, $0 + roundsOfOneDatabase - 1)
        }
    }

    /// `SOAK_SEED`, or another one each time. It decides the moments; how far the server has come by then, it cannot.
    static let seed = environment["SOAK_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64(UInt32.max))

    /// Random numbers for one test, whose seed stands in the test's output.
    static func generator(for test: String) -> SeededGenerator {
        print("\(test): SOAK_SEED=\(seed)")
        return SeededGenerator(seed: test.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    }

    /// Asks again and again, until `condition` holds or a minute has passed; whether it does.
    static func wait(until condition: () throws -> Bool) rethrows -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while try !condition() {
            guard ContinuousClock.now < end else { return false }
            usleep(500)
        }
        return true
    }
}
