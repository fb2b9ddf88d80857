import Foundation
import Testing

@testable import RadiusServer

@Suite("The control socket")
struct ControlSocketTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test("is for its owner alone from the moment that it is there")
    func mode() throws {
        let control = try ControlSocket(listeningAt: folder.file("control.sock"))
        #expect(try folder.mode(of: "control.sock") == 0o600)
        control.shutDown()
    }

    @Test("takes no rights away from what other threads make meanwhile")
    func otherThreads() throws {
        let path = folder.path
        let thread = Thread(named: "sockets") {
            for number in 0..<500 { _ = try? ControlSocket(listeningAt: "\(path)/\(number).sock") }
        }
        var modes: Set<Int> = []
        for number in 0..<500 {
            try #require(unsafe mkdir(folder.file("\(number)"), 0o700) == 0)
            modes.insert(try folder.mode(of: "\(number)"))
        }
        thread?.join()
        #expect(modes == [0o700])
    }
}
