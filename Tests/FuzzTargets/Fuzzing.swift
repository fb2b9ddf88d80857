import Cryptography
package import Foundation
package import RadiusCodec

/// What the targets share, made once: dictionaries, a secret, and chance that is none, so that an input does the same
/// whenever it is run.
package struct Fuzzing: Sendable {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The dictionary that we ship, and attributes in every form that it lacks.
    package let dictionary: AttributeDictionary
    let secret: SharedSecret

    package init() throws {
        let files = [
            "fuzzing": """
            $INCLUDE \(Self.root.path)/dictionary
            $INCLUDE \(Self.root.path)/Tests/RadiusCodecTests/Vectors/forms.dictionary
            VENDOR Ascend 529
            BEGIN-VENDOR Ascend
            ATTRIBUTE Ascend-Send-Secret 214 string encrypt=3
            END-VENDOR Ascend
            """
        ]
        let (dictionary, diagnostics) = AttributeDictionary.load(file: "fuzzing") { path in
            files[path].map { Array($0.utf8) } ?? FileManager.default.contents(atPath: path).map(Array.init)
        }
        guard diagnostics.isEmpty else { throw BrokenProperty(description: "\(diagnostics)") }
        self.dictionary = dictionary
        secret = try SharedSecret(SecretOctets(utf8: "xyzzy5461"))
    }

    /// Runs one input.
    ///
    /// - Throws: ``BrokenProperty`` when something does not hold that must.
    package func check(_ input: [UInt8], by target: FuzzTarget) throws(BrokenProperty) {
        switch target {
        case .packet: try checkPacket(input)
        case .value: try checkValue(input)
        case .dictionary: try checkDictionary(input)
        case .configuration: try checkConfiguration(input)
        case .hiding: try checkHiding(input)
        case .mapping: try checkMapping(input)
        }
    }

    static func workspace() throws(BrokenProperty) -> CodecWorkspace {
        do throws(CryptographyError) {
            return try CodecWorkspace(random: NoChance())
        } catch {
            throw BrokenProperty(description: "\(error)")
        }
    }

    /// Whether nothing in a text acts on a terminal.
    static func isPrintable(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }
    }

    /// A packet of these attributes; nil when they make none.
    static func packet(_ attributes: [UInt8], code: PacketCode = .accessRequest) -> Packet? {
        let size = Packet.headerSize + attributes.count
        let header = [code.rawValue, 1, UInt8(truncatingIfNeeded: size >> 8), UInt8(truncatingIfNeeded: size)]
        return try? Packet(parsing: header + Array(0x10...0x1f) + attributes)
    }
}

private struct NoChance: RandomOctets {
    func octets(_ count: Int) throws(CryptographyError) -> [UInt8] { [UInt8](repeating: 7, count: count) }
}
