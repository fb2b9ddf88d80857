import Foundation
import TestSupport
import Testing

private let radclient = "/usr/bin/radclient"

/// The same attributes through FreeRADIUS's client, where it is installed: it reads what we print, and prints it the same.
///
/// decoding.txt has what it prints for octets; this keeps that honest against the release at hand.
@Suite(
    .enabled(
        if: FileManager.default.fileExists(atPath: radclient) && FileManager.default.fileExists(atPath: installedPath),
        "there is no radclient: install freeradius-utils"))
struct RadclientTests {
    @Test("radclient reads our lines and prints them as we do")
    func lines() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-radclient-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "$INCLUDE \(installedPath)\n$INCLUDE \(TestSetting.vectors.path)/forms.dictionary\n"
            .write(to: folder.appending(path: "dictionary"), atomically: true, encoding: .utf8)

        // What it cannot read or does not know: raw attributes, lines that it cuts, and names of ours alone.
        let requests = try TestSetting.records("decoding.txt")
            .filter { $0["note"] == nil && $0["encoded"] == nil }
            .map { record in record.all("line").filter { !$0.hasPrefix("Attr-") && $0.utf8.count < 1000 } }
            .filter { !$0.isEmpty }
        let input = requests.enumerated().map { number, lines in
            (["Packet-Type = Access-Request", "NAS-Port = \(number)"] + lines).joined(separator: "\n")
        }
        let port = try UDPSocket.freePort(on: "127.0.0.1")
        let result = try Command.run(
            radclient,
            ["-x", "-r", "1", "-t", "0.2", "-p", "250", "-D", folder.path, "127.0.0.1:\(port)", "auth", "xyzzy5461"],
            input: input.joined(separator: "\n\n") + "\n", environment: ["TZ": "UTC"])

        var sent: [Int: [String]] = [:]
        var number: Int?
        for line in result.output.split(separator: "\n") {
            if line.hasPrefix("Sent ") {
                number = nil
            } else if line.hasPrefix("\tNAS-Port = "), number == nil {
                number = Int(line.dropFirst("\tNAS-Port = ".count))
            } else if line.hasPrefix("\t"), let number {
                sent[number, default: []].append(String(line.dropFirst()))
            }
        }
        #expect(sent.count == requests.count, "\(result.errors)")
        for (number, lines) in requests.enumerated() { #expect(sent[number] == lines) }
    }
}

private let installedPath = "/usr/share/freeradius/dictionary"
