import Foundation
import RadiusCodec
import TestSupport
import Testing

@testable import RadiusServer

@Suite("watchword map test")
struct MapTestCommandTests {
    let folder: TemporaryFolder
    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            [Mapping user]
            group = Filter-Id
            vlan = Tunnel-Private-Group-Id:1
            ip = Framed-IP-Address
            [Mapping request]
            NAS-Identifier = Class

            """, to: "rlm.ini")
    }

    private func run(_ cases: String, _ more: String...) throws -> Outcome {
        try folder.write("[Test]\nmapping = rlm.ini\n" + cases, to: "a.maptest")
        return watchword(["map", "test", folder.file("a.maptest")] + more)
    }

    @Test("cases that hold pass")
    func passes() throws {
        let outcome = try run(
            """
            [Given]
            user.group = staff
            [Case one value, and what is given to all]
            request.NAS-Identifier = gate
            expect = Filter-Id = staff
            expect = Class = gate
            [Case a list, in its order, and a tag]
            user.group = a
            user.group = b
            user.vlan = 20
            expect = Tunnel-Private-Group-Id:1 = "20"
            expect = Filter-Id = a
            expect = Filter-Id = b
            [Case a detail in JSON, and a request's attribute by another spelling]
            detail = {"user": {"group": []}}
            request.nas-identifier = gate
            expect = Class = 0x67617465
            [Case a value that does not fit]
            user.ip = nonsense
            expect = Filter-Id = staff
            problem = Framed-IP-Address
            [Case nothing]
            detail = {"user": {}}
            expect = nothing
            """)
        #expect(outcome.status == .done, "\(outcome.messages) \(outcome.output)")
        #expect(outcome.output == "5 cases passed\n")
    }

    @Test("what is missing, what is too much and what was left out is shown with its lines")
    func fails() throws {
        let outcome = try run(
            """
            [Case staff]
            user.group = staff
            user.ip = nonsense
            expect = Filter-Id = "admins"
            [Case order]
            user.group = a
            user.group = b
            expect = Filter-Id = b
            expect = Filter-Id = a
            [Case too little]
            problem = Class
            expect = nothing
            """)
        #expect(outcome.status == .no)
        let lines = outcome.output.split(separator: "\n").map {
            $0.replacing(folder.path + "/", with: "")
        }
        #expect(
            lines.prefix(3) == [
                "a.maptest:3: staff", "    - Filter-Id = \"admins\"  (expected in line 6)",
                "    + Filter-Id = \"staff\"  (rlm.ini:2)",
            ])
        #expect(lines[3].hasPrefix("    ! rlm.ini:4: warning: user.ip to Framed-IP-Address (ipaddr): left out: "))
        #expect(lines.contains("a.maptest:7: order"))
        #expect(lines.contains("    ! no problem is 'Class'  (expected in line 13)"), "\(lines)")
        #expect(lines.last == "3 of 3 cases failed")
        let document = try run("[Case x]\nexpect = Class = y\n", "--json").object()
        let failed = try #require(document["failed"] as? [[String: Any]])
        #expect(document["cases"] as? Int == 1 && failed.first?["line"] as? Int == 3)
        #expect(failed.first?["differences"] as? [String] == ["- Class = \"y\"  (expected in line 4)"])
    }

    @Test(
        "a mistake in the cases is named, and nothing is tried",
        arguments: [
            ("[Case a]\nuser.group = x\n", "a.maptest:3: [Case a] expects no attribute"),
            (
                "[Case a]\nexpected = Class = x\nexpect = nothing\n",
                "a.maptest:4: unknown key expected (did you mean expect?)"
            ),
            ("[Case a]\nexpect = Clas = x\n", "a.maptest:4: there is no attribute Clas"),
            ("[Case a]\nexpect = nothing\nexpect = Class = x\n", "a.maptest:3: [Case a] expects nothing and something"),
            (
                "[Case a]\nexpect = nothing\nusr.group = x\n",
                "a.maptest:5: a decision has no section usr (did you mean user?)"
            ),
            ("[Case a]\nexpect = nothing\nrequest.Nas-Identifer = x\n", "a.maptest:5: unknown attribute Nas-Identifer"),
            ("[Case a]\nexpect = nothing\nresult = maybe\n", "a.maptest:5: result is 'maybe'"),
            ("[Case a]\nexpect = nothing\ndetail = {\n", "a.maptest:5: the detail cannot be read"),
            ("[Cases a]\n", "a.maptest:3: unknown section [Cases a] (did you mean Case?)"),
            ("", "a.maptest: there is no case"),
        ])
    func mistakes(text: String, message: String) throws {
        let outcome = try run(text)
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(
            outcome.messages.contains { $0.replacing(folder.path + "/", with: "").hasPrefix(message) },
            "\(outcome.messages)")
    }

    @Test("a refused login is expected, or is not")
    func refusal() throws {
        try folder.write("[Reply]\nmisfit = refuse\n[Mapping user]\nip = Framed-IP-Address\n", to: "rlm.ini")
        #expect(try run("[Case a]\nuser.ip = x\nexpect = refusal\n").status == .done)
        #expect(try run("[Case a]\nuser.ip = x\nexpect = nothing\n").output.contains("    + refusal: "))
        #expect(try run("[Case a]\nuser.ip = 192.0.2.1\nexpect = refusal\n").output.contains("    - refusal\n"))
    }

    @Test("several files are one run; another mapping can be named")
    func several() throws {
        try folder.write("[Case a]\nserial = T1\nexpect = Class = T1\n", to: "b.maptest")
        try folder.write("[Mapping]\nserial = Class\n", to: "other.ini")
        let line = [
            "map", "test", "--mapping", folder.file("other.ini"), folder.file("b.maptest"), folder.file("b.maptest"),
        ]
        #expect(watchword(line).output == "2 cases passed\n")
    }

    /// Whatever the file says, reading and trying it end, and every mistake has a line of it.
    @Test(arguments: 0..<100)
    func nothingTraps(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "[Case a]", "[Given]", "[Test]", "[Case]", "mapping = x.ini", "user.group = a", "user.group = b",
            "serial = x",
            "expect = Class = 0x", "expect = nothing", "expect = Tunnel-Type:99 = VLAN", "expect =", "expect = refusal",
            "detail = {\"user\": []}", "detail = <<E", "{\"user\": {\"group\": [null]}}", "E", "result = reject",
            "request.Class = x", "problem = x", "user. = x", ".x = y", "= =",
        ]
        let text = (0..<Int.random(in: 0...15, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        let dictionary = AttributeMappingTests.dictionary
        let (file, diagnostics) = MappingTestFile.parse(
            Array(text.joined(separator: "\n").utf8), path: "t", dictionary: dictionary)
        #expect(diagnostics.allSatisfy { (0...text.count).contains($0.line) })
        for example in file.cases {
            _ = MappingTrial(example, dictionary).differences(by: AttributeMapping(dictionary: dictionary))
        }
    }
}
