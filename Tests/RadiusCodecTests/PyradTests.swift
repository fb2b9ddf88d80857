import Cryptography
import Foundation
import RadiusCodec
import TestSupport
import Testing

private let python = TestSetting.root.appending(path: ".build/pyrad/bin/python").path

/// Replies through pyrad, a codec that shares no line with FreeRADIUS: it decodes and verifies ours, we decode its own. Here
/// the salted values go both ways too, which radclient does not send.
@Suite(
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: python),
        "there is no pyrad: run scripts/pyrad, which needs python3-venv and PyPI"))
struct PyradTests {
    private static let folder = TestSetting.vectors.appending(path: "pyrad")

    @Test("generated replies go through pyrad, both ways", arguments: [1, 2, 3] as [UInt64])
    func replies(_ seed: UInt64) throws {
        var workspace = try CodecWorkspace()
        let secret = try TestSetting.secret()
        let dictionary = TestSetting.load(Self.folder.appending(path: "dictionary").path).dictionary
        let request = try Packet(
            parsing: PacketBuilder(
                requesting: .accessRequest, identifier: 7, authenticator: Authenticator(random: SecureRandom())
            ).finish(signedWith: secret, &workspace))
        var values = RandomValue(generator: SeededGenerator(seed: seed), dictionary: dictionary)
        let rounds = (0..<50).map { _ in Self.attributes(of: dictionary, &values) }

        var input = "request \(request.octets.hexadecimal)\n"
        for attributes in rounds {
            var builder = PacketBuilder(replying: .accessAccept, to: request)
            for attribute in attributes {
                try builder.append(attribute)
                input += "attribute \(Self.line(attribute))\n"
            }
            let reply = builder.finish(signedWith: secret, &workspace)
            input += "end\nreply \(reply.hexadecimal)\nrequest \(request.octets.hexadecimal)\n"
        }
        let result = try Command.run(
            python,
            [Self.folder.appending(path: "exchange.py").path, Self.folder.appending(path: "dictionary").path],
            input: input)
        let answers = result.output.components(separatedBy: "end\n").dropLast()
        #expect(answers.count == rounds.count, "\(result.errors)")
        for (attributes, answer) in zip(rounds, answers) {
            // pyrad keeps the attributes of a name together, so that their order is no property.
            let expected = attributes.map(Self.line).sorted()
            var lines = answer.split(separator: "\n").map(String.init)
            let octets = try #require(Hexadecimal.octets(lines.removeFirst().dropFirst("reply ".count)))
            let theirs = try Packet(parsing: octets)
            try theirs.verifyReply(to: request, secret: secret, &workspace)
            let decoded = dictionary.attributes(
                of: theirs, secret: secret, requestAuthenticator: request.authenticator, &workspace)
            #expect(decoded.map(Self.line).filter(Self.isNoSignature).sorted() == expected)
            #expect(lines.filter(Self.isNoSignature).sorted() == expected)
        }
    }

    /// A value for every attribute of pyrad's dictionary; text in it is UTF-8, which pyrad insists on.
    private static func attributes(
        of dictionary: AttributeDictionary, _ values: inout RandomValue
    ) -> [EncodedAttribute] {
        dictionary.definitions.filter { $0.name != "Message-Authenticator" }.compactMap { definition in
            guard let value = values.attribute(definition) else { return nil }
            guard definition.type == .string else { return value }
            let text = Array(String(decoding: value.octets, as: UTF8.self).utf8)
            return EncodedAttribute(definition: definition, tag: value.tag, octets: text)
        }
    }

    private static func line(_ attribute: EncodedAttribute) -> String {
        let tag = attribute.tag.map { ":\($0)" } ?? ""
        return "\(attribute.definition.name)\(tag) \(attribute.octets.hexadecimal)"
    }

    private static func isNoSignature(_ line: String) -> Bool { !line.hasPrefix("Message-Authenticator") }
}
