import Foundation
import TokenEngine
import Testing

@testable import RadiusServer

/// A keeper on a clock of the test's own. Which version is in force is read off its reject_delay.
@Suite("Who keeps the configuration")
struct ConfigurationKeeperTests {
    private let folder: TestServerFolder
    private let server: ServerContext
    private let keeper: ConfigurationKeeper

    init() throws {
        folder = try TestServerFolder()
        try folder.edit("#reject_delay = 1", "reject_delay = 1")
        let configuration = try #require(Configuration.load(path: folder.configuration).configuration)
        let keys = try KeyFile.load(from: configuration.server.keyFilePath)
        server = ServerContext(configuration: configuration, keys: keys, log: Log(level: .error), isTracing: false)
        keeper = ConfigurationKeeper(server: server, path: folder.configuration)
    }

    private var version: Int64 { server.active.current.configuration.server.rejectDelayInSeconds }

    private func write(version: Int) throws {
        let text = try folder.folder.text(of: "server/watchword.ini")
        let new = text.replacing(/\nreject_delay = \w+/, with: "\nreject_delay = \(version)")
        try folder.folder.write(new, to: "server/watchword.ini")
    }

    /// Writes a version, and has it taken over.
    private func reload(_ version: Int, confirmSeconds: Int64? = nil, at now: Int64) throws -> ControlReply {
        try write(version: version)
        return keeper.reload(confirmSeconds: confirmSeconds, at: now)
    }

    @Test("a good version is taken over, a broken one is not")
    func reload() throws {
        #expect(try reload(2, at: 0).isDone)
        #expect(version == 2)
        try folder.edit("type = local", "type = lokal")
        let refused = try reload(3, at: 1000)
        #expect(!refused.isDone && refused.text.contains("lokal"))
        #expect(version == 2)
        #expect(keeper.report(at: 1000).lastEvent.contains("not reloaded"))
        #expect(server.metrics.text.contains("watchword_reloads_total{result=\"refused\"} 1\n"))
    }

    @Test("what nobody keeps in time goes, and says so")
    func deadline() throws {
        _ = try reload(2, confirmSeconds: 10, at: 0)
        keeper.look(at: 9_999)
        #expect(version == 2)
        #expect(keeper.report(at: 9_000).secondsLeft == 1)
        #expect(server.metrics.text.contains("watchword_reload_awaits_confirmation 1\n"))
        keeper.look(at: 10_000)
        #expect(version == 1)
        #expect(keeper.report(at: 10_000).secondsLeft == nil)
        #expect(keeper.report(at: 10_000).lastEvent.contains("nobody kept it"))
        #expect(server.metrics.text.contains("watchword_reload_awaits_confirmation 0\n"))
        #expect(server.metrics.text.contains("watchword_reloads_total{result=\"reverted\"} 1\n"))
        #expect(!keeper.keep().isDone)
    }

    @Test("what somebody keeps stays")
    func keep() throws {
        _ = try reload(2, confirmSeconds: 10, at: 0)
        #expect(keeper.keep().isDone)
        keeper.look(at: 20_000)
        #expect(version == 2)
        #expect(!keeper.keep().isDone && !keeper.revert().isDone)
    }

    @Test("going back can be ordered")
    func revert() throws {
        _ = try reload(2, confirmSeconds: 10, at: 0)
        #expect(keeper.revert().isDone)
        #expect(version == 1)
    }

    @Test("what is reloaded meanwhile waits too, and what comes back is the version that was kept last")
    func several() throws {
        _ = try reload(2, confirmSeconds: 10, at: 0)
        _ = try reload(3, at: 5_000)
        #expect(keeper.report(at: 5_000).secondsLeft == 5)
        _ = try reload(4, confirmSeconds: 10, at: 8_000)
        keeper.look(at: 17_999)
        #expect(version == 4)
        keeper.look(at: 18_000)
        #expect(version == 1)
    }

    @Test("a broken version changes nothing about the one that waits")
    func brokenMeanwhile() throws {
        _ = try reload(2, confirmSeconds: 10, at: 0)
        #expect(try !reload(11, confirmSeconds: 100, at: 5_000).isDone)
        #expect(version == 2 && keeper.report(at: 5_000).secondsLeft == 5)
    }

    @Test("a changed file is taken over when it has settled, if that is wanted")
    func change() throws {
        try write(version: 2)
        for second in 0...3 { keeper.look(at: Int64(second) * 1000) }
        #expect(version == 1)
        #expect(keeper.report(at: 0).changedFiles == [folder.configuration])
        try folder.edit("#reload_on_change = no", "reload_on_change = yes")
        _ = keeper.reload(confirmSeconds: nil, at: 4_000)
        #expect(version == 2 && keeper.report(at: 0).changedFiles.isEmpty)
        try write(version: 3)
        keeper.look(at: 5_000)
        try write(version: 4)
        keeper.look(at: 6_000)
        #expect(version == 2, "somebody is still writing")
        keeper.look(at: 7_000)
        #expect(version == 4)
    }

    @Test("of every file that the configuration names", arguments: ["rlm.ini", "dictionary", "dictionary.d/cisco"])
    func otherFiles(name: String) throws {
        try folder.edit("#reload_on_change = no", "reload_on_change = yes")
        _ = keeper.reload(confirmSeconds: nil, at: 0)
        let before = server.active.current
        try folder.folder.write(folder.folder.text(of: "server/\(name)") + "\n", to: "server/\(name)")
        keeper.look(at: 1000)
        keeper.look(at: 2000)
        #expect(server.active.current !== before)
    }

    @Test("a broken file is refused once for each change, and a mended one is taken")
    func brokenChange() throws {
        try folder.edit("#reload_on_change = no", "reload_on_change = yes")
        _ = keeper.reload(confirmSeconds: nil, at: 0)
        try write(version: 77)
        for second in 1...6 { keeper.look(at: Int64(second) * 1000) }
        #expect(version == 1)
        #expect(server.metrics.text.contains("watchword_reloads_total{result=\"refused\"} 1\n"))
        try write(version: 5)
        for second in 7...8 { keeper.look(at: Int64(second) * 1000) }
        #expect(version == 5)
    }

    @Test("a file that vanishes and comes again is a change")
    func vanished() throws {
        try folder.edit("#reload_on_change = no", "reload_on_change = yes")
        _ = keeper.reload(confirmSeconds: nil, at: 0)
        let mapping = folder.folder.file("server/rlm.ini")
        let text = try folder.folder.text(of: "server/rlm.ini")
        try FileManager.default.removeItem(atPath: mapping)
        for second in 1...3 { keeper.look(at: Int64(second) * 1000) }
        #expect(server.metrics.text.contains("watchword_reloads_total{result=\"refused\"} 1\n"))
        try folder.folder.write(text, to: "server/rlm.ini")
        for second in 4...5 { keeper.look(at: Int64(second) * 1000) }
        #expect(server.metrics.text.contains("watchword_reloads_total{result=\"done\"} 2\n"))
    }
}
