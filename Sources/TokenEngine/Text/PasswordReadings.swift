import Cryptography

/// A password beyond ASCII is held against the tokens once for each of its readings, and the strongest outcome counts.
extension Engine {
    /// Every reading is looked at, whatever another one came to, and every slow check that one of them asks for is run: what
    /// an attempt costs does not tell which reading was right.
    func evaluateEachReading(
        of typed: SecretOctets, _ attempt: Attempt, knowing facts: Facts, at now: UnixTime, random: any RandomOctets
    ) throws(CryptographyError) -> Evaluation {
        var attempt = attempt
        let readings = SecretReading.all(of: typed, in: attempt.characterSet)
        guard !readings.isEmpty else {
            attempt.credential = .unusable(.passwordMalformed)
            return try evaluateAsRead(attempt, knowing: facts, at: now, random: random)
        }
        var verdicts: [(reading: SecretReading, verdict: Verdict)] = []
        var awaited: [SlowCheck] = []
        for reading in readings {
            attempt.credential = .password(reading.secret)
            switch try evaluateAsRead(attempt, knowing: facts, at: now, random: random) {
            case .decided(let verdict): verdicts.append((reading, verdict))
            case .needs(let checks): awaited += checks.filter { !awaited.contains($0) }
            case .failed(let error): return .failed(error)
            }
        }
        guard awaited.isEmpty, let first = verdicts.first else { return .needs(awaited) }
        // The first of the strongest: max(by:) would give the last.
        let (reading, verdict) = verdicts.dropFirst().reduce(first) {
            $1.verdict.strength > $0.verdict.strength ? $1 : $0
        }
        return .decided(verdict.strength > 0 ? verdict.reading(passwordAs: reading.characterSet) : verdict)
    }
}

extension Verdict {
    /// How much of the password was right: 0 where none of it was.
    fileprivate var strength: Int {
        switch decision {
        case .accept: return 3
        case .challenge: return 2
        case .reject: break
        }
        switch reason {
        case .wrongOTP, .otpAlreadyUsed, .notAuthorized: return 1
        default: return 0
        }
    }

    fileprivate func reading(passwordAs characterSet: CharacterSet) -> Verdict {
        Verdict(
            decision: decision, reason: reason, message: message, user: user, realm: realm, tokens: tokens,
            applied: applied, steps: steps.followed(by: .passwordReadAs(characterSet)), changes: changes,
            nameReadAs: nameReadAs, passwordReadAs: characterSet)
    }
}
