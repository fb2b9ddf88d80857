import Cryptography

/// One user of the load generator: a name, a PIN, and what makes the one-time passwords.
struct LoadAccount: Sendable {
    enum Factor: Sendable {
        case hotp(key: MessageAuthenticationKey, digits: Int)
        case totp(key: MessageAuthenticationKey, digits: Int, periodInSeconds: Int64)
        /// For servers that know nothing else, so that both can be measured by the same tool.
        case fixed([UInt8])
    }

    let serial: String
    /// As it stands in User-Name.
    let name: [UInt8]
    let pin: [UInt8]
    let factor: Factor
    /// HOTP: the next counter. TOTP: the last step that was sent.
    var position: Int64
}

extension LoadAccount {
    /// Reads accounts from the columns of an OATH CSV file: `serial, secret in hex, type, digits, period or counter, user,
    /// pin`. The type `password` has the password itself, in hexadecimal, as its secret.
    ///
    /// - Parameter positions: for HOTP serials, the counter that an earlier run has come to.
    /// - Throws: for the first line that is none.
    static func read(
        _ text: String, file: String, positions: [String: Int64]
    ) throws(LoadError) -> [LoadAccount] {
        var accounts: [LoadAccount] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            guard !line.isEmpty, line.first != "#" else { continue }
            do throws(CryptographyError) {
                guard let account = try LoadAccount(line, positions: positions) else {
                    throw CryptographyError(
                        function: "\(file):\(index + 1)",
                        reason:
                            "no account (expected serial, secret in hex, type, digits, period or counter, user, pin)")
                }
                accounts.append(account)
            } catch {
                throw LoadError("\(error)")
            }
        }
        return accounts
    }

    private init?(_ line: Substring, positions: [String: Int64]) throws(CryptographyError) {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
        guard fields.count >= 6, let secret = Hexadecimal.octets(fields[1]), let digits = Int(fields[3]),
            let number = Int64(fields[4])
        else { return nil }
        let algorithm: DigestAlgorithm = secret.count == 64 ? .sha512 : secret.count == 32 ? .sha256 : .sha1
        serial = String(fields[0])
        name = Array(fields[5].utf8)
        pin = fields.count > 6 ? Array(fields[6].utf8) : []
        position = positions[serial] ?? 0
        switch fields[2].lowercased() {
        case "hotp":
            factor = .hotp(key: try MessageAuthenticationKey(algorithm, key: secret), digits: digits)
            position = positions[serial] ?? number
        case "totp":
            guard number > 0 else { return nil }
            factor = .totp(
                key: try MessageAuthenticationKey(algorithm, key: secret), digits: digits, periodInSeconds: number)
        case "password":
            factor = .fixed(secret)
        default:
            return nil
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// Why no load could be generated, in one line.
struct LoadError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
