import Testing

@testable import RadiusServer

@Suite("watchword user")
struct UserCommandsTests {
    let server: TestServerFolder
    init() throws { server = try TestServerFolder() }

    @Test("a user is added, shown, listed, changed and deleted")
    func life() throws {
        let added = server.run(
            "user add alice --attribute group=staff --attribute group=vpn --attribute mail=a=b --json")
        #expect(added.status == .done)
        let document = try added.object()
        #expect(document["name"] as? String == "alice")
        #expect(document["resolver"] as? String == "local")
        #expect(document["realms"] as? [String] == ["default"])
        #expect(document["has_password"] as? Bool == false)
        let attributes = try #require(document["attributes"] as? [String: Any])
        #expect(attributes["group"] as? [String] == ["staff", "vpn"])
        #expect(attributes["mail"] as? String == "a=b")

        #expect(try server.run("user list --json").list().map { $0["name"] as? String } == ["alice"])
        #expect(server.run("user list").output.hasPrefix("NAME "))
        #expect(try server.run("user show alice@default --json").object()["tokens"] as? [String] == [])

        let changed = server.run(
            "user set alice --attribute group=guests --remove-attribute mail --password pw --json")
        #expect(changed.status == .done)
        #expect(try changed.object()["attributes"] as? [String: String] == ["group": "guests"])
        #expect(try changed.object()["has_password"] as? Bool == true)
        #expect(try server.run("user set alice --remove-password --json").object()["has_password"] as? Bool == false)

        #expect(server.run("user delete alice").output == "user 'alice' deleted\n")
        #expect(try server.run("user list --json").list().isEmpty)
    }

    @Test(
        "what is not there is answered with no",
        arguments: [
            ("user show bob", "no user 'bob' in realm 'default'"),
            ("user set bob --attribute a=b", "no user 'bob' in realm 'default'"),
            ("user delete bob", "no user 'bob' in realm 'default'"),
            ("user show alice --realm defualt", "no realm 'defualt' (did you mean default?)"),
            ("user add alice", "user 'alice' is already there, in resolver 'local'"),
            ("user add carol --realm nowhere", "no realm 'nowhere' (there is default)"),
            ("user set alice --remove-attribute mail", "user 'alice' has no attribute 'mail'"),
        ])
    func notThere(line: String, message: String) {
        #expect(server.run("user add alice").status == .done)
        let outcome = server.run(line)
        #expect(outcome.status == .no)
        #expect(outcome.output == "")
        #expect(outcome.messages == ["watchword: " + message])
    }

    @Test(
        "what makes no sense is wrong usage",
        arguments: [
            "user", "user add", "user add alice bob", "user add alice --attribute group",
            "user add alice --attribute =x",
            "user add alice --password a --password-stdin", "user set alice",
            "user set alice --password x --remove-password",
            "user ad alice", "user add alice --colour red",
        ])
    func senseless(line: String) {
        #expect(server.run("user add alice").status == .done)
        let outcome = server.run(line, input: "x\n")
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.output == "")
        #expect(!outcome.messages.isEmpty)
    }

    @Test("a password comes from standard input or from the terminal, asked for twice, and is never shown")
    func passwords() throws {
        #expect(
            try server.run("user add a --password-stdin --json", input: "one\ntwo\n").object()["has_password"] as? Bool
                == true)

        let added = server.run("user add b --json", answers: [])
        #expect(added.prompts == [])
        #expect(try added.object()["has_password"] as? Bool == false)

        #expect(server.run("user set b", answers: ["one", "two"]).status == .no)
        #expect(try server.run("user show b --json").object()["has_password"] as? Bool == false)

        let asked = server.run("user set b --json", answers: ["one", "one"])
        #expect(asked.prompts == ["New password for b", "Once more"])
        #expect(try asked.object()["has_password"] as? Bool == true)
        #expect(!asked.output.contains("one"))

        #expect(try server.run("user set b --json", answers: [""]).object()["has_password"] as? Bool == false)
        #expect(server.run("user add e --password-stdin").status == .couldNot)
    }

    @Test("a name cannot move the cursor")
    func escaped() throws {
        #expect(
            server.run(["user", "add", "a\u{1b}[2Jb"]).output == "user 'a\u{fffd}[2Jb' added to resolver 'local'\n")
        #expect(!server.run("user list").output.contains("\u{1b}"))
    }
}
