import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Packets that nobody wrote: random ones, and good ones with something changed. Whatever comes, nothing traps, and what
/// must always hold (PacketTarget.swift) holds.
struct RoundTripTests {
    private static func records() throws -> [VectorRecord] {
        try VectorFile(at: Fuzzing.root.appending(path: "Tests/RadiusCodecTests/Vectors/packets.txt")).records
    }

    @Test("random octets", arguments: 0..<20)
    func random(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let fuzzing = try Fuzzing()
        for _ in 0..<200 {
            let octets = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            try fuzzing.check(octets, by: .packet)
        }
    }

    @Test("random attributes in a good frame", arguments: 0..<20)
    func framed(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &+ 100)
        let fuzzing = try Fuzzing()
        let containers: [UInt8] = [26, 26, 26, 92, 173, 192, 200, 201, 241, 245, 245, 246]
        let vendors: [[UInt8]] = [[0, 0, 0, 9], [0, 0, 1, 55]] + (0...6).map { [0, 0, 0x7e, 0xd9 + $0] }
        for _ in 0..<200 {
            var attributes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let type =
                    Bool.random(using: &generator)
                    ? UInt8.random(in: 1...255, using: &generator) : containers.randomElement(using: &generator) ?? 26
                var value = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    // Small numbers are lengths, types and flags more often than others.
                    Bool.random(using: &generator)
                        ? UInt8.random(in: 0...12, using: &generator) : UInt8.random(in: 0...255, using: &generator)
                }
                if type == 26, let vendor = vendors.randomElement(using: &generator) { value = vendor + value }
                if type >= 241, let first = [UInt8]([26, 250, 251, 252]).randomElement(using: &generator) {
                    value.insert(first, at: 0)
                }
                attributes += [type, UInt8(2 + value.count)] + value
            }
            let code = UInt8.random(in: 1...13, using: &generator)
            try fuzzing.check([code, 1, 0, 20] + Array(0x10...0x1f) + attributes, by: .packet)
        }
    }

    @Test("good packets with something changed", arguments: try records())
    func mutated(_ record: VectorRecord) throws {
        var generator = SeededGenerator(seed: UInt64(record.line))
        let fuzzing = try Fuzzing()
        let good = try record.octets("octets")
        for _ in 0..<100 {
            var octets = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !octets.isEmpty {
                let index = Int.random(in: 0..<octets.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: octets[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: octets.remove(at: index)
                case 2: octets.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: octets[index] = octets[index] &+ 1
                }
            }
            try fuzzing.check(octets, by: .packet)
        }
    }

    @Test("every prefix of a good packet", arguments: try records())
    func cut(_ record: VectorRecord) throws {
        let fuzzing = try Fuzzing()
        let good = try record.octets("octets")
        for count in 0..<good.count { try fuzzing.check(Array(good[..<count]), by: .packet) }
    }
}
