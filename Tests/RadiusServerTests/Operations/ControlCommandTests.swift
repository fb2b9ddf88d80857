import Testing

@testable import RadiusServer

@Suite("What a running server can be asked")
struct ControlCommandTests {
    @Test(
        "each command is read as it was written",
        arguments: [
            .reload(confirmSeconds: nil), .reload(confirmSeconds: 1), .reload(confirmSeconds: 86_400), .keep, .revert,
            .status, .metrics,
        ] as [ControlCommand])
    func roundTrip(command: ControlCommand) {
        #expect(ControlCommand(line: command.line) == command)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "Reload", "reload ", "reload 0", "reload -1", "reload 86401", "reload x", "reload 1 2", "reload  1",
            "reload 99999999999999999999", "keep 1", "status\r", "stop",
        ])
    func refused(line: String) {
        #expect(ControlCommand(line: line) == nil)
    }
}
