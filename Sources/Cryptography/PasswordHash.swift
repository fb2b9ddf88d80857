import COpenSSL

/// How much one guess costs: scrypt's N as a power of two, r and p (RFC 7914 §2).
package struct PasswordHashCost: Sendable, Equatable, CustomStringConvertible {
    package let logarithmOfN: Int
    package let r: Int
    package let p: Int

    package init(logarithmOfN: Int, r: Int = 8, p: Int = 1) {
        self.logarithmOfN = logarithmOfN
        self.r = r
        self.p = p
    }

    /// About 5 ms of one core: ten thousand people can log in within a minute of a restart.
    package static let pin = PasswordHashCost(logarithmOfN: 11)
    /// At least 50 ms of one core.
    package static let password = PasswordHashCost(logarithmOfN: 15)

    package var description: String { "ln=\(logarithmOfN),r=\(r),p=\(p)" }

    /// What a hash may ask of us at most, 128·r·N·p: a damaged row can take neither the memory nor the time away.
    package static let maximumInOctets = 256 << 20

    /// With the usual r and p, up to a logarithm of 18.
    var isBearable: Bool {
        (1...20).contains(logarithmOfN) && (1...16).contains(r) && (1...4).contains(p)
            && 128 * r * p << logarithmOfN <= Self.maximumInOctets
    }
}

/// A PIN or password as it is stored: scrypt (RFC 7914) over the HMAC of the secret under a pepper from the key file.
///
/// As text: `$scrypt$ln=11,r=8,p=1$<salt>$<hash>`, the last two in hexadecimal.
package struct PasswordHash: Sendable, Equatable, Hashable {
    package let text: String

    /// Takes a stored hash; it is looked at when a secret is held against it.
    package init(stored text: String) { self.text = text }

    /// Hashes a new secret with a fresh salt of 16 octets.
    package init(
        of secret: SecretOctets, pepper: MessageAuthenticationKey, cost: PasswordHashCost,
        random: any RandomOctets = SecureRandom()
    ) throws(CryptographyError) {
        let salt = try random.octets(16)
        let hash = try Self.scrypt(secret, salt: salt, pepper: pepper, cost: cost)
        text = "$scrypt$\(cost)$\(Hexadecimal.text(salt))$\(Hexadecimal.text(hash))"
    }

    /// The cost it was made with; nil when the text is not one of ours.
    package var cost: PasswordHashCost? { Parts(text)?.cost }

    /// Whether `secret` is the one. Slow on purpose: never call it on the line that others wait in.
    ///
    /// - Throws: when the text is damaged or memory runs out; that is not a wrong password.
    package func matches(_ secret: SecretOctets, pepper: MessageAuthenticationKey) throws(CryptographyError) -> Bool {
        guard let parts = Parts(text) else {
            throw CryptographyError(function: "scrypt", reason: "a stored hash is damaged")
        }
        let hash = try Self.scrypt(secret, salt: parts.salt, pepper: pepper, cost: parts.cost)
        return equalInConstantTime(hash, parts.hash)
    }

    private static func scrypt(
        _ secret: SecretOctets, salt: [UInt8], pepper: MessageAuthenticationKey, cost: PasswordHashCost
    ) throws(CryptographyError) -> [UInt8] {
        guard cost.isBearable else {
            throw CryptographyError(function: "scrypt", reason: "\(cost) is more than a hash may cost")
        }
        // The blocks, and what OpenSSL needs beside them.
        let memoryMaximum = UInt64(PasswordHashCost.maximumInOctets + 1 << 20)
        let peppered: InlineArray<32, UInt8> = pepper.code(of: secret.octets)
        var hash = [UInt8](repeating: 0, count: 32)
        let status = unsafe peppered.span.withUnsafeBytes { peppered in
            unsafe EVP_PBE_scrypt(
                peppered.baseAddress?.assumingMemoryBound(to: CChar.self), peppered.count, salt, salt.count,
                1 << UInt64(cost.logarithmOfN), UInt64(cost.r), UInt64(cost.p), memoryMaximum, &hash, hash.count)
        }
        guard status == 1 else { throw CryptographyError(function: "EVP_PBE_scrypt", reason: "out of memory") }
        return hash
    }

    private struct Parts {
        let cost: PasswordHashCost
        let salt: [UInt8]
        let hash: [UInt8]

        init?(_ text: String) {
            let fields = text.split(separator: "$", omittingEmptySubsequences: true)
            guard fields.count == 4, fields[0] == "scrypt" else { return nil }
            var numbers: [Substring: Int] = [:]
            for pair in fields[1].split(separator: ",") {
                let sides = pair.split(separator: "=")
                guard sides.count == 2, let number = Int(sides[1]) else { return nil }
                numbers[sides[0]] = number
            }
            guard let logarithm = numbers["ln"], let r = numbers["r"], let p = numbers["p"] else { return nil }
            cost = PasswordHashCost(logarithmOfN: logarithm, r: r, p: p)
            guard cost.isBearable, let salt = Hexadecimal.octets(fields[2]), let hash = Hexadecimal.octets(fields[3]),
                hash.count == 32
            else { return nil }
            self.salt = salt
            self.hash = hash
        }
    }
}
