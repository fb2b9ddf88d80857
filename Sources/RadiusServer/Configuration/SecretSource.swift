import Cryptography
import RadiusCodec

/// Where a client's secret comes from, and whether it is any good. No message shows any of it.
enum SecretSource {
    /// RFC 2865 §3: "at least 16 octets".
    private static let goodSize = 16

    /// Secrets that stand in tutorials and default installations, and in every list of a guesser.
    private static let published: Set<String> = [
        "testing123", "secret", "radius", "cisco", "password", "changeme", "admin", "test", "sharedsecret", "mysecret",
        "supersecret", "testing123testing123", "changemechangeme",
    ]

    /// - Returns: nil, with an error, when there is no secret that could be used.
    static func secret(
        of settings: ClientSettings, _ section: ConfigurationFile.Section, file: String
    ) -> (secret: SharedSecret?, diagnostics: [Diagnostic]) {
        func failure(_ message: String, _ key: String) -> (SharedSecret?, [Diagnostic]) {
            (nil, [Diagnostic(file: file, line: section.line(of: key), message)])
        }
        let octets: SecretOctets
        switch (settings.secret, settings.secretFile) {
        case (let secret?, nil):
            octets = secret
        case (nil, let path?):
            do throws(UnusableSecretFile) {
                octets = try read(path)
            } catch {
                return failure(error.description, "secret_file")
            }
        case (_?, _?):
            return failure("secret and secret_file (expected one of them)", "secret_file")
        case (nil, nil):
            // A secret that is there but no good has its own message.
            guard !section.entries.contains(where: { $0.key == "secret" || $0.key == "secret_file" }) else {
                return (nil, [])
            }
            return failure("\(section.heading) has no secret (expected secret = … or secret_file = …)", "")
        }
        do throws(CryptographyError) {
            let secret = try SharedSecret(octets)
            let weakness = weakness(of: octets).map {
                let line = section.line(of: settings.secret == nil ? "secret_file" : "secret")
                return Diagnostic(file: file, line: line, severity: .warning, "the secret of \(section.heading) \($0)")
            }
            return (secret, weakness.map { [$0] } ?? [])
        } catch {
            return failure("\(error) (expected an OpenSSL that offers MD5, which RADIUS cannot do without)", "secret")
        }
    }

    private static func weakness(of secret: SecretOctets) -> String? {
        let text = String(decoding: secret.octets, as: UTF8.self)
        if published.contains(text.lowercased()) {
            return "is a published default (expected at least \(goodSize) characters by chance)"
        }
        if secret.count < goodSize {
            return "has \(secret.count) octets (expected at least \(goodSize), by chance)"
        }
        if text.contains(" #") || text.contains(" ;") {
            return "has what looks like a comment in it (expected comments on lines of their own)"
        }
        return nil
    }

    private struct UnusableSecretFile: Error, CustomStringConvertible {
        let description: String
    }

    private static func read(_ path: String) throws(UnusableSecretFile) -> SecretOctets {
        let contents: FileContents
        do throws(UnreadableFile) {
            contents = try FileContents(path: path)
        } catch {
            throw UnusableSecretFile(description: "\(error) (expected a file that holds the secret)")
        }
        guard !contents.isOpenToOthers else {
            throw UnusableSecretFile(description: "others can read \(path) (expected mode 0600 or 0640)")
        }
        var octets = contents.octets
        if octets.last == UInt8(ascii: "\n") { octets.removeLast() }
        if octets.last == UInt8(ascii: "\r") { octets.removeLast() }
        guard !octets.isEmpty else {
            throw UnusableSecretFile(description: "\(path) is empty (expected a file that holds the secret)")
        }
        return SecretOctets(octets)
    }
}
