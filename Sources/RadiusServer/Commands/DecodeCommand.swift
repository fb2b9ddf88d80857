import Cryptography
import RadiusCodec

/// `watchword decode`: a packet in hex, in words.
enum DecodeCommand {
    static let command = Command(
        name: "decode",
        summary: "Reads a packet in hex from standard input and prints its code and attributes",
        options: [secret, requestAuthenticator],
        example:
            "echo 01050026000102030405060708090a0b0c0d0e0f0107616c696365060600000001200573736800 | watchword decode",
        action: run)

    private static let secret = CommandOption(
        name: "--secret", value: "SECRET", summary: "the shared secret: reveals passwords and checks signatures")
    private static let requestAuthenticator = CommandOption(
        name: "--request-authenticator", value: "HEX",
        summary: "of the request that the packet answers, its octets 5 to 20: reveals and checks an answer")

    /// 4096 octets in hex, with blanks, line ends and a prefix or two between them.
    private static let inputSizeMaximum = 1 << 16

    private struct Document: Encodable {
        let code: String
        let identifier: UInt8
        let attributes: [AttributeDocument]
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let secret = try sharedSecret(invocation)
        let authenticator = try authenticator(invocation)
        let packet = try packet(try invocation.console.everything(limit: inputSizeMaximum))
        var printer = try PacketPrinter(invocation.dictionary())
        if let secret, let problem = try printer.problem(of: packet, secret: secret, answering: authenticator) {
            invocation.console.note("warning: \(problem)")
        }
        let unrevealed = printer.unrevealedCount(of: packet, secret: secret, answering: authenticator)
        if unrevealed > 0 {
            invocation.console.note(
                "warning: \(unrevealed == 1 ? "1 hidden value is shown as it" : "\(unrevealed) hidden values are shown as they") came: "
                    + "an answer's are revealed with --request-authenticator, octets 5 to 20 of its request")
        }
        let lines = printer.lines(of: packet, secret: secret, answering: authenticator, showingSecrets: secret != nil)
        let document = Document(
            code: packet.code.description, identifier: packet.identifier,
            attributes: printer.documents(
                of: packet, secret: secret, answering: authenticator, showingSecrets: secret != nil))
        try invocation.show(document, orText: ([packet.code.description] + lines).joined(separator: "\n"))
        return .done
    }

    private static func packet(_ input: [UInt8]) throws(CommandFailure) -> Packet {
        var text = String(decoding: input, as: UTF8.self)
        text.removeAll { $0.isWhitespace || $0 == ":" }
        if text.hasPrefix("0x") { text.removeFirst(2) }
        guard !text.isEmpty else { throw .no("standard input is empty; a packet in hex was expected") }
        guard let octets = Hexadecimal.octets(text) else {
            throw .no("standard input is not hex; digits 0-9 and a-f in pairs were expected")
        }
        do throws(MalformedPacket) {
            return try Packet(parsing: octets)
        } catch { throw .no("malformed packet, \(error)") }
    }

    private static func sharedSecret(_ invocation: Invocation) throws(CommandFailure) -> SharedSecret? {
        guard let text = invocation.arguments.value(of: secret) else { return nil }
        do throws(CryptographyError) {
            return try SharedSecret(SecretOctets(utf8: text))
        } catch { throw .couldNot("\(error)") }
    }

    private static func authenticator(_ invocation: Invocation) throws(CommandFailure) -> Authenticator? {
        guard let text = invocation.arguments.value(of: requestAuthenticator) else { return nil }
        guard let octets = Hexadecimal.octets(text), let authenticator = Authenticator(octets) else {
            throw .wrongUsage("--request-authenticator is '\(text)'; it takes 16 octets in hex, 32 digits")
        }
        return authenticator
    }
}
