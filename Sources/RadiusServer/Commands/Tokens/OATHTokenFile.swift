import Cryptography
import RadiusCodec
import TokenEngine

/// Tokens as lines of comma-separated values, as vendors of hardware tokens deliver them:
/// `serial, secret in hex[, type[, digits[, period or counter[, user[, pin]]]]]`. Lines that begin with `#` and empty
/// ones do not count.
///
/// The secret's size tells the algorithm, as in privacyIDEA: 20 octets SHA-1, 32 SHA-256, 64 SHA-512; any other SHA-1.
struct OATHTokenFile {
    /// No more mistakes than this are told at once: behind it stands the wrong file.
    private static let diagnosticsMaximum = 20

    private let text: String
    private let path: String

    init(_ octets: [UInt8], path: String) {
        text = String(decoding: octets, as: UTF8.self)
        self.path = path
    }

    /// Lines that hold a token, with their numbers.
    private var rows: some Sequence<(line: Int, text: Substring)> {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).lazy.enumerated()
            .map { (line: $0 + 1, text: Substring($1.last == UInt8(ascii: "\r") ? $1.dropLast() : $1)) }
            .filter { !$0.text.isEmpty && $0.text.utf8.first != UInt8(ascii: "#") }
    }

    /// Reads every line once. Empty when all of them are tokens.
    func check() -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for row in rows where diagnostics.count < Self.diagnosticsMaximum {
            do throws(UnfitRow) {
                _ = try Self.token(row.text)
            } catch {
                diagnostics.append(Diagnostic(file: path, line: row.line, error.description))
            }
        }
        return diagnostics
    }

    /// The tokens, read as they are asked for; those of a line that ``check()`` complains of are left out.
    var tokens: some Sequence<ImportedToken> {
        rows.compactMap { row in try? Self.token(row.text) }
    }

    /// The line of the token at `index`, counted from 0.
    func line(of index: Int) -> Int {
        for (number, row) in rows.enumerated() where number == index { return row.line }
        return 0
    }

    private struct UnfitRow: Error, CustomStringConvertible {
        let description: String
    }

    private static func token(_ line: Substring) throws(UnfitRow) -> ImportedToken {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        guard (2...7).contains(fields.count) else {
            throw UnfitRow(
                description:
                    "\(fields.count) columns (expected serial, secret in hex, type, digits, period or counter, "
                    + "user, pin)")
        }
        func field(_ index: Int) -> Substring? { fields.count > index && !fields[index].isEmpty ? fields[index] : nil }
        guard let kind = TokenKind(name: field(2) ?? "hotp") else {
            throw UnfitRow(description: "no token type (expected hotp, totp, spass or password in column 3)")
        }
        var token = NewToken(kind: kind)
        token.serial = String(fields[0])
        if kind != .spass {
            guard let secret = Hexadecimal.octets(fields[1]), !secret.isEmpty else {
                // The line is not repeated: what stands there may be a secret all the same.
                throw UnfitRow(
                    description: "the secret is no hexadecimal number (expected pairs of 0-9 and a-f in column 2)")
            }
            token.secret = SecretOctets(secret)
            token.algorithm = secret.count == 64 ? .sha512 : secret.count == 32 ? .sha256 : .sha1
        }
        if let digits = field(3) {
            guard let number = Int(digits), kind == .password || (6...8).contains(number) else {
                throw UnfitRow(description: "digits is not a number from 6 to 8 (column 4)")
            }
            token.digits = number
        }
        if let text = field(4) {
            guard let number = Int64(text), number >= 0 else {
                throw UnfitRow(description: "the period or counter is no number (column 5)")
            }
            if kind == .totp { token.periodInSeconds = number } else { token.counter = number }
        }
        if let pin = field(6) { token.pin = SecretOctets(utf8: String(pin)) }
        return ImportedToken(token, userName: field(5).map(String.init))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            text.removeFirst()
        }
        while let last = text.utf8.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { text.removeLast() }
        return text
    }
}
