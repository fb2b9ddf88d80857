import Cryptography

extension Decider {
    /// What an attempt would come to, and by which steps. Changes nothing: no counter, no challenge, no line of the audit.
    /// Slow checks are run here and now.
    package func explain(_ attempt: Attempt, at now: UnixTime) throws(StoreError) -> Verdict {
        var attempt = attempt
        attempt.isExplained = true
        while true {
            switch try evaluate(attempt, at: now).evaluation {
            case .decided(let verdict): return verdict
            case .failed(let error): throw error
            case .needs(let checks):
                // What is known is not asked for again, so this has an end.
                for check in checks {
                    attempt.verified[check] = try cryptography { () throws(CryptographyError) in
                        try check.run(keys: store.keys)
                    }
                }
            }
        }
    }
}
