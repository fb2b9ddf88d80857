import Foundation
import TestSupport
import Testing

/// A datagram that gets no answer, and the counter that tells why.
struct Fate: CustomTestStringConvertible, Sendable {
    let counter: String
    /// Made of a right login's octets, which are not signed.
    let octets: @Sendable ([UInt8]) throws -> [UInt8]

    var testDescription: String { counter }

    private init(_ counter: String, _ octets: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        self.counter = counter
        self.octets = octets
    }

    /// A login with one more attribute, its Length put right.
    private static func adding(_ attribute: [UInt8]..., to octets: [UInt8]) -> [UInt8] {
        var octets = octets + attribute.joined()
        (octets[2], octets[3]) = (UInt8(octets.count >> 8), UInt8(octets.count & 255))
        return octets
    }

    private static func code(_ code: UInt8, _ counter: String) -> Fate {
        Fate(counter) { [code] + $0.dropFirst() }
    }

    /// Every rule of framing (RFC 2865 §3 and §5, RFC 3579 §3), and every code that is none of ours.
    static let all: [Fate] =
        [
            Fate("malformed_datagram_too_short") { Array($0.prefix(19)) },
            Fate("malformed_datagram_too_short") { _ in [] },
            Fate("malformed_length_too_small") { $0.replacing(2, with: [0, 19]) },
            Fate("malformed_length_too_large") { $0.replacing(2, with: [0x10, 1]) },
            Fate("malformed_length_exceeds_datagram") { Array($0.dropLast()) },
            Fate("malformed_attribute_header_truncated") { adding([1], to: $0) },
            Fate("malformed_attribute_length_too_small") { adding([11, 1], to: $0) },
            Fate("malformed_attribute_length_too_small") { adding([11, 0], to: $0) },
            Fate("malformed_attribute_overruns_packet") { adding([11, 4, 0], to: $0) },
            Fate("malformed_attribute_type_zero") { adding([0, 3, 0], to: $0) },
            Fate("malformed_too_many_attributes") { adding([UInt8](repeating: 2, count: 402), to: $0) },
            Fate("malformed_message_authenticator_size") {
                adding([80, 17] + [UInt8](repeating: 0, count: 15), to: $0)
            },
            Fate("malformed_message_authenticator_repeated") {
                adding(
                    [80, 18] + [UInt8](repeating: 0, count: 16), [80, 18] + [UInt8](repeating: 0, count: 16), to: $0)
            },
            Fate("malformed_eap_message_unsigned") { adding([79, 6, 2, 1, 0, 4], to: $0) },
            Fate("malformed_eap_message_with_password") {
                adding([79, 6, 2, 1, 0, 4], [80, 18] + [UInt8](repeating: 0, count: 16), to: $0)
            },
            Fate("malformed_status_server_unsigned") { [12] + $0.dropFirst() },
            Fate("malformed_proxy_states_too_large") { octets in
                let states = [Int](repeating: 255, count: 15) + [251]
                let attributes = states.map { [33, UInt8($0)] + [UInt8](repeating: 0, count: $0 - 2) }
                return adding(Array(attributes.joined()), to: Array(octets.prefix(20)))
            },
            Fate("message_authenticator_missing") { $0 },
            Fate("message_authenticator_wrong") { adding([80, 18] + [UInt8](repeating: 7, count: 16), to: $0) },
        ]
        + [
            (2, "access_accept"), (3, "access_reject"), (4, "accounting_request"), (5, "accounting_response"),
            (11, "access_challenge"), (13, "status_client"), (40, "disconnect_request"), (41, "disconnect_ack"),
            (42, "disconnect_nak"), (43, "coa_request"), (44, "coa_ack"), (45, "coa_nak"), (52, "protocol_error"),
            (0, "code"), (6, "code"), (99, "code"), (255, "code"),
        ].map { code($0.0, "unexpected_\($0.1)") }
}

extension [UInt8] {
    fileprivate func replacing(_ position: Int, with octets: [UInt8]) -> [UInt8] {
        Array(prefix(position)) + octets + dropFirst(position + octets.count)
    }
}

@Suite("What gets no answer")
struct FateTests {
    private func count(_ reason: String, _ server: ServerProcess) throws -> Int {
        let metrics = try server.installation.watchword("metrics")
        let line = metrics.split(separator: "\n").first {
            $0.hasPrefix("watchword_discards_total{reason=\"\(reason)\"} ")
        }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
    }

    @Test("has a counter of its own for each reason, and one line in the log for each reason and sender")
    func counted() throws {
        let installation = try Installation()
        let server = try ServerProcess(installation)
        let socket = try server.socket()
        let request = try RadiusMessage.request(
            user: "alice", password: "1234", secret: installation.secret, signed: false)
        for _ in 0..<3 {
            for fate in Fate.all { try socket.send(fate.octets(request.octets)) }
        }
        // An answer to what came last: all others have been looked at.
        _ = try server.answer(to: .statusServer(secret: installation.secret), over: socket)
        let expected = Dictionary(grouping: Fate.all, by: \.counter).mapValues { $0.count * 3 }
        for (reason, number) in expected { #expect(try count(reason, server) == number, "\(reason)") }
        let metrics = try installation.watchword("metrics")
        let counters = metrics.matches(of: /watchword_discards_total\{reason="(\w+)"\}/).map { String($0.1) }
        #expect(Set(counters) == Set(expected.keys))
        server.stop()
        let lines = server.log.wholeText().split(separator: "\n").filter { $0.contains("discarded: ") }
        #expect(lines.count <= expected.count)
    }

    @Test("every datagram of fates.txt meets its fate, and is counted under its reason")
    func vectors() throws {
        let records = try VectorFile(
            at: URL(filePath: #filePath).appending(path: "../../RadiusCodecTests/Vectors/fates.txt").standardizedFileURL
        ).records
        let installation = try Installation()
        try installation.configure(
            "[Client vectors]\naddress = 127.0.0.2\nsecret = xyzzy5461\nrequire_message_authenticator = no\n"
                + "limit_proxy_state = no")
        try installation.configure("[Server]", "guesses_per_user = 0")
        try installation.enrol("bob", type: "spass", pin: "hello")
        let server = try ServerProcess(installation)
        let secret = Array("xyzzy5461".utf8)
        var expected: [String: Int] = [:]
        for record in records {
            // A socket for each: some have the same octets.
            let socket = try server.socket(from: "127.0.0.2")
            try socket.send(record.octets("octets"))
            if let reason = record["reason"] { expected[reason, default: 0] += 1 }
            let isSilent = ["discard", "close"].contains(record["fate"])
            if !isSilent {
                let answer = try #require(try socket.receive().flatMap { RadiusMessage($0) }, "\(record)")
                let isAccept = record["reason"] == nil || record["reason"] == "accepted"
                #expect(
                    answer.code == (isAccept ? RadiusMessage.accessAccept : RadiusMessage.accessReject), "\(record)")
            }
            // Whatever came before has been looked at.
            let status = try RadiusMessage.statusServer(secret: secret, identifier: 200)
            #expect(try server.answer(to: status, over: socket, secret: secret).code == RadiusMessage.accessAccept)
        }
        let counters = try installation.watchword("metrics").matches(of: /reason="([\w-]+)"\} (\d+)/)
        #expect(Dictionary(uniqueKeysWithValues: counters.map { (String($0.1), Int($0.2) ?? 0) }) == expected)
        server.stop()
    }

    @Test(
        "is said to be what it is",
        arguments: [
            (4, "Accounting-Request does not belong on this port; send accounting to an accounting server"),
            (43, "CoA-Request does not belong on this port; it is for devices, usually port 3799"),
            (200, "Code-200 does not belong on this port; only Access-Request and Status-Server do"),
        ] as [(UInt8, String)])
    func told(code: UInt8, words: String) throws {
        let server = try ServerProcess(Installation())
        let socket = try server.socket()
        for _ in 0..<5 { try socket.send([code, 0, 0, 20] + [UInt8](repeating: 0, count: 16)) }
        #expect(server.log.line(containing: words, within: 10) != nil, "\(server.log.textSoFar)")
        #expect(try socket.receive(within: 0.05) == nil)
        server.stop()
        #expect(server.log.wholeText().components(separatedBy: words).count == 2)
    }

    @Test("is told of each packet by serve -X, and so is every answer")
    func traced() throws {
        let server = try ServerProcess(Installation(), "-X")
        let socket = try server.socket()
        for _ in 0..<3 { try socket.send([4, 0, 0, 20] + [UInt8](repeating: 0, count: 16)) }
        let status = try RadiusMessage.statusServer(secret: server.installation.secret)
        _ = try server.answer(to: status, over: socket)
        server.stop()
        let log = server.log.wholeText()
        #expect(log.components(separatedBy: "discarded: Accounting-Request").count == 4)
        #expect(log.components(separatedBy: "\nsent Access-Accept id 0 ").count == 2)
    }

    @Test("writes a bounded number of lines, however many strangers there are")
    func strangers() throws {
        let installation = try Installation()
        let server = try ServerProcess(installation)
        let begin = ContinuousClock.now
        for number in 1...250 {
            let socket = try server.socket(from: "127.1.0.\(number)")
            for _ in 0..<4 { try socket.send([1, 2, 3]) }
        }
        _ = try server.answer(to: .statusServer(secret: installation.secret), over: server.socket())
        let isCounted = try Soak.wait { try count("unknown_client", server) == 1000 }
        #expect(isCounted)
        let seconds = Int((ContinuousClock.now - begin).components.seconds) + 2
        server.stop()
        let lines = server.log.wholeText().split(separator: "\n").filter { $0.contains("ignored a request") }
        #expect(lines.count <= 10 * seconds, "\(lines.count) in \(seconds) s")
        #expect(!lines.isEmpty)
    }
}
