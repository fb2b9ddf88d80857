import Foundation
import TestSupport
import Testing

@Suite("Sections of ours in rlm.ini")
struct MappingRulesTests {
    private static let mapping = """
        [Group admins]
        groups = user.memberOf
        dn = CN=vpn-admins,OU=Groups,DC=example,DC=com

        [Members Class]
        groups = user.memberOf
        group = admins -> OU=admins;
        otherwise = OU=nobody;

        [Rule vlan]
        when = member of admins
        when = client.group is firewalls
        when = request.NAS-Identifier is gw1
        when = request.Service-Type is Framed-User
        when = token.type is hotp
        when = client.address in 127.0.0.0/8
        Tunnel-Type:1 = VLAN
        Tunnel-Private-Group-Id:1 = {user.vlan}
        Tunnel-Password:1 = {user.psk}
        Framed-IP-Address = {user.ip}
        Service-Type = Administrative-User
        Event-Timestamp = 2026-11-22T06:40:00Z
        Filter-Id = {user.site}-{user.vlan}
        Connect-Info = {type}
        Login-LAT-Group = 0x00ff

        [Rule not]
        when = request.NAS-Identifier is gw2
        Filter-Id = wrong

        """

    private static let attributes = [
        "memberOf=CN=staff,DC=example,DC=com", "memberOf=cn=VPN-Admins,ou=Groups,dc=example,dc=com", "vlan=42",
        "psk=correct horse", "ip=192.0.2.7", "site=bln",
    ]

    /// The attributes of the answer, as radclient prints them, sorted and without those that differ from packet to packet.
    private func answer(_ server: ServerProcess, _ attributes: String) throws -> (
        code: String, lines: [String], state: String?
    ) {
        let request = "User-Name = alice, NAS-Identifier = gw1, Service-Type = Framed-User, \(attributes)"
        let output = try server.radclient(request, options: ["-D", server.installation.folder.path()]).output
        let received = output.components(separatedBy: "Received ").last ?? ""
        let lines = received.split(separator: "\n").dropFirst().map { $0.drop { $0 == "\t" } }.map(String.init)
        let state = lines.first { $0.hasPrefix("State = ") }.map { String($0.dropFirst(8)) }
        let passing = ["Message-Authenticator", "State", "Reply-Message", "Session-Timeout"]
        let kept = lines.filter { line in line.contains(" = ") && !passing.contains { line.hasPrefix($0) } }
        return (String(received.prefix { $0 != " " }), kept.sorted(), state)
    }

    @Test("make the same attributes in one step, of a challenge and of its answer")
    func eitherWay() throws {
        let installation = try Installation()
        try installation.write(Self.mapping, to: "rlm.ini")
        try installation.configure("[Client localhost]", "group = firewalls, berlin")
        try installation.enrol("alice", attributes: Self.attributes)
        let server = try ServerProcess(installation)
        let oneStep = try answer(server, "User-Password = 1234755224")
        #expect(oneStep.code == "Access-Accept")
        #expect(
            oneStep.lines == [
                "Class = 0x4f553d61646d696e733b", "Connect-Info = \"hotp\"",
                "Event-Timestamp = \"Nov 22 2026 06:40:00 UTC\"",
                "Filter-Id = \"bln-42\"", "Framed-IP-Address = 192.0.2.7", "Login-LAT-Group = 0x00ff",
                "Service-Type = Administrative-User", "Tunnel-Password:1 = \"correct horse\"",
                "Tunnel-Private-Group-Id:1 = \"42\"", "Tunnel-Type:1 = VLAN",
            ])
        let challenge = try answer(server, "User-Password = 1234")
        #expect(challenge.code == "Access-Challenge")
        #expect(challenge.lines == oneStep.lines)
        let accept = try answer(server, "User-Password = 287082, State = \(#require(challenge.state))")
        #expect(accept.code == "Access-Accept")
        #expect(accept.lines == oneStep.lines)
        server.stop()
    }

    @Test(
        "fill a reply up to the client's limit, from the first on, and say what they left out", arguments: [300, 4096])
    func limit(_ limit: Int) throws {
        let installation = try Installation()
        try installation.write("[Mapping user]\ngroup = Filter-Id\n", to: "rlm.ini")
        try installation.configure("[Client localhost]", "reply_limit = \(limit)")
        let groups = (0..<250).map { "group number \($0 + 1000)" }
        try installation.enrol("alice", attributes: groups.map { "group=\($0)" })
        let server = try ServerProcess(installation)
        let explained = try installation.watchword(
            "explain", "alice", "--password", "1234755224", "--attribute", "Proxy-State=0x70726f7879")
        let answer = try server.login("alice", "1234755224", more: [.init(RadiusMessage.proxyState, "proxy")])
        #expect(answer.code == RadiusMessage.accessAccept)
        let sent = answer.values(11).map { String(decoding: $0, as: UTF8.self) }
        // Each takes 19 octets: one more would not have fitted.
        #expect((limit - 18...limit).contains(answer.octets.count))
        #expect(sent == Array(groups.prefix(sent.count)))
        // What is only imagined has the same room.
        #expect(explained.split(separator: "\n").count { $0.hasPrefix("Filter-Id = ") } == sent.count)
        #expect(answer.text(RadiusMessage.proxyState) == "proxy")
        #expect(
            server.log.line(containing: "Filter-Id is left out: the packet would be larger than \(limit)", within: 5)
                != nil)
        let metrics = try installation.watchword("metrics")
        #expect(metrics.contains("watchword_attributes_left_out_total \(groups.count - sent.count)\n"))
        server.stop()
    }

    @Test("a reply whose attributes do not fit is a reject where the file says so")
    func misfit() throws {
        let installation = try Installation()
        try installation.write(
            "[Rule ip]\nmisfit = refuse\nFramed-IP-Address = {user.ip}\nFilter-Id = x\n", to: "rlm.ini")
        try installation.enrol("alice", attributes: ["ip=nowhere"])
        let server = try ServerProcess(installation)
        for password in ["1234", "1234755224"] {
            let answer = try server.login("alice", password)
            #expect(answer.code == RadiusMessage.accessReject)
            #expect(answer.attributes.map(\.type) == [RadiusMessage.messageAuthenticator, RadiusMessage.replyMessage])
        }
        #expect(server.log.line(containing: "reason=attribute-misfit", within: 5)?.contains("reject") == true)
        #expect(server.log.textSoFar.contains("rlm.ini:3: warning: user.ip to Framed-IP-Address (ipaddr): left out"))
        let metrics = try installation.watchword("metrics")
        #expect(metrics.contains("watchword_decisions_total{decision=\"reject\",reason=\"attribute-misfit\"} 2\n"))
        #expect(!metrics.contains("decision=\"accept\""))
        // The audit says what was told.
        let audit = try installation.watchword("audit")
        #expect(audit.matches(of: /reject +attribute-misfit/).count == 2, "\(audit)")
        #expect(!audit.contains("accept") && !audit.contains("challenge-triggered"))
        // What was proved is used up, and nobody waits for an answer to the challenge.
        #expect(try installation.watchword("challenge", "list").contains("alice") == false)
        try installation.write("[Rule none]\nFilter-Id = x\n", to: "rlm.ini")
        try installation.watchword("reload")
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessReject)
        #expect(try server.login("alice", "1234287082").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a reject carries what is for rejects, and nothing else")
    func reject() throws {
        let installation = try Installation()
        let mapping = "[Rule help]\nresult = reject\nReply-Message = Call {user.desk}\n[Mapping]\nmessage = Filter-Id\n"
        try installation.write(mapping, to: "rlm.ini")
        try installation.enrol("alice", attributes: ["desk=1234"])
        let server = try ServerProcess(installation)
        let answer = try server.login("alice", "0000000000")
        #expect(answer.code == RadiusMessage.accessReject)
        #expect(answer.values(RadiusMessage.replyMessage) == [Array("Call 1234".utf8)])
        #expect(answer.values(11).isEmpty)
        // Of somebody who does not exist there is nothing to say.
        #expect(try server.login("bob", "0000000000").text(RadiusMessage.replyMessage) == "Authentication failed")
        server.stop()
    }
}

@Suite("Settings of the plug-in in rlm.ini")
struct PluginSettingsTests {
    @Test("RESCONF restricts to one resolver, and an Auth-Type of the client chooses another")
    func resolver() throws {
        let installation = try Installation()
        try installation.write("[Default]\nRESCONF = guests\n[scope1]\nRESCONF = local\n", to: "rlm.ini")
        try installation.configure("[Resolver guests]\ntype = local")
        try installation.configure(
            "[Client office]\naddress = 127.0.0.2\nsecret = another secret, long enough\nauth_type = scope1")
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "1234755224").code == RadiusMessage.accessReject)
        let secret = Array("another secret, long enough".utf8)
        let request = try RadiusMessage.request(user: "alice", password: "1234755224", secret: secret)
        let answer = try server.answer(to: request, over: server.socket(from: "127.0.0.2"), secret: secret)
        #expect(answer.code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("CLIENTATTRIBUTE is the client that policies go by, where it has an address")
    func clientAttribute() throws {
        let installation = try Installation()
        try installation.write("[Default]\nCLIENTATTRIBUTE = Calling-Station-Id\n", to: "rlm.ini")
        try installation.configure(
            "[Policy closed]\nscope = authorization\nclient = 203.0.113.0/24\nauthorized = deny_access")
        try installation.enrol("alice", type: "spass")
        let server = try ServerProcess(installation)
        for (station, code) in [
            ("203.0.113.9", RadiusMessage.accessReject), ("198.51.100.1", RadiusMessage.accessAccept),
            ("02-00-00-00-00-01", RadiusMessage.accessAccept),
        ] {
            let answer = try server.login("alice", "1234", more: [.init(31, station)])
            #expect(answer.code == code, "\(station)")
        }
        server.stop()
    }

    @Test("DEBUG logs the packets of those clients, without their passwords")
    func debug() throws {
        let installation = try Installation()
        try installation.write("[Default]\nDEBUG = True\n", to: "rlm.ini")
        try installation.write("[Default]\nDEBUG = no\n", to: "office.ini")
        try installation.configure(
            "[Client office]\naddress = 127.0.0.2\nsecret = another secret, long enough\nmapping = office.ini")
        try installation.enrol("alice", type: "spass", pin: "secret7531")
        let server = try ServerProcess(installation)
        let secret = Array("another secret, long enough".utf8)
        let request = try RadiusMessage.request(user: "bob", password: "x", secret: secret)
        _ = try server.answer(to: request, over: server.socket(from: "127.0.0.2"), secret: secret)
        _ = try server.login("alice", "secret7531")
        #expect(server.log.line(containing: "sent Access-Accept", within: 5) != nil)
        let log = server.log.textSoFar
        #expect(log.contains("received Access-Request") && log.contains("User-Name = \"alice\""))
        #expect(!log.contains("User-Name = \"bob\"") && !log.contains("secret7531"))
        server.stop()
    }
}
