import Foundation
import RadiusCodec
import Testing

@testable import RadiusServer

@Suite("watchword init")
struct InitCommandTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test("what it writes is a valid configuration, and the secrets in it are for the owner alone")
    func writes() throws {
        let made = folder.file("new/server")
        let outcome = watchword(["init", made, "--listen", "127.0.0.1:2812", "--json"])
        #expect(outcome.status == .done)
        #expect(outcome.messages == [])
        let document = try outcome.object()
        #expect(document["config"] as? String == made + "/watchword.ini")
        #expect(document["listen"] as? String == "127.0.0.1:2812")
        let client = try #require(document["client"] as? [String: String])
        #expect(client["name"] == "localhost")
        #expect((client["secret"] ?? "").count >= 39, "24 octets in Base32")
        #expect(try folder.text(of: "new/server/watchword.ini").contains("\nsecret = \(client["secret"] ?? "?")\n"))

        for secret in ["watchword.ini", "enckey", "watchword.db"] {
            #expect(try folder.mode(of: "new/server/\(secret)") == 0o600, "\(secret)")
        }
        #expect(try folder.mode(of: "new") == 0o700)
        #expect(try folder.mode(of: "new/server") == 0o700)
        #expect(try folder.mode(of: "new/server/dictionary") & 0o600 == 0o600)

        let check = watchword(["--config", made + "/watchword.ini", "check"])
        #expect(check.status == .done)
        #expect(check.messages == [])
        #expect(check.output.contains("configuration is valid"))
    }

    @Test("two servers have two secrets and two keys")
    func randomness() throws {
        for name in ["a", "b"] { #expect(watchword(["init", folder.file(name)]).status == .done) }
        #expect(try folder.text(of: "a/watchword.ini") != folder.text(of: "b/watchword.ini"))
        #expect(try folder.text(of: "a/enckey") != folder.text(of: "b/enckey"))
    }

    @Test(
        "nothing is overwritten, and nothing is written beside what is there",
        arguments: ["watchword.ini", "enckey", "watchword.db", "rlm.ini", "dictionary", "dictionary.d"])
    func refusal(name: String) throws {
        try folder.write("mine", to: name)
        let outcome = watchword(["init", folder.path])
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(outcome.messages.first?.contains("has \(name) already") == true)
        #expect(try folder.text(of: name) == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    }

    @Test("a dangling link is not written through")
    func link() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("enckey"), withDestinationPath: folder.file("elsewhere"))
        #expect(watchword(["init", folder.path]).status == .no)
        #expect(!folder.exists("elsewhere"))
    }

    @Test("what cannot be finished leaves nothing behind")
    func rollBack() throws {
        try folder.write("a file", to: "blocked")
        let outcome = watchword(["init", folder.file("blocked/server")])
        #expect(outcome.status == .couldNot)
        #expect(outcome.messages.first?.contains("cannot make the folder") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["blocked"])
    }

    @Test(
        "an address that is none is wrong usage",
        arguments: [
            "localhost:1812", "127.0.0.1:66000", "127.0.0.1:x", "::1:1812", "[127.0.0.1]:1812", "", "tcp://0.0.0.0:1",
        ])
    func address(text: String) {
        let outcome = watchword(["init", folder.file("x"), "--listen", text])
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.messages.first?.contains("it takes ADDRESS:PORT") == true)
        #expect(!folder.exists("x"))
    }

    @Test("an IPv6 address is taken in brackets")
    func addressInBrackets() throws {
        let outcome = watchword(["init", folder.file("x"), "--listen", "[::1]:0", "--json"])
        #expect(try outcome.object()["listen"] as? String == "[::1]:0")
    }

    @Test("the files in the binary are those of the source tree, each in its place")
    func embedded() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let makers = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "dictionary.d").path())
        let expected = ["dictionary", "rlm.ini"] + makers.map { "dictionary.d/\($0)" }
        #expect(EmbeddedFile.all.map(\.path).sorted() == expected.sorted())
        for file in EmbeddedFile.all {
            let source = file.path == "rlm.ini" ? "rlm.ini.sample" : file.path
            #expect(try Data(contentsOf: root.appending(path: source)) == Data(file.octets), "\(file.path)")
        }
        let (_, diagnostics) = AttributeDictionary.load(file: "dictionary") { EmbeddedFile.octets(of: $0) }
        #expect(diagnostics == [])
    }
}
