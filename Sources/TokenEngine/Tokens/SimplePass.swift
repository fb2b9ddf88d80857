import Cryptography

/// A token that is nothing but its PIN ("simple pass"): whoever knows the PIN has it.
enum SimplePass {
    /// - Parameter value: what is left of the password without the PIN, which is nothing.
    static func possession(of value: SecretPart, _ counters: TokenCounters) -> Possession {
        value.isEmpty ? .proved(counters: counters, ahead: 0) : .refuted
    }
}
