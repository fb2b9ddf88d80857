import Testing

@testable import RadiusServer

@Suite("Mailboxes are bounded and keep the order")
struct MailboxTests {
    @Test("what finds no room comes back")
    func bounds() {
        let mailbox = Mailbox<Int>(capacity: 3)
        #expect(Array(mailbox.post([1, 2])) == [])
        #expect(Array(mailbox.post([3, 4, 5])) == [4, 5])
        #expect(mailbox.take(upTo: 2) == [1, 2])
        #expect(Array(mailbox.post([6, 7, 8])) == [8])
        #expect(mailbox.take(upTo: 9) == [3, 6, 7])
    }

    @Test("a closed one takes nothing more, gives what is left, and then nothing without waiting")
    func closing() {
        let mailbox = Mailbox<Int>(capacity: 3)
        #expect(mailbox.post([1]).isEmpty)
        mailbox.close()
        #expect(Array(mailbox.post([2])) == [2])
        #expect(mailbox.take(upTo: 9) == [1])
        #expect(mailbox.take(upTo: 9) == [])
    }

    @Test("whoever takes waits for something, and nothing is lost on the way")
    func waiting() {
        let mailbox = Mailbox<Int>(capacity: 1000)
        let thread = Thread(named: "post") {
            for number in 0..<1000 { #expect(mailbox.post([number]).isEmpty) }
        }
        var taken: [Int] = []
        while taken.count < 1000 { taken += mailbox.take(upTo: 7) }
        thread?.join()
        #expect(taken == Array(0..<1000))
    }

    @Test("nobody who does not want to wait does")
    func impatient() {
        let mailbox = Mailbox<Int>(capacity: 3)
        #expect(mailbox.take(upTo: 9, waits: false) == [])
        #expect(mailbox.post([1, 2]).isEmpty)
        #expect(mailbox.take(upTo: 1, waits: false) == [1])
        #expect(mailbox.take(upTo: 9, waits: false) == [2])
    }

    @Test("a queue gives back what it was given, in order")
    func queue() {
        var queue = Queue<Int>()
        var expected: [Int] = []
        var generator = SystemRandomNumberGenerator()
        for number in 0..<5000 {
            if UInt8.random(in: 0...2, using: &generator) > 0 {
                queue.append(number)
                expected.append(number)
            } else {
                #expect(queue.takeFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
            }
            #expect(queue.count == expected.count)
        }
    }

    @Test("percentiles are within two in a hundred", arguments: [0.5, 0.9, 0.99, 1.0])
    func percentiles(_ fraction: Double) {
        var histogram = LatencyHistogram()
        for value in 1...10_000 { histogram.record(microseconds: Int64(value)) }
        let exact = 10_000 * fraction
        #expect(abs(Double(histogram.percentile(fraction)) - exact) <= exact * 0.02)
    }
}
