import Foundation
import TestSupport
import Testing

@Suite("Attributes that rlm.ini maps")
struct MappingTests {
    private static let mapping = """
        [Mapping]
        serial = privacyIDEA-Serial

        [Mapping user]
        group = Class

        [Attribute Filter-Id]
        dir = user
        userAttribute = acl
        regex = CN=(\\w*)-users,OU=sales
        prefix = sales-
        suffix = .in

        """

    /// The values of a vendor's attribute (RFC 2865 §5.26).
    private func values(of type: UInt8, vendor: UInt32, in message: RadiusMessage) -> [String] {
        let prefix = (0..<4).map { UInt8(truncatingIfNeeded: vendor >> UInt32(24 - 8 * $0)) } + [type]
        return message.values(RadiusMessage.vendorSpecific).filter { $0.starts(with: prefix) }.map { value in
            #expect(Int(value[5]) == value.count - 4)
            return String(decoding: value[6...], as: UTF8.self)
        }
    }

    @Test("come with Access-Accept and Access-Challenge alike, and never with Access-Reject")
    func onTheWire() throws {
        let installation = try Installation()
        try installation.write(Self.mapping, to: "rlm.ini")
        let serial = try installation.enrol(
            "alice",
            attributes: [
                "group=staff", "group=vpn", "group=Großkunden", "acl=CN=east-users,OU=sales", "acl=CN=admins,OU=it",
            ])
        let server = try ServerProcess(installation)
        for (password, code) in [("1234", RadiusMessage.accessChallenge), ("1234755224", RadiusMessage.accessAccept)] {
            let answer = try server.login("alice", password)
            #expect(answer.code == code)
            #expect(values(of: 1, vendor: 44929, in: answer) == [serial])
            let classes = answer.values(25).map { String(decoding: $0, as: UTF8.self) }
            #expect(classes == ["staff", "vpn", "Großkunden"])
            #expect(answer.values(11) == [Array("sales-east.in".utf8)])
        }
        let reject = try server.login("alice", "1234000000")
        #expect(reject.attributes.map(\.type) == [RadiusMessage.messageAuthenticator, RadiusMessage.replyMessage])
        server.stop()
    }

    @Test("have in radclient the names of our dictionary, which FreeRADIUS can read")
    func dictionary() throws {
        let installation = try Installation()
        let serial = try installation.enrol("alice", attributes: ["group=staff"])
        let server = try ServerProcess(installation)
        let result = try server.radclient(
            "User-Name = alice, User-Password = 1234755224", options: ["-D", installation.folder.path()])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("privacyIDEA-Serial = \"\(serial)\""), "\(result.output)")
        server.stop()
    }

    @Test("a user who lacks an attribute gets nothing in its place")
    func missing() throws {
        let installation = try Installation()
        try installation.write(Self.mapping, to: "rlm.ini")
        let serial = try installation.enrol("alice")
        let server = try ServerProcess(installation)
        let answer = try server.login("alice", "1234755224")
        #expect(answer.code == RadiusMessage.accessAccept)
        #expect(values(of: 1, vendor: 44929, in: answer) == [serial])
        #expect(answer.values(25).isEmpty && answer.values(11).isEmpty)
        server.stop()
    }

    @Test("a client may have a mapping of its own")
    func ofAClient() throws {
        let installation = try Installation()
        try installation.write(Self.mapping, to: "rlm.ini")
        try installation.write("[Mapping user]\ngroup = Filter-Id\n", to: "office.ini")
        try installation.configure(
            "[Client office]\naddress = 127.0.0.2\nsecret = another secret, long enough\nmapping = office.ini")
        try installation.enrol("alice", attributes: ["group=staff"])
        let server = try ServerProcess(installation)
        #expect(try server.login("alice", "1234").values(25) == [Array("staff".utf8)])
        let secret = Array("another secret, long enough".utf8)
        let request = try RadiusMessage.request(user: "alice", password: "1234755224", secret: secret)
        let answer = try server.answer(to: request, over: server.socket(from: "127.0.0.2"), secret: secret)
        #expect(answer.values(11) == [Array("staff".utf8)])
        #expect(answer.values(25).isEmpty)
        server.stop()
    }

    /// Every value that a decision has, each behind its name.
    private static let everything = [
        "serial", "type", "otplen", "message", "user-realm", "user-resolver", "client_mode", "user.username",
        "user.userid", "user.group", "user.mail", "token.serial", "token.type", "token.description", "token.site",
        "client.name", "client.group", "client.address", "request.nas-identifier", "request.Service-Type",
        "request.User-Name",
    ]

    @Test("are those that `map --user` foretells", arguments: ["accept", "challenge"])
    func foretold(result: String) throws {
        let installation = try Installation()
        try installation.configure("[Client localhost]", "group = gates, berlin")
        let rules = Self.everything.map { name in
            let parts = name.split(separator: ".").map(String.init)
            let section = parts.count > 1 ? "dir = \(parts[0])\n" : ""
            let key = parts.last ?? ""
            return
                "[Attribute \(name)]\nradiusAttribute = Filter-Id\n\(section)userAttribute = \(key)\nprefix = \(name)="
        }
        try installation.write(rules.joined(separator: "\n") + "\n", to: "rlm.ini")
        try installation.enrol(
            "alice", attributes: ["group=staff", "group=vpn", "mail=a@b"],
            options: ["--attribute", "site=berlin", "--description", "the blue one"])
        let foretold = try installation.watchword(
            "map", "--user", "alice", "--client", "127.0.0.1", "--result", result, "--request", "NAS-Identifier=gate",
            "--request", "Service-Type=Framed-User", "--request", "User-Name=alice")
        let server = try ServerProcess(installation)
        let answer = try server.login(
            "alice", result == "accept" ? "1234755224" : "1234",
            more: [.init(32, Array("gate".utf8)), .init(6, [0, 0, 0, 2])])
        #expect(answer.code == (result == "accept" ? RadiusMessage.accessAccept : RadiusMessage.accessChallenge))
        let sent = answer.values(11).map { "Filter-Id = \"\(String(decoding: $0, as: UTF8.self))\"" }
        #expect(foretold.split(separator: "\n").map(String.init) == sent)
        #expect(sent.count == Self.everything.count + 2 - (result == "accept" ? 1 : 0))
        server.stop()
    }
}
