import Foundation
import TestSupport
import Testing

/// Two versions of a mapping take turns while people log in. Each writes its name into attributes of every reply, by every
/// kind of section, and the load generator looks whether they agree. Benchmarks/reload does it at full speed.
@Suite("Reloaded under load, the server answers everybody by one version", .serialized)
struct ReloadUnderLoadTests {
    static func mapping(_ version: String) -> String {
        """
        [Attribute Filter-Id]
        userAttribute = type
        regex = ^
        prefix = \(version)

        [Rule class]
        Class = \(version)
        Login-LAT-Group = \(version)

        [Rule message]
        when = type is hotp
        Reply-Message = \(version)

        """
    }

    private static let attributes = "11,25,36,18"

    @Test("no login is lost, and no reply is of two versions")
    func reload() throws {
        let installation = try CrashTests.installation()
        try installation.write(Self.mapping("one"), to: "rlm.ini")
        let accounts = try LoadAccounts(32, of: installation)
        let server = try ServerProcess(installation)
        let load = try accounts.load(
            ["--agree", Self.attributes, "--rate", "200", "--logins", "\(Soak.rounds(few: 10) * 100)"])
        var reloads = 0
        while load.isRunning {
            reloads += 1
            try installation.write(Self.mapping(reloads.isMultiple(of: 2) ? "one" : "two"), to: "rlm.ini")
            try installation.watchword("reload")
        }
        #expect(reloads > 1)
        let counts = try load.report().counts
        #expect(counts.mixedReplies == 0 && counts.versions == 2, "\(counts)")
        #expect(counts.lost == 0 && counts.falseRejects == 0 && counts.falseAccepts == 0, "\(counts)")
        #expect(try accounts.contradictions() == [])
        server.stop()
    }

    @Test("a reply of two versions would be noticed, and one that lacks an attribute")
    func mixed() throws {
        let installation = try CrashTests.installation()
        let accounts = try LoadAccounts(8, of: installation)
        try installation.write(
            Self.mapping("one") + "[Rule other]\nwhen = serial matches [02468]$\nClass = two\n", to: "rlm.ini")
        let server = try ServerProcess(installation)
        let load = try accounts.load(["--agree", Self.attributes, "--logins", "8"])
        let counts = try load.report().counts
        #expect(counts.accepts == 8 && counts.mixedReplies == 4, "\(counts)")
        #expect(load.status() == 1)
        let lacking = try accounts.load(["--agree", "11,24", "--logins", "8"])
        #expect(try lacking.report().counts.mixedReplies == 8)
        server.stop()
    }
}
