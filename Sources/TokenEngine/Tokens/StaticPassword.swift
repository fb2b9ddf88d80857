import Cryptography

/// A static password, stored as a slow hash. Its length is kept beside it, so that a PIN can be told from it.
enum StaticPassword {
    static func possession(of value: SecretOctets, _ hash: PasswordHash, cost: PasswordHashCost) -> Possession {
        .asks(SlowCheck(stored: .hash(hash), candidate: value, cost: cost))
    }
}
