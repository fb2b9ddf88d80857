import Cryptography
import Foundation
import RadiusCodec
import TestSupport

/// What the tests of the codec share: where their files are, a secret, and the dictionaries.
enum TestSetting {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let vectors = root.appending(path: "Tests/RadiusCodecTests/Vectors")

    /// The dictionary that we ship.
    static let dictionary = load(root.appending(path: "dictionary").path).dictionary

    static func load(_ path: String) -> (dictionary: AttributeDictionary, diagnostics: [Diagnostic]) {
        AttributeDictionary.load(file: path, reading: contents)
    }

    static func contents(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map(Array.init) }

    static func records(_ name: String) throws -> [VectorRecord] {
        try VectorFile(at: vectors.appending(path: name)).records
    }

    static func secret(_ text: String = "xyzzy5461") throws -> SharedSecret {
        try SharedSecret(SecretOctets(utf8: text))
    }

    /// An Access-Request with nothing in it and the Request Authenticator 1011…1f.
    static let request = try? Packet(parsing: [1, 1, 0, 20] + Array(0x10...0x1f))
}

extension Array where Element == UInt8 {
    var hexadecimal: String { Hexadecimal.text(self) }
}
