import Cryptography
import RadiusCodec
import TokenEngine

extension RequestContent {
    /// What the engine is asked: the octets become a name, a credential and the challenge that is answered.
    ///
    /// What RFC 2865 §4.1 and §5.44 forbid (no name, two States, two kinds of password …) is no reason for silence: it
    /// becomes a credential that nothing accepts, so that the audit and the log say what was wrong.
    func attempt(_ workspace: inout CodecWorkspace) -> Attempt {
        let credential: Credential
        var name: (text: String, readings: [TextReading]) = ("", [])
        let state = packet.first(.state)
        do throws(Flaw) {
            name = try userName(answering: state)
            credential = self.credential(isAnswer: state != nil, &workspace)
        } catch {
            credential = .unusable(error.reason)
        }
        return Attempt(
            userName: name.text, userNameReadings: name.readings, realm: client.realm, resolver: client.resolver,
            credential: credential, characterSet: client.characterSet,
            transaction: state.map { TransactionID(octets: $0) }, client: client.name,
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

    private func userName(answering state: [UInt8]?) throws(Flaw) -> (text: String, readings: [TextReading]) {
        guard let place = packet.range(ofFirst: .userName) else { throw Flaw(reason: .nameMissing) }
        guard packet.count(of: .userName) == 1, state == nil || packet.count(of: .state) == 1 else {
            throw Flaw(reason: .attributeRepeated)
        }
        // It answers a challenge, and nobody can tell which: not as if it were a new login (RFC 2865 §5 and §5.24).
        guard state?.isEmpty != true else { throw Flaw(reason: .attributeMalformed) }
        // Nearly all names are ASCII, which is the same in every character set.
        let sent = packet.octets[place]
        guard !sent.allSatisfy({ (1..<0x80).contains($0) }) else { return (String(decoding: sent, as: UTF8.self), []) }
        var octets = Array(sent)
        // Some devices send the NUL that ends a text of theirs, or pad as a password is padded.
        while octets.last == 0 { octets.removeLast() }
        guard !octets.isEmpty else { throw Flaw(reason: .nameMissing) }
        // A NUL within would end the name in somebody else's program, and another user would be meant (RFC 2865 §5.1).
        guard !octets.contains(0) else { throw Flaw(reason: .nameMalformed) }
        guard let name = TextReading.name(of: octets, in: client.characterSet) else {
            throw Flaw(reason: .nameMalformed)
        }
        return name
    }

    private func credential(isAnswer: Bool, _ workspace: inout CodecWorkspace) -> Credential {
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
        guard isAnswer || settings.addsEmptyPassword else { return .unusable(.credentialMissing) }
        return .password(SecretOctets([]))
    }
}

/// Why an attempt cannot be what it should be.
private struct Flaw: Error {
    let reason: Reason
}
