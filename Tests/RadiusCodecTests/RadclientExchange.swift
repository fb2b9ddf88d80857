import Cryptography
import Foundation
import RadiusCodec
import Synchronization
import TestSupport

/// Requests that radclient encodes and sends, and replies of ours that it decodes and prints.
struct RadclientExchange {
    static let program = "/usr/bin/radclient"
    static let installedDictionary = "/usr/share/freeradius/dictionary"
    static var isInstalled: Bool {
        FileManager.default.fileExists(atPath: program) && FileManager.default.fileExists(atPath: installedDictionary)
    }

    /// The installed dictionary and forms.dictionary, which radclient and we both load for this.
    static let dictionary = AttributeDictionary.load(file: "/test") { path in
        path == "/test" ? Array(dictionaryText.utf8) : TestSetting.contents(path)
    }.dictionary
    private static let dictionaryText =
        "$INCLUDE \(installedDictionary)\n$INCLUDE \(TestSetting.vectors.path)/forms.dictionary\n"

    /// The packets that came, by the number in their NAS-Port.
    let requests: [Int: Packet]
    /// The lines that radclient prints for what it sends and for what it receives, by the number in their NAS-Port.
    let sent: [Int: [String]]
    let received: [Int: [String]]
    let errors: String

    /// Has radclient send one request for each of `requests`, and answers each with the attributes of the same number.
    init(requests: [[String]], replies: [[EncodedAttribute]]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-radclient-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.dictionaryText.write(to: folder.appending(path: "dictionary"), atomically: true, encoding: .utf8)

        let came = Came()
        let responder = try UDPResponder { datagram in
            came.datagrams.withLock { $0.append(datagram) }
            return try? Self.reply(to: datagram, from: replies)
        }
        let input = requests.enumerated().map { (["NAS-Port = \($0.offset)"] + $0.element).joined(separator: "\n") }
        let result = try Command.run(
            Self.program,
            [
                "-x", "-r", "1", "-t", "3", "-p", "20", "-D", folder.path, "127.0.0.1:\(responder.port)", "auth",
                "xyzzy5461",
            ],
            input: input.joined(separator: "\n\n") + "\n", environment: ["TZ": "UTC"])
        errors = result.errors
        self.requests = came.datagrams.withLock { $0 }.reduce(into: [:]) { requests, datagram in
            guard let request = try? Packet(parsing: datagram), let number = Self.number(of: request) else { return }
            requests[number] = request
        }

        var printed: [String: [Int: [String]]] = [:]
        var (direction, number): (String, Int?) = ("", nil)
        for line in result.output.split(separator: "\n") {
            if line.hasPrefix("Sent ") || line.hasPrefix("Received ") {
                (direction, number) = (String(line.prefix { $0 != " " }), nil)
            } else if line.hasPrefix("\tNAS-Port = "), number == nil {
                number = Int(line.dropFirst("\tNAS-Port = ".count))
            } else if line.hasPrefix("\t"), let number {
                printed[direction, default: [:]][number, default: []].append(String(line.dropFirst()))
            }
        }
        sent = printed["Sent"] ?? [:]
        received = printed["Received"] ?? [:]
    }

    private final class Came: Sendable {
        let datagrams = Mutex<[[UInt8]]>([])
    }

    /// An answer to whatever came, since radclient waits for one: without attributes when it is no packet to us.
    private static func reply(to datagram: [UInt8], from replies: [[EncodedAttribute]]) throws -> [UInt8] {
        var workspace = try CodecWorkspace()
        let header = [datagram[0], datagram[1], 0, 20] + datagram[4..<20]
        let request = try (try? Packet(parsing: datagram)) ?? Packet(parsing: header)
        var builder = PacketBuilder(replying: .accessAccept, to: request)
        if let number = number(of: request) {
            try builder.append(nasPort, bigEndian(number))
            if number < replies.count { for attribute in replies[number] { try builder.append(attribute) } }
        }
        return builder.finish(signedWith: try TestSetting.secret(), &workspace)
    }

    private static let nasPort = AttributeType(rawValue: 5)

    private static func number(of request: Packet) -> Int? {
        request.first(nasPort).map { $0.reduce(0) { $0 << 8 | Int($1) } }
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
