import Cryptography
import TokenEngine

/// One user of the load generator: a name, a PIN, and what makes the one-time passwords.
struct LoadAccount: Sendable {
    enum Factor: Sendable {
        case hotp(key: MessageAuthenticationKey, digits: Int)
        case totp(key: MessageAuthenticationKey, digits: Int, periodInSeconds: Int64)
        /// For servers that know nothing else, so that both can be measured by the same tool.
        case fixed([UInt8])
    }

    /// How many steps to either side of now a TOTP is sent from. Servers accept six before and five after; one is left
    /// for the time that the request travels.
    private static let stepsAside: Int64 = 4

    let serial: String
    let name: String
    let pin: [UInt8]
    let factor: Factor
    /// HOTP: the next counter. TOTP: the last step that was sent.
    var position: Int64

    /// The next one-time password, and its counter or step; nil when a TOTP account has to wait for its next step.
    mutating func nextPassword(at now: UnixTime) -> (octets: [UInt8], position: Int64)? {
        switch factor {
        case .fixed(let password):
            return (password, 0)
        case .hotp(let key, let digits):
            defer { position += 1 }
            return (Self.oneTimePassword(key, counter: position, digits: digits), position)
        case .totp(let key, let digits, let period):
            let current = now.seconds / period
            let step = max(position + 1, current - Self.stepsAside)
            guard step <= current + Self.stepsAside else { return nil }
            position = step
            return (Self.oneTimePassword(key, counter: step, digits: digits), step)
        }
    }

    /// The one-time password of a counter or step that ``nextPassword(at:)`` gave before.
    func password(at position: Int64) -> [UInt8] {
        switch factor {
        case .fixed(let password): password
        case .hotp(let key, let digits): Self.oneTimePassword(key, counter: position, digits: digits)
        case .totp(let key, let digits, _): Self.oneTimePassword(key, counter: position, digits: digits)
        }
    }

    private static func oneTimePassword(_ key: MessageAuthenticationKey, counter: Int64, digits: Int) -> [UInt8] {
        // Only a broken OpenSSL has none; the server then rejects, and the report shows it.
        OneTimePasswords.text(for: counter, key: key, digits: digits)
    }
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
        name = String(fields[5])
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
