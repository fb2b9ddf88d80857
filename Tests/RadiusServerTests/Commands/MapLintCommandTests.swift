import Foundation
import Testing

@testable import RadiusServer

@Suite("watchword map lint")
struct MapLintCommandTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func lint(_ text: String, _ more: String...) throws -> Outcome {
        try folder.write(text, to: "rlm.ini")
        return watchword(["map", "lint", folder.file("rlm.ini")] + more)
    }

    @Test("finds each pitfall of privacyIDEA's plug-in in a file that has them all")
    func pitfalls() throws {
        let text = String(decoding: try Files.octets("Mapping/pitfalls.ini"), as: UTF8.self)
        let expected = String(decoding: try Files.octets("Mapping/pitfalls.expected"), as: UTF8.self)
        let outcome = try lint(text)
        #expect(outcome.status == .no)
        let found = outcome.messages.map { $0.replacing(folder.file("rlm.ini"), with: "rlm.ini") + "\n" }.joined()
        #expect(found == expected, "\(found)")
    }

    @Test(
        "names what makes a file useless",
        arguments: [
            ("[rule x]\nClass = a\n", ":1: "), ("[Mapping\n", ":1: "), ("[Mapping]\nserial\n", ":2: "),
            ("serial = Class\n", ":1: "), ("[Attribute Class]\nwhen = a\n", ":2: "),
            ("[Attribute Class]\nuserAttribute = serial\nregex = (\n", ":3: "),
        ])
    func errors(text: String, place: String) throws {
        let outcome = try lint(text)
        #expect(outcome.status == .no)
        #expect(outcome.messages.first?.hasPrefix(folder.file("rlm.ini") + place) == true, "\(outcome.messages)")
    }

    @Test("notes alone are a yes, and nothing at all is said")
    func notes() throws {
        let noted = try lint("[Mapping user]\nmail = Fortinet-Group-Name\n")
        #expect(noted.status == .done && noted.messages.count == 1, "\(noted.messages)")
        #expect(noted.messages.first?.contains(":2: note: ") == true)
        let clean = try lint("[Rule a]\nwhen = user.group is a\nresult = accept\nClass = a\n")
        #expect(clean.status == .done && clean.messages.isEmpty)
        #expect(clean.output == "\(folder.file("rlm.ini")): nothing found\n")
    }

    @Test("what a reject had better not say is noted")
    func rejects() throws {
        let outcome = try lint(
            """
            [Group a]
            groups = user.group
            name = a
            [Rule help]
            result = reject
            when = client.name is vpn
            Reply-Message = Call 1234
            [Rule told]
            result = accept, reject
            when = user.desk exists
            when = member of a
            Reply-Message = No: {message}
            Class = {serial}
            [Members Reply-Message]
            result = reject
            groups = user.group
            name = b -> {user.desk}

            """)
        #expect(outcome.status == .done)
        let file = folder.file("rlm.ini")
        #expect(
            outcome.messages == [
                "\(file):10: note: a reject that depends on user.desk tells an attacker which users exist",
                "\(file):11: note: a reject that depends on user.group tells an attacker which users exist",
                "\(file):12: note: a reject with the message tells an attacker which part was wrong",
                "\(file):13: note: RFC 2865 §5.44 lets an Access-Reject have Reply-Message, and not Class",
                "\(file):13: note: a reject that depends on serial tells an attacker which users exist",
                "\(file):17: note: a reject that depends on user.desk tells an attacker which users exist",
            ])
    }

    @Test("--json has them all")
    func json() throws {
        let outcome = try lint("[Mapping]\nserail = Class\n", "--json")
        #expect(outcome.status == .no && outcome.messages.isEmpty)
        let list = try outcome.list()
        #expect(list.map { $0["severity"] as? String }.contains("warning"))
        #expect(list.allSatisfy { $0["line"] as? Int == 2 })
    }

    @Test("without a file it is those of the configuration")
    func configured() throws {
        let server = try TestServerFolder()
        try server.folder.write("[Mapping]\nserail = Class\n", to: "server/rlm.ini")
        let outcome = server.run("map lint")
        #expect(outcome.status == .no)
        #expect(outcome.messages.contains { $0.contains("did you mean serial?") })
    }

    @Test("a file that is not there cannot be right")
    func missing() { #expect(watchword("map lint /nonexistent/rlm.ini").status == .no) }
}
