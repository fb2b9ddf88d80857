import TokenEngine

/// What the requests have in common that one device has sent and one system call has brought.
///
/// They share this one object, and lead by it to what the whole server shares. Each on its own would count its references to
/// client, configuration, socket and cache.
final class Arrival: Sendable {
    /// The device's address.
    let address: IPAddress
    let client: Client
    /// By which requests are decided and answered, however often it is reloaded meanwhile.
    let configuration: ActiveConfiguration
    /// By which they came and their replies go.
    let socket: DatagramSocket
    /// Where their replies are kept for retransmissions.
    let duplicates: DuplicateCache
    /// When they came, in milliseconds of the clock that never goes back.
    let time: Int64
    /// For how many milliseconds a reject is held back, and a reply is kept for retransmissions.
    let rejectDelay: Int64
    let duplicateLifetime: Int64
    /// Whether the device's mapping wants every packet shown (``Trace``).
    let isTraced: Bool

    init(
        of address: IPAddress, client: Client, configuration: ActiveConfiguration, socket: DatagramSocket,
        duplicates: DuplicateCache, at time: Int64
    ) {
        self.address = address
        self.client = client
        self.configuration = configuration
        self.socket = socket
        self.duplicates = duplicates
        self.time = time
        isTraced = client.mapping.settings.isTracing
        rejectDelay = configuration.configuration.server.rejectDelayInSeconds * 1000
        duplicateLifetime = configuration.configuration.server.duplicateLifetimeInSeconds * 1000
    }
}
