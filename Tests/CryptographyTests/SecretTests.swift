import Cryptography
import TestSupport
import Testing

/// Secrets at rest and in memory: sealed, hashed, derived, and never printed.
struct SecretTests {
    private static let key = SecretOctets([UInt8](repeating: 7, count: 32))

    @Test("what was sealed opens again", arguments: [0, 1, 15, 16, 17, 64, 1000])
    func sealing(_ size: Int) throws {
        let cipher = try AuthenticatedCipher(key: Self.key)
        let secret = SecretOctets((0..<size).map { UInt8(truncatingIfNeeded: $0) })
        let sealed = try cipher.seal(secret, context: "serial")
        #expect(sealed.count == size + 28)
        #expect(try cipher.open(sealed, context: "serial") == secret)
        #expect(try cipher.seal(secret, context: "serial") != sealed, "the nonce is new each time")
    }

    @Test("one changed bit anywhere is noticed")
    func tampering() throws {
        let cipher = try AuthenticatedCipher(key: Self.key)
        let sealed = try cipher.seal(SecretOctets(utf8: "secret"), context: "serial")
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: CryptographyError.self) { try cipher.open(changed, context: "serial") }
            }
        }
    }

    @Test("what is cut or grown does not open")
    func sizes() throws {
        let cipher = try AuthenticatedCipher(key: Self.key)
        let sealed = try cipher.seal(SecretOctets(utf8: "secret"), context: "serial")
        for count in 0..<sealed.count {
            #expect(throws: CryptographyError.self) { try cipher.open(Array(sealed.prefix(count)), context: "serial") }
        }
        #expect(throws: CryptographyError.self) { try cipher.open(sealed + [0], context: "serial") }
    }

    @Test("another context or another key does not open it")
    func others() throws {
        let cipher = try AuthenticatedCipher(key: Self.key)
        let sealed = try cipher.seal(SecretOctets(utf8: "secret"), context: "serial")
        #expect(throws: CryptographyError.self) { try cipher.open(sealed, context: "Serial") }
        #expect(throws: CryptographyError.self) { try cipher.open(sealed, context: "") }
        let other = try AuthenticatedCipher(key: SecretOctets([UInt8](repeating: 8, count: 32)))
        #expect(throws: CryptographyError.self) { try other.open(sealed, context: "serial") }
    }

    @Test("a key of another size is refused", arguments: [0, 16, 31, 33, 64])
    func keySizes(_ size: Int) {
        #expect(throws: CryptographyError.self) {
            try AuthenticatedCipher(key: SecretOctets([UInt8](repeating: 1, count: size)))
        }
    }

    @Test("a derived key is that of the standard", arguments: try TestFiles.records("hkdf.txt"))
    func derivation(_ record: VectorRecord) throws {
        let expected = try record.octets("key")
        let key = try derivedKey(
            from: SecretOctets(record.octets("master")), purpose: record["purpose"] ?? "", size: expected.count)
        #expect(key.octets == expected)
    }

    @Test("a password is held against its hash", arguments: try TestFiles.records("password-hashes.txt"))
    func passwords(_ record: VectorRecord) throws {
        let pepper = try MessageAuthenticationKey(.sha256, key: record.octets("pepper"))
        let otherPepper = try MessageAuthenticationKey(.sha256, key: [1, 2, 3])
        let hash = PasswordHash(stored: try record.required("hash"))
        let secret = SecretOctets(try record.octets("secret"))
        #expect(try hash.matches(secret, pepper: pepper))
        #expect(try !hash.matches(SecretOctets(secret.octets + [0]), pepper: pepper))
        #expect(try !hash.matches(secret, pepper: otherPepper))
    }

    @Test("a new hash has a salt of its own, and its cost")
    func newHash() throws {
        let pepper = try MessageAuthenticationKey(.sha256, key: [1])
        let cost = PasswordHashCost(logarithmOfN: 4)
        let first = try PasswordHash(of: SecretOctets(utf8: "1234"), pepper: pepper, cost: cost)
        let second = try PasswordHash(of: SecretOctets(utf8: "1234"), pepper: pepper, cost: cost)
        #expect(first != second)
        #expect(first.cost == cost)
        #expect(try first.matches(SecretOctets(utf8: "1234"), pepper: pepper))
        #expect(try !first.matches(SecretOctets(utf8: "1235"), pepper: pepper))
    }

    @Test(
        "a damaged hash is no wrong password but an error",
        arguments: [
            "", "$", "$scrypt$", "$scrypt$ln=4,r=8,p=1$00", "$scrypt$ln=4,r=8,p=1$00$00", "$bcrypt$ln=4,r=8,p=1$00$00",
            "$scrypt$ln=40,r=8,p=1$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=4,r=800,p=1$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=4,r=8,p=0$00$" + String(repeating: "0", count: 64),
            // 512 MiB at once, and 256 MiB twice.
            "$scrypt$ln=19,r=8,p=1$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=18,r=8,p=2$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=18,r=9,p=1$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=20,r=16,p=1$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=4,r=8$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=x,r=8,p=1$00$" + String(repeating: "0", count: 64),
            "$scrypt$ln=4,r=8,p=1$0g$" + String(repeating: "0", count: 64),
            "$scrypt$ln=4,r=8,p=1$00$" + String(repeating: "0", count: 66),
        ])
    func damagedHash(_ text: String) throws {
        let pepper = try MessageAuthenticationKey(.sha256, key: [1])
        #expect(throws: CryptographyError.self) {
            try PasswordHash(stored: text).matches(SecretOctets(utf8: "1234"), pepper: pepper)
        }
    }

    @Test(
        "nor is a hash made that could not be checked",
        arguments: [(19, 8, 1), (18, 8, 2), (0, 8, 1), (64, 8, 1), (4, 0, 1)])
    func unbearable(_ logarithmOfN: Int, _ r: Int, _ p: Int) throws {
        let pepper = try MessageAuthenticationKey(.sha256, key: [1])
        let cost = PasswordHashCost(logarithmOfN: logarithmOfN, r: r, p: p)
        #expect(throws: CryptographyError.self) {
            try PasswordHash(of: SecretOctets(utf8: "1234"), pepper: pepper, cost: cost)
        }
    }

    @Test("the dearest hash that is allowed is found within its bounds")
    func dearest() {
        let zeroes = String(repeating: "0", count: 64)
        #expect(PasswordHash(stored: "$scrypt$ln=18,r=8,p=1$00$\(zeroes)").cost?.logarithmOfN == 18)
        #expect(PasswordHash(stored: "$scrypt$ln=19,r=8,p=1$00$\(zeroes)").cost == nil)
    }

    @Test("a secret is not printed, however one asks")
    func printing() {
        let secret = SecretOctets(utf8: "hunter2")
        struct Holder { let secret: SecretOctets }
        var dumped = ""
        dump(Holder(secret: secret), to: &dumped)
        for text in [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(Holder(secret: secret))", dumped,
        ] {
            #expect(text.contains("<secret>") || !text.contains("104"))
            #expect(!text.contains("hunter2") && !text.contains("104, 117"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("secrets compare by what they hold")
    func comparison() {
        #expect(SecretOctets(utf8: "a") == SecretOctets([0x61]))
        #expect(SecretOctets(utf8: "a") != SecretOctets(utf8: "b"))
        #expect(SecretOctets(utf8: "a") != SecretOctets(utf8: "ab"))
        #expect(SecretOctets([]) == SecretOctets([]))
        #expect(SecretOctets(utf8: "abcdef").part(2..<4).copy() == SecretOctets(utf8: "cd"))
        #expect(!equalInConstantTime([1, 2, 3], [1, 2, 4]))
        #expect(equalInConstantTime([] as [UInt8], []))
        var octets: [UInt8] = [1, 2, 3]
        wipe(&octets)
        #expect(octets == [0, 0, 0])
    }

    @Test("random octets are as many as were asked for, and others each time")
    func random() throws {
        #expect(try SecureRandom().octets(0).isEmpty)
        #expect(try SecureRandom().octets(32).count == 32)
        #expect(try SecureRandom().octets(32) != SecureRandom().octets(32))
    }
}
