import Foundation
import TestSupport
import Testing

@testable import RadiusServer

@Suite("QR codes", .enabled(if: QRCode.isSupported, "this build makes no QR codes"))
struct QRCodeTests {
    static let address =
        "otpauth://totp/Watchword:alice@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Watchword"

    private static let reader = "/usr/bin/zbarimg"

    /// Eight pixels a module, black on white, as a terminal that paints the half blocks would show them.
    private func bitmap(_ lines: [String], blackIsInk: Bool = true) -> Data {
        let rows = lines.flatMap { line in
            [line.map { "▀█".contains($0) == blackIsInk }, line.map { "▄█".contains($0) == blackIsInk }]
        }
        let scale = 8
        let width = (rows.first?.count ?? 0) * scale
        var text = "P1\n\(width) \(rows.count * scale)\n"
        for row in rows {
            let line = row.map { String(repeating: $0 ? "1 " : "0 ", count: scale) }.joined()
            text += String(repeating: line + "\n", count: scale)
        }
        return Data(text.utf8)
    }

    @Test(
        "a reader gets out what was put in",
        .enabled(if: FileManager.default.isExecutableFile(atPath: reader), "zbarimg is not installed"),
        arguments: [address, "x", String(repeating: "otpauth://", count: 20), "otpauth://totp/%C3%BC"])
    func reading(text: String) throws {
        let folder = try TemporaryFolder()
        let code = try #require(QRCode(text))
        let lines = code.halfBlocks(colours: false).split(separator: "\n").map(String.init)
        try bitmap(lines).write(to: URL(filePath: folder.file("code.pbm")))
        let result = try TestSupport.Command.run(Self.reader, ["--quiet", "--raw", folder.file("code.pbm")])
        #expect(result.output == text + "\n")
    }

    @Test("an address fits a terminal of 80 by 24, with room for the prompt and light modules around it")
    func size() throws {
        let code = try #require(QRCode(Self.address))
        let lines = code.halfBlocks(colours: false).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 23)
        #expect(lines.allSatisfy { $0.count == lines[0].count && $0.count <= 80 })
        #expect(lines.first?.allSatisfy { $0 == " " } == true)
        #expect(lines.allSatisfy { $0.hasPrefix("  ") && $0.hasSuffix("  ") })
    }

    @Test("on a terminal black and white are painted, whatever its own colours are")
    func colours() throws {
        let code = try #require(QRCode("x"))
        let plain = code.halfBlocks(colours: false).split(separator: "\n")
        let coloured = code.halfBlocks(colours: true).split(separator: "\n")
        #expect(coloured == plain.map { "\u{1b}[38;5;16;48;5;231m\($0)\u{1b}[0m" })
    }

    @Test("what is too long for a code makes none")
    func tooLong() {
        #expect(QRCode(String(repeating: "x", count: 2954)) == nil)
        #expect(QRCode("") == nil)
    }

    @Test("outside of the code all is light")
    func outside() throws {
        let code = try #require(QRCode("x"))
        #expect(code.isDark(row: 0, column: 0))
        #expect(!code.isDark(row: -1, column: 0))
        #expect(!code.isDark(row: 0, column: code.size))
    }
}
