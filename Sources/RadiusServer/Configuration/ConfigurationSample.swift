/// The `watchword.ini` that `init` writes: every key of the schema with its meaning, those that have no value of their
/// own behind a `#`.
package struct ConfigurationSample: Sendable {
    private let listen: [ListenAddress]
    private let clientSecret: String

    /// - Parameters:
    ///   - listen: where the server is to answer.
    ///   - clientSecret: of the client `localhost`; random text of at least 16 characters.
    package init(listen: [ListenAddress], clientSecret: String) {
        self.listen = listen
        self.clientSecret = clientSecret
    }

    package var text: String {
        var lines = [
            "# Watchword's configuration. Comments stand on lines of their own, and begin with # or ;",
            "# A key right behind a # is not set; it shows its default, or else an example.",
        ]
        for kind in ConfigurationSectionKind.allCases { lines += section(kind) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ kind: ConfigurationSectionKind) -> [String] {
        let (name, values) = content(of: kind)
        var lines = ["", "# " + kind.meaning, name.isEmpty ? "[\(kind.rawValue)]" : "[\(kind.rawValue) \(name)]"]
        for key in kind.keys {
            lines.append("# \(key.meaning)")
            if let value = values[key.name] {
                lines.append("\(key.name) = \(value)")
            } else {
                lines.append("#\(key.name) = \(key.defaultText ?? key.example)")
            }
        }
        return lines
    }

    private func content(of kind: ConfigurationSectionKind) -> (name: String, values: [String: String]) {
        switch kind {
        case .server:
            let addresses = listen.map(\.description).joined(separator: ", ")
            return (
                "",
                [
                    "listen": addresses, "database": "watchword.db", "key_file": "enckey", "dictionary": "dictionary",
                    "mapping": "rlm.ini",
                ]
            )
        case .client:
            return (
                "localhost",
                ["address": "127.0.0.1, ::1", "secret": clientSecret, "require_message_authenticator": "yes"]
            )
        case .resolver: return ("local", ["type": "local"])
        case .realm: return ("default", ["resolvers": "local", "default": "yes"])
        // A PIN alone triggers a challenge.
        case .policy: return ("default", ["challenge_response": "hotp, totp"])
        }
    }
}
