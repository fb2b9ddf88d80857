import Cryptography
import RadiusCodec
import TokenEngine

extension RequestContent {
    /// What the engine is asked: the octets become a name, a credential and the challenge that is answered.
    ///
    /// What RFC 2865 §4.1 and §5.44 forbid (no name, two States, two kinds of password …) is no reason for silence: it
    /// becomes a credential that nothing accepts, so that the audit and the log say what was wrong.
    func attempt(_ workspace: inout CodecWorkspace) -> Attempt {
        var credential = Credential.unusable(.nameMissing)
        var name: (text: String, readings: [TextReading]) = ("", [])
        switch userName() {
        case .success(let read):
            name = read
            credential = self.credential(&workspace)
        case .failure(let flaw):
            credential = .unusable(flaw.reason)
        }
        return Attempt(
            userName: name.text, userNameReadings: name.readings, realm: client.realm, resolver: client.resolver,
            credential: credential, characterSet: client.characterSet,
            transaction: packet.first(.state).map { TransactionID(octets: $0) }, client: client.name,
            clientAddress: clientAddress ?? peer.address, splitting: client.splitting,
            objection: objection)
    }

    /// A mapping with `misfit = refuse` is asked before anything is decided for good. It is evaluated once more for the reply,
    /// which every other mapping is for the first time.
    private var objection: (@Sendable (Verdict) -> String?)? {
        guard client.mapping.canRefuse else { return nil }
        return { verdict in mapped(for: verdict).refusal?.description }
    }

    /// On whose behalf the client asks, where the mapping's `CLIENTATTRIBUTE` names an attribute for it and that has an
    /// address.
    private var clientAddress: IPAddress? {
        guard let definition = client.mapping.clientAttribute else { return nil }
        return texts(of: definition).first.flatMap { IPAddress($0) }
    }

    private struct Flaw: Error {
        let reason: Reason
    }

    private func userName() -> Result<(text: String, readings: [TextReading]), Flaw> {
        guard var octets = packet.first(.userName) else { return .failure(Flaw(reason: .nameMissing)) }
        guard packet.count(of: .userName) == 1, packet.count(of: .state) <= 1 else {
            return .failure(Flaw(reason: .attributeRepeated))
        }
        // It answers a challenge, and nobody can tell which: not as if it were a new login (RFC 2865 §5 and §5.24).
        guard packet.first(.state)?.isEmpty != true else { return .failure(Flaw(reason: .attributeMalformed)) }
        // Some devices send the NUL that ends a text of theirs, or pad as a password is padded.
        while octets.last == 0 { octets.removeLast() }
        guard !octets.isEmpty else { return .failure(Flaw(reason: .nameMissing)) }
        // A NUL within would end the name in somebody else's program, and another user would be meant (RFC 2865 §5.1).
        guard !octets.contains(0) else { return .failure(Flaw(reason: .nameMalformed)) }
        guard let name = TextReading.name(of: octets, in: client.characterSet) else {
            return .failure(Flaw(reason: .nameMalformed))
        }
        return .success(name)
    }

    private func credential(_ workspace: inout CodecWorkspace) -> Credential {
        let settings = client.mapping.settings
        let offered = packet.offeredCredentials
        guard !offered.areMixed else { return .unusable(.credentialsMixed) }
        guard offered.isSubset(of: .userPassword) else { return .unusable(.credentialUnsupported) }
        do {
            let password = try packet.password(
                hiddenWith: client.secret, embeddedNUL: settings.splitsPasswordAtNUL ? .cut : .refuse, &workspace)
            if let password { return .password(password) }
        } catch {
            return .unusable(.passwordMalformed)
        }
        // An answer may be empty; a first request without any password proves nothing (RFC 2865 §4.1).
        guard packet.count(of: .state) > 0 || settings.addsEmptyPassword else { return .unusable(.credentialMissing) }
        return .password(SecretOctets([]))
    }
}
