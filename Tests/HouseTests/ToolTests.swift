import Foundation
import TestSupport
import Testing

@Suite("What the toolchain says of the house")
struct ToolTests {
    @Test("every Swift file is formatted")
    func formatting() throws {
        let result = try Command.run(
            "/usr/bin/env",
            ["swift", "format", "lint", "--strict", "--parallel", "--recursive", "Package.swift", "Sources", "Tests"],
            in: Repository.root)
        #expect(result.status == 0, "\(result.errors)\nrun 'make format'")
    }

    @Test("the formatter's verdict is listened to")
    func unformatted() throws {
        let result = try Command.run(
            "/usr/bin/env", ["swift", "format", "lint", "--strict"], input: "let  a = 1\n", in: Repository.root)
        #expect(result.status != 0)
    }

    /// The full Foundation would be nine tenths of the binary. Libraries that the toolchain brings are linked
    /// statically into the release; here they are named in the debug build that the tests run.
    @Test("the binary links neither Foundation nor its ICU")
    func linkage() throws {
        let result = try Command.run("/usr/bin/env", ["readelf", "--dynamic", Command.watchword.path()])
        #expect(result.status == 0, "\(result.errors)")
        let libraries = result.output.matches(of: /Shared library: \[(.*?)\]/).map { String($0.1) }
        #expect(libraries.contains { $0.hasPrefix("libcrypto.so") }, "readelf's answer is not understood")
        for library in ["libFoundation.so", "lib_FoundationICU.so", "libFoundationInternationalization.so"] {
            #expect(!libraries.contains(library))
        }
    }
}
