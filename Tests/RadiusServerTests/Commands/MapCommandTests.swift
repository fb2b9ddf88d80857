import Foundation
import Testing

@testable import RadiusServer

@Suite("watchword map --user")
struct MapUserTests {
    let server: TestServerFolder
    init() throws {
        server = try TestServerFolder()
        #expect(
            server.run("user add alice --attribute group=staff --attribute group=vpn --attribute mail=a@b").status
                == .done)
        let pin = "--pin 1234 --serial"
        #expect(server.run("token add --user alice --type hotp \(pin) T1 --attribute site=berlin").status == .done)
        #expect(server.run("token add --user alice --type totp \(pin) T2").status == .done)
        try server.folder.write(
            """
            [Mapping]
            serial = privacyIDEA-Serial
            [Mapping user]
            group = Class
            [Mapping token]
            site = Filter-Id
            [Mapping client]
            name = Reply-Message
            [Mapping request]
            nas-identifier = Login-LAT-Group

            """, to: "server/rlm.ini")
    }

    @Test("maps what an accept would say of the user and the first token")
    func user() {
        let outcome = server.run("map --user alice")
        #expect(outcome.status == .done, "\(outcome.messages)")
        #expect(
            outcome.output == """
                Class = 0x7374616666
                Class = 0x76706e
                Filter-Id = "berlin"
                privacyIDEA-Serial = "T1"

                """)
    }

    @Test("another token can be named, and one that cannot be used is not taken by itself")
    func token() {
        #expect(server.run("map --user alice --serial T2").output.contains("\"T2\""))
        #expect(server.run("map --user alice --serial T3").status == .no)
        #expect(server.run("token disable T1").status == .done)
        #expect(server.run("map --user alice").output.contains("\"T2\""))
    }

    @Test("a client and the attributes of its request are imagined")
    func client() throws {
        let outcome = server.run("map --user alice --client localhost --request NAS-Identifier=gate")
        #expect(outcome.output.contains("Reply-Message = \"localhost\""))
        #expect(outcome.output.contains("Login-LAT-Group = 0x67617465"), "\(outcome.output)")
        #expect(server.run("map --user alice --client 127.0.0.1").output.contains("Reply-Message = \"localhost\""))
        #expect(
            server.run("map --user alice --client 192.0.2.1").messages == [
                "watchword: no client has the address 192.0.2.1"
            ])
        #expect(
            server.run("map --user alice --client lokalhost").messages.first?.contains("did you mean localhost?")
                == true)
        #expect(server.run("map --user alice --request NAS-Identifer=gate").status == .wrongUsage)
    }

    @Test("a client's own mapping counts, unless another file is named")
    func ownMapping() throws {
        try server.folder.write("[Mapping user]\nmail = Filter-Id\n", to: "server/office.ini")
        let configuration = try server.folder.text(of: "server/watchword.ini")
        try server.folder.write(
            configuration
                + "\n[Client office]\naddress = 192.0.2.0/24\nsecret = 0123456789abcdefg\nmapping = office.ini\n",
            to: "server/watchword.ini")
        #expect(server.run("map --user alice --client office").output == "Filter-Id = \"a@b\"\n")
        let other = server.folder.file("server/rlm.ini")
        #expect(
            server.run(["map", "--user", "alice", "--client", "192.0.2.9", "--mapping", other]).output.contains("T1"))
    }

    @Test("the detail itself can be shown, and mapped again")
    func showDetail() throws {
        let shown = server.run("map --user alice --show-detail")
        let detail = try shown.object()
        #expect(detail["serial"] as? String == "T1" && detail["otplen"] as? Int == 6)
        #expect((detail["user"] as? [String: Any])?["group"] as? [String] == ["staff", "vpn"])
        #expect((detail["user"] as? [String: Any])?["username"] as? String == "alice")
        #expect(server.run("map", input: shown.output).output == server.run("map --user alice").output)
    }

    @Test("--explain shows the rule of each attribute")
    func explain() throws {
        let path = server.folder.file("server/rlm.ini")
        let outcome = server.run("map --user alice --explain")
        #expect(outcome.output.contains("Class = \"staff\"            \(path):4\n"), "\(outcome.output)")
        let document = try server.run("map --user alice --explain --json").object()
        let attributes = try #require(document["attributes"] as? [[String: String]])
        #expect(attributes.map { $0["rule"] } == [4, 4, 6, 2].map { "\(path):\($0)" })
    }

    @Test("--explain says why other rules sent nothing")
    func silences() throws {
        try server.folder.write(
            """
            [Mapping user]
            phone = Class
            [Attribute Class]
            dir = user
            userAttribute = mail
            regex = ^x(.*)
            [Rule a]
            when = user.group is vpn
            stop = yes
            Filter-Id = {user.mail}-{user.phone}
            [Rule b]
            Class = b
            [Rule c]
            result = challenge
            Class = c
            [Members Class]
            groups = user.group
            name = staff -> s
            name = vpn -> v
            """, to: "server/rlm.ini")
        let path = server.folder.file("server/rlm.ini")
        let lines = server.run("map --user alice --explain").output.split(separator: "\n").map {
            $0.replacing(path, with: "rlm").split(separator: " ").joined(separator: " ")
        }
        #expect(
            lines == [
                "No attribute.", "NOT APPLIED", "rlm:2 user.phone has no value",
                "rlm:3 regex takes nothing out of user.mail", "rlm:10 user.phone has no value",
                "rlm:11 comes after line 7, which stops", "rlm:13 is for other replies",
                "rlm:16 comes after line 7, which stops",
            ])
        let challenge = server.run("map --user alice --explain --result challenge --json").output
        #expect(challenge.contains("comes after line 7"))
    }

    @Test("what the server keeps to itself in a challenge is not shown as sent")
    func serversOwn() throws {
        try server.folder.write(
            "[Mapping user]\nmail = Filter-Id\n[Rule a]\nSession-Timeout = 60\nClass = {serial}\n", to: "server/rlm.ini"
        )
        #expect(server.run("map --user alice").output.contains("Session-Timeout = 60"))
        let challenge = server.run("map --user alice --result challenge")
        #expect(challenge.status == .done && !challenge.output.contains("Session-Timeout"))
        #expect(challenge.output.contains("Filter-Id") && challenge.output.contains("Class"))
        let explained = server.run("map --user alice --result challenge --explain").output
        #expect(!explained.contains("Session-Timeout = "))
        #expect(explained.contains("rlm.ini:4"), "\(explained)")
        #expect(explained.hasSuffix("the server's own Session-Timeout is sent\n"), "\(explained)")
    }

    @Test("RESCONF of the client's mapping says whose users there are")
    func onlyResolver() throws {
        try server.edit(
            "[Realm default]", "[Resolver staff]\ntype = local\n[Realm default]")
        let configuration = try server.folder.text(of: "server/watchword.ini")
        try server.folder.write(
            configuration.replacing("resolvers = local", with: "resolvers = local, staff")
                + "\n[Client office]\naddress = 192.0.2.0/24\nsecret = 0123456789abcdefg\nmapping = office.ini\n"
                + "[Client home]\naddress = 198.51.100.0/24\nsecret = 0123456789abcdefg\nmapping = home.ini\n",
            to: "server/watchword.ini")
        try server.folder.write(
            "[Default]\nRESCONF = staff\n[Mapping user]\nmail = Filter-Id\n", to: "server/office.ini")
        try server.folder.write("[Default]\nRESCONF = local\n[Mapping user]\nmail = Filter-Id\n", to: "server/home.ini")
        let home = server.run("map --user alice --client home")
        #expect(home.output == "Filter-Id = \"a@b\"\n", "\(home.messages)")
        let office = server.run("map --user alice --client office")
        #expect(office.status == .no && office.output.isEmpty)
        #expect(office.messages == ["watchword: no user 'alice' in realm 'default', resolver 'staff'"])
    }

    @Test("a refused login is a no, and says why")
    func refusal() throws {
        try server.folder.write(
            "[Reply]\nmisfit = refuse\n[Mapping user]\nmail = Framed-IP-Address\n", to: "server/rlm.ini")
        let outcome = server.run("map --user alice")
        #expect(outcome.status == .no)
        #expect(outcome.messages.last?.hasPrefix("watchword: the login is refused, since ") == true)
        #expect(server.run("map --user alice --explain").status == .no)
    }

    @Test(
        "what does not go together is said",
        arguments: [
            ("--serial T1", "--serial goes with --user"), ("--client localhost", "--client goes with --user"),
            ("--user alice --detail -", "contradict each other"), ("--user alice --result maybe", "it takes accept"),
        ])
    func usage(line: String, words: String) {
        let outcome = server.run("map \(line)", input: "{}")
        #expect(outcome.status == .wrongUsage)
        #expect(outcome.messages.first?.contains(words) == true, "\(outcome.messages)")
    }

    @Test("--explain names the line of [Members …] that comes before others")
    func precedence() throws {
        try server.folder.write(
            "[Members Class]\ngroups = user.group\nname = vpn -> v\nname = staff -> s\notherwise = o\n",
            to: "server/rlm.ini")
        let output = server.run("map --user alice --explain").output
        let silent = output.split(separator: "\n").filter { $0.contains("comes after line 3, which is for the user") }
        #expect(silent.count == 2, "\(output)")
    }

    @Test("--explain suggests what may have been meant by a value that is not there")
    func suggestion() throws {
        try server.folder.write(
            "[Mapping user]\nGroup = Class\n[Rule a]\nFilter-Id = {user.mial}-{user.xyz}\n", to: "server/rlm.ini")
        let output = server.run("map --user alice --explain").output
        #expect(output.contains("user.Group has no value (did you mean group?)\n"), "\(output)")
        #expect(output.contains("user.mial has no value (did you mean mail?), user.xyz has no value\n"), "\(output)")
    }

    @Test("the mapping that is tried says in which resolver the user is looked for")
    func tried() throws {
        try server.edit("[Realm default]", "[Resolver guests]\ntype = local\n[Realm default]")
        try server.folder.write("[Default]\nRESCONF = guests\n[Mapping user]\ngroup = Class\n", to: "new.ini")
        #expect(server.run("map --user alice").status == .done)
        #expect(server.run("map --user alice --mapping \(server.folder.file("new.ini"))").status == .no)
    }

    @Test("nobody of that name")
    func nobody() { #expect(server.run("map --user bob").status == .no) }
}

@Suite("watchword map diff")
struct MapDiffTests {
    let server: TestServerFolder
    init() throws {
        server = try TestServerFolder()
        for (name, group) in [("alice", "staff"), ("bob", "staff"), ("carol", "guests")] {
            #expect(server.run("user add \(name) --attribute group=\(group)").status == .done)
        }
        try server.folder.write("[Mapping user]\ngroup = Filter-Id\n", to: "old.ini")
    }

    private func diff(to new: String, _ more: String...) throws -> Outcome {
        try server.folder.write(new, to: "new.ini")
        return server.run(["map", "diff", server.folder.file("old.ini"), server.folder.file("new.ini")] + more)
    }

    @Test("no difference is told, and is a yes")
    func same() throws {
        let outcome = try diff(to: "# The same.\n[Attribute Filter-Id]\ndir = user\nuserAttribute = group\n")
        #expect(outcome.status == .done)
        #expect(outcome.output == "0 of 3 users would get something else\n")
    }

    @Test("what no challenge would carry makes no difference to one")
    func serversOwn() throws {
        let new = "[Mapping user]\ngroup = Filter-Id\n[Rule a]\nSession-Timeout = 60\n"
        #expect(try diff(to: new, "--result", "challenge").status == .done)
        #expect(try diff(to: new).status == .no)
    }

    @Test("who can no longer log in loses that, and what came with it")
    func scopes() throws {
        let other = "[Resolver guests]\ntype = local\n[Realm other]\nresolvers = guests\n"
        try server.edit("[Realm default]", other + "[Realm default]")
        #expect(server.run("user add dora --realm other --attribute group=guests").status == .done)
        let outcome = try diff(to: "[Default]\nRESCONF = guests\n[Mapping user]\ngroup = Filter-Id\n")
        #expect(outcome.status == .no)
        #expect(
            outcome.output == """
                3 of 4 users would get something else

                2 users: alice@default, bob@default
                  - any login (barred by RESCONF = guests)
                  - Filter-Id = "staff"

                1 user: carol@default
                  - any login (barred by RESCONF = guests)
                  - Filter-Id = "guests"

                """)
        // The section of a client says which of the mapping's sections is for it, and goes before its REALM.
        let scope = "[scope1]\nRESCONF = guests\n[Mapping user]\ngroup = Filter-Id\n"
        #expect(try diff(to: scope, "--client", "localhost").status == .done)
        try server.edit("[Client localhost]", "[Client localhost]\nauth_type = scope1")
        #expect(try diff(to: scope).status == .done)
        #expect(try diff(to: scope, "--client", "localhost").output.hasPrefix("3 of 4 users"))
        let realm = "[Default]\nREALM = default\n[Mapping user]\ngroup = Filter-Id\n"
        #expect(try diff(to: realm).output.contains("dora@other\n  - any login (barred by REALM = default)\n"))
        try server.edit("[Client localhost]", "[Client localhost]\nrealm = other")
        #expect(try diff(to: realm, "--client", "localhost").status == .done)
    }

    @Test("a login that a mapping refuses is lost, and one that it refuses no more is gained")
    func refusals() throws {
        let refusing = "[Reply]\nmisfit = refuse\n[Mapping user]\ngroup = Framed-IP-Address\n"
        let lost = try diff(to: refusing)
        let filter = "Filter-Id = \"staff\""
        let bar = "barred by misfit = refuse in line 4)"
        #expect(lost.output.contains("\n  - any login (\(bar)\n  - \(filter)\n"), "\(lost.output)")
        try server.folder.write(refusing, to: "old.ini")
        let gained = try diff(to: "# Nothing.\n")
        #expect(gained.output.contains("\n  + any login (was \(bar)\n"), "\(gained.output)")
        #expect(try diff(to: refusing).status == .done)
    }

    @Test("what the client's limit leaves no room for is in neither")
    func limit() throws {
        try server.edit("[Client localhost]", "[Client localhost]\nreply_limit = 300")
        let many = (1...30).map { "[Rule r\($0)]\nFilter-Id = number \($0 + 10)\n" }.joined()
        try server.folder.write(many, to: "old.ini")
        #expect(try diff(to: many + "[Rule last]\nFilter-Id = x\n").status == .no)
        #expect(try diff(to: many + "[Rule last]\nFilter-Id = x\n", "--client", "localhost").status == .done)
    }

    @Test("users with the same change are counted together")
    func grouped() throws {
        let outcome = try diff(
            to: "[Attribute Filter-Id]\ndir = user\nuserAttribute = group\nregex = ^(staff)$\nprefix = the-\n")
        #expect(outcome.status == .no)
        #expect(
            outcome.output == """
                3 of 3 users would get something else

                2 users: alice@default, bob@default
                  - Filter-Id = "staff"
                  + Filter-Id = "the-staff"

                1 user: carol@default
                  - Filter-Id = "guests"

                """)
    }

    @Test("each user can be listed, and all is in one JSON document")
    func listed() throws {
        let new = "[Attribute Filter-Id]\ndir = user\nuserAttribute = group\nregex = ^(staff)$\n"
        #expect(try diff(to: new, "--list").output.hasPrefix("carol@default: -Filter-Id = \"guests\"\n1 of 3"))
        let document = try diff(to: new, "--json").object()
        #expect(document["users"] as? Int == 3 && document["changed"] as? Int == 1)
        let changes = try #require(document["changes"] as? [[String: Any]])
        #expect(changes.first?["lost"] as? [String] == ["Filter-Id = \"guests\""])
        #expect(changes.first?["users"] as? [String] == ["carol@default"])
    }

    @Test("of very many kinds of change the first are shown")
    func many() throws {
        for number in 1...60 {
            #expect(server.run("user add u\(number) --attribute group=g\(number)").status == .done)
        }
        let outcome = try diff(to: "[Rule a]\nwhen = user.group matches ^g\nClass = a\n[Mapping user]\ngroup = Class\n")
        #expect(outcome.output.contains("63 of 63 users"))
        #expect(outcome.output.hasSuffix("12 other changes, which --json shows\n"), "\(outcome.output.suffix(200))")
    }

    @Test("a broken file is no mapping to compare")
    func broken() throws {
        let outcome = try diff(to: "[Attribute Filter-Id]\nregex = (\nuserAttribute = a\n")
        #expect(outcome.status == .no && outcome.output == "")
    }

    @Test("changes of more kinds than are remembered are told apart by name alone")
    func bounded() throws {
        let dictionary = AttributeMappingTests.dictionary
        func mapping(_ text: String) throws -> AttributeMapping {
            try #require(AttributeMapping.parse(Array(text.utf8), path: "t", dictionary: dictionary).mapping)
        }
        var comparison = MappingComparison(
            from: try mapping("[Mapping]\nserial = Filter-Id\n"), to: try mapping("[Mapping]\nserial = Class\n"))
        for number in 1...3000 {
            let login = MappingComparison.Login(detail: ResponseDetail(["serial": .number(number)]))
            let change = comparison.compare("user\(number)", login, login, result: .accept)
            #expect(change != nil)
        }
        #expect(comparison.changedCount == 3000)
        #expect(comparison.changes.count == 1001)
        let rest = try #require(comparison.changes.first)
        #expect(rest.userCount == 2000)
        #expect(rest.change == .init(lost: ["Filter-Id"], gained: ["Class"]))
    }
}
