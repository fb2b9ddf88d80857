import Cryptography
import TokenEngine

/// What is shown of a new token, once: serial, address for the app, QR code, and how to type the seed by hand.
struct TokenEnrolment {
    private struct Document: Encodable {
        let serial: String
        let type: String
        let user: String
        let secret: String?
        let uri: String?
        let digits: Int?
        let algorithm: String?
        let period: Int64?
        let counter: Int64?
    }

    let token: Token
    let owner: User

    func show(on invocation: Invocation) throws(CommandFailure) {
        let about = TokenDocument(token, userName: owner.name)
        let document = Document(
            serial: token.serial, type: about.type, user: owner.name, secret: seed.map(base32),
            uri: uri, digits: about.digits, algorithm: about.algorithm, period: about.period, counter: about.counter)
        try invocation.show(document, orText: text(colours: invocation.console.isTerminal))
    }

    private var seed: SecretOctets? {
        if case .seed(let seed) = token.secret { seed } else { nil }
    }

    private func base32(_ seed: SecretOctets) -> String {
        let octets = seed.octets
        return Base32.text(octets.span)
    }

    private var uri: String? {
        guard let seed else { return nil }
        return EnrolmentURI(
            kind: token.kind, seed: seed, account: owner.name, digits: token.digits, algorithm: token.algorithm,
            periodInSeconds: token.periodInSeconds, counter: token.counters.counter)?.text
    }

    private func text(colours: Bool) -> String {
        var rows = [["serial", token.serial], ["type", token.kind.rawValue], ["user", visible(owner.name)]]
        if let uri { rows.append(["uri", uri]) }
        var parts = [TextTable(rows).text]
        if let uri { parts.append(code(uri, colours: colours)) }
        if let seed { parts.append(typedByHand(seed)) }
        return parts.joined(separator: "\n\n")
    }

    private func code(_ uri: String, colours: Bool) -> String {
        guard QRCode.isSupported else {
            return "No QR code: this program was built without libqrencode (swift build --traits QRCode)."
        }
        return QRCode(uri)?.halfBlocks(colours: colours) ?? "No QR code: the address is too long for one."
    }

    private func typedByHand(_ seed: SecretOctets) -> String {
        let letters = Array(base32(seed))
        let groups = stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }
        let counting = token.kind == .totp ? "time-based, \(token.periodInSeconds) s" : "counter-based"
        return """
            To type it by hand: \(groups.joined(separator: " "))
            (\(counting), \(token.digits) digits, \(token.algorithm.rawValue.uppercased()))
            """
    }
}
