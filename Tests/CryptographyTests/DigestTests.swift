import Foundation
import TestSupport
import Testing

@testable import Cryptography

enum TestFiles {
    static func records(_ name: String) throws -> [VectorRecord] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
        return try VectorFile(at: folder.appending(path: name)).records
    }
}

/// Digests and HMAC by the RFCs' own vectors.
struct DigestTests {
    private static func algorithm(_ record: VectorRecord) throws -> DigestAlgorithm {
        try #require(DigestAlgorithm(rawValue: record.required("algorithm")))
    }

    @Test(
        "a digest is that of the standard, and the next one starts anew",
        arguments: try TestFiles.records("digests.txt"))
    func digests(_ record: VectorRecord) throws {
        let algorithm = try Self.algorithm(record)
        let data = try record.octets("data")
        var digest = try MessageDigest(algorithm)
        for _ in 0..<2 {
            digest.update(data)
            let value: InlineArray<64, UInt8> = digest.finish()
            #expect(Self.text(value, algorithm.digestSize) == record["digest"])
        }
        // In pieces.
        for octet in data { digest.update(octet) }
        let value: InlineArray<64, UInt8> = digest.finish()
        #expect(Self.text(value, algorithm.digestSize) == record["digest"])
    }

    @Test("an HMAC is that of the standard", arguments: try TestFiles.records("hmac.txt"))
    func codes(_ record: VectorRecord) throws {
        let algorithm = try Self.algorithm(record)
        let key = try MessageAuthenticationKey(algorithm, key: SecretOctets(record.octets("key")))
        let data = try record.octets("data")
        let expected = try record.required("code")
        let code: InlineArray<64, UInt8> = key.code(of: data)
        #expect(Self.text(code, expected.utf8.count / 2) == expected)
        // With a digest of one's own, which is then free for other work.
        var digest = try MessageDigest(algorithm)
        key.begin(in: &digest)
        digest.update(data)
        let again: InlineArray<64, UInt8> = key.finish(in: &digest)
        #expect(Self.text(again, expected.utf8.count / 2) == expected)
        let empty: InlineArray<64, UInt8> = digest.finish()
        var other = try MessageDigest(algorithm)
        let reference: InlineArray<64, UInt8> = other.finish()
        #expect(Self.text(empty, algorithm.digestSize) == Self.text(reference, algorithm.digestSize))
    }

    @Test("a digest that OpenSSL fails is not taken for one: the process ends")
    func failure() async {
        MessageDigest.demand(1)
        await #expect(processExitsWith: .failure) { MessageDigest.demand(0) }
        await #expect(processExitsWith: .failure) { MessageDigest.demand(-1) }
    }

    private static func text(_ octets: InlineArray<64, UInt8>, _ size: Int) -> String {
        Hexadecimal.text((0..<size).map { octets[$0] })
    }
}
