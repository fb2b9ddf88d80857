import Testing
import TokenEngine

@testable import RadiusServer

/// The write-ahead log is copied only while something is left of it: it cannot begin anew meanwhile then.
@Suite struct CheckpointLineTests {
    private let line: CheckpointLine

    init() throws { line = CheckpointLine(server: try LineLaboratory().server) }

    /// Whether a copying that is wanted now is begun; `meanwhile` happens during it.
    private func isBegun(pages: Int = 1, meanwhile: () -> Void = {}) -> Bool {
        var isBegun = false
        line.copy {
            isBegun = true
            meanwhile()
            return pages
        }
        return isBegun
    }

    private func commit(_ decisions: Int = 1, orCopyBy checkpoint: () throws(StoreError) -> Int = { 0 }) {
        line.end(line.begin(), decisions: decisions, orCopyBy: checkpoint)
    }

    @Test("once for what was committed, and not again before something else is")
    func once() {
        #expect(!isBegun())
        commit()
        #expect(isBegun())
        #expect(!isBegun())
        line.end(line.begin(), decisions: 0) { 0 }
        #expect(!isBegun())
        commit()
        #expect(isBegun())
    }

    @Test("what was begun while it lasted may be copied already, and does not count")
    func begunMeanwhile() {
        commit()
        var number = 0
        #expect(isBegun { number = line.begin() })
        line.end(number, decisions: 1) { 0 }
        #expect(!isBegun())
        commit()
        #expect(isBegun())
    }

    @Test(
        "by whoever decides when the log has grown all the same, or could not be copied", arguments: [false, true])
    func grown(fails: Bool) {
        var copies = 0
        let checkpoint = {
            copies += 1
            return 1
        }
        commit(2000, orCopyBy: checkpoint)
        #expect(copies == 0)
        if fails {
            line.copy { () throws(StoreError) in throw .contended }
        } else {
            #expect(isBegun(pages: 5000))
        }
        commit(2000, orCopyBy: checkpoint)
        #expect(copies == 1)
        // Then it is short again.
        commit(2000, orCopyBy: checkpoint)
        #expect(copies == 1)
    }

    @Test("by whoever decides next, where the transaction that ends may be copied already")
    func grownMeanwhile() {
        var copies = 0
        let checkpoint = {
            copies += 1
            return 1
        }
        commit()
        var number = 0
        #expect(isBegun(pages: 5000) { number = line.begin() })
        line.end(number, decisions: 1, orCopyBy: checkpoint)
        #expect(copies == 0)
        commit(orCopyBy: checkpoint)
        #expect(copies == 1)
    }

    @Test("as far as possible before whoever decides does the rest, and by them only then")
    func longLog() {
        var (copies, rests) = (0, 0)
        let rest = {
            rests += 1
            return 1
        }
        commit()
        line.copy {
            copies += 1
            return 5000
        } pause: {
            commit(orCopyBy: rest)
        }
        #expect((copies, rests) == (3, 0))
        commit(orCopyBy: rest)
        #expect((copies, rests) == (3, 1))
    }

    @Test("no further than until it is short")
    func shortAgain() {
        var (copies, rests) = (0, 0)
        commit()
        line.copy {
            copies += 1
            return copies == 1 ? 5000 : 10
        } pause: {
            commit()
        }
        commit(orCopyBy: {
            rests += 1
            return 1
        })
        #expect((copies, rests) == (2, 0))
    }

    @Test("not again where it is short, or where nobody commits any more", arguments: [1, 5000])
    func oneLook(pages: Int) {
        var (copies, pauses) = (0, 0)
        commit()
        line.copy {
            copies += 1
            return pages
        } pause: {
            pauses += 1
        }
        #expect((copies, pauses) == (1, pages == 1 ? 0 : 1))
    }
}
