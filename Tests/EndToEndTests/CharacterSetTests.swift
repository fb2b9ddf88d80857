import TestSupport
import Testing

@Suite("Names and PINs in the character set of the device")
struct CharacterSetTests {
    /// Jürgen's PIN is Bär€.
    private static let forms: [(what: String, name: [UInt8], pin: [UInt8], log: String)] = [
        ("UTF-8", Array("J\u{fc}rgen".utf8), Array("B\u{e4}r€".utf8), "name_read_as=utf-8 password_read_as=utf-8"),
        (
            "UTF-8, decomposed", Array("Ju\u{308}rgen".utf8), Array("Ba\u{308}r€".utf8),
            "name_read_as=utf-8 password_read_as=utf-8"
        ),
        (
            "Windows-1252, with a NUL behind the name", [0x4a, 0xfc, 0x72, 0x67, 0x65, 0x6e, 0],
            [0x42, 0xe4, 0x72, 0x80], "name_read_as=latin-1 password_read_as=cp1252"
        ),
    ]

    @Test("the same login, in each of them; the log says which it was")
    func forms() throws {
        let installation = try Installation()
        try installation.enrol("Jürgen", pin: "Bär€")
        let server = try ServerProcess(installation)
        for (counter, form) in Self.forms.enumerated() {
            let otp = try Array(OneTimePasswordGenerator.rfc4226.value(at: UInt64(counter)).utf8)
            let request = try RadiusMessage.request(
                user: form.name, password: form.pin + otp, secret: installation.secret, identifier: UInt8(counter))
            let code = try server.answer(to: request, over: server.socket()).code
            #expect(code == RadiusMessage.accessAccept, "\(form.what)")
            #expect(
                server.log.line(containing: "id=\(counter) user=Jürgen realm=default \(form.log)", within: 5) != nil)
        }
        #expect(try server.login("Jurgen", "Bär€338314").code == RadiusMessage.accessReject)
        server.stop()
    }

    @Test("a client section can say which it is, and then no other is taken")
    func pinned() throws {
        let installation = try Installation()
        try installation.configure("[Client localhost]", "character_set = utf-8")
        try installation.enrol("Jürgen", pin: "Bär€")
        let server = try ServerProcess(installation)
        let latin = try RadiusMessage.request(
            user: Self.forms[2].name, password: Self.forms[2].pin + Array("755224".utf8), secret: installation.secret)
        #expect(try server.answer(to: latin, over: server.socket()).code == RadiusMessage.accessReject)
        #expect(server.log.line(containing: "reason=name-malformed", within: 5) != nil, "\(server.log.textSoFar)")
        #expect(try server.login("Jürgen", "Bär€755224").code == RadiusMessage.accessAccept)
        server.stop()
    }

    @Test("a NUL within a name is another matter")
    func embedded() throws {
        let installation = try Installation()
        try installation.enrol("alice")
        let server = try ServerProcess(installation)
        for (name, reason) in [("alice\0x", "name-malformed"), ("\0\0", "name-missing"), ("\0alice", "name-malformed")]
        {
            #expect(try server.login(name, "1234755224").code == RadiusMessage.accessReject)
            #expect(server.log.line(containing: "reason=\(reason)", within: 5) != nil, "\(server.log.textSoFar)")
        }
        #expect(try server.login("alice\0\0", "1234755224").code == RadiusMessage.accessAccept)
        server.stop()
    }
}
