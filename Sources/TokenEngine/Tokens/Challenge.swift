/// A question that was put to a user and can be answered once, in time, through the client that it was sent to.
package struct Challenge: Sendable, Equatable {
    /// SHA-256 of the transaction's octets.
    package let transactionDigest: [UInt8]
    package let token: TokenID
    package let user: UserID
    /// The client's name in the configuration.
    package let client: String
    package let openedAt: UnixTime
    /// From this instant on it cannot be answered.
    package let expiresAt: UnixTime
}
