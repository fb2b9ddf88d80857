import Cryptography
import Foundation
import TestSupport
import Testing

@testable import TokenEngine

@Suite struct KeyFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "enckey").path)
    }

    @Test func aKeyFileIsMadeForItsOwnerAlone() throws {
        try withFolder { path in
            try KeyFile.create(at: path)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            let sealed = try KeyFile.load(from: path).cipher.seal(SecretOctets(utf8: "seed"), context: "x")
            #expect(try KeyFile.load(from: path).cipher.open(sealed, context: "x") == SecretOctets(utf8: "seed"))
            #expect(throws: CryptographyError.self) { try KeyFile.load(from: path).cipher.open(sealed, context: "y") }
        }
    }

    @Test func oneThatExistsIsNotWrittenOver() throws {
        try withFolder { path in
            try Data("precious".utf8).write(to: URL(filePath: path))
            #expect(throws: KeyFileError.exists(path: path)) { try KeyFile.create(at: path) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        }
    }

    @Test(arguments: [0o604, 0o640, 0o644, 0o660, 0o601, 0o610])
    func oneThatOthersMayReadIsRefused(_ mode: Int) throws {
        try withFolder { path in
            try KeyFile.create(at: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(throws: KeyFileError.readableByOthers(path: path, mode: UInt32(mode))) {
                try KeyFile.load(from: path)
            }
        }
    }

    @Test(arguments: [
        "", "\n", "zz", String(repeating: "0", count: 63), String(repeating: "0", count: 66),
        String(repeating: "0", count: 64) + "\n\n", String(repeating: "g", count: 64),
    ])
    func whatIsNoKeyFileIsRefused(_ text: String) throws {
        try withFolder { path in
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(throws: KeyFileError.malformed(path: path)) { try KeyFile.load(from: path) }
        }
    }

    @Test func oneThatIsMissingIsAnError() throws {
        try withFolder { path in
            #expect(throws: KeyFileError.self) { try KeyFile.load(from: path) }
            #expect(throws: KeyFileError.self) { try KeyFile.load(from: path + "/x") }
            #expect(throws: KeyFileError.self) { try KeyFile.create(at: path + "/x") }
        }
    }

    @Test func aKeyHas32Octets() {
        #expect(throws: (any Error).self) { try AuthenticatedCipher(key: SecretOctets([1, 2, 3])) }
    }

    // MARK: What apps read

    @Test func anAppIsToldEverything() {
        let uri = EnrolmentURI(
            kind: .totp, seed: SecretOctets(utf8: "12345678901234567890"), account: "alice@corp", digits: 8,
            algorithm: .sha256, periodInSeconds: 60)
        #expect(
            uri?.text == "otpauth://totp/Watchword:alice%40corp?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Watchword&algorithm=SHA256&digits=8&period=60")
        #expect(uri.map { "\($0)" } == "<secret>")
    }

    @Test func aCounterIsToldInsteadOfAPeriod() {
        let uri = EnrolmentURI(kind: .hotp, seed: SecretOctets([1]), account: "a", issuer: "ACME Co", counter: 7)
        #expect(
            uri?.text == "otpauth://hotp/ACME%20Co:a?secret=AE&issuer=ACME%20Co&algorithm=SHA1&digits=6&counter=7")
    }

    @Test(arguments: [("a:b", "a-b"), ("Zoë", "Zo%C3%AB"), ("a&b=c", "a%26b%3Dc"), ("?#%", "%3F%23%25")])
    func anAccountCannotEndItsPart(_ account: String, _ escaped: String) {
        let uri = EnrolmentURI(kind: .totp, seed: SecretOctets([1]), account: account)
        #expect(uri?.text.hasPrefix("otpauth://totp/Watchword:\(escaped)?") == true)
    }

    @Test func noAppHoldsAPassword() {
        #expect(EnrolmentURI(kind: .password, seed: SecretOctets([1]), account: "a") == nil)
        #expect(EnrolmentURI(kind: .spass, seed: SecretOctets([1]), account: "a") == nil)
    }
}
