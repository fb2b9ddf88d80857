import RadiusCodec
import TokenEngine

/// From where a login is imagined to come, and with which attributes.
struct AskingClient {
    /// nil when none was named.
    let client: Client?
    private let address: String
    private let request: [EncodedAttribute]

    /// - Throws: when there is no such client or attribute.
    init(_ invocation: Invocation, _ configuration: Configuration) throws(CommandFailure) {
        request = try invocation.requestAttributes(of: MapCommand.request, configuration.dictionary)
        guard let name = invocation.arguments.value(of: MapCommand.client) else {
            (client, address) = (nil, "")
            return
        }
        let found = try Self.client(name, configuration)
        client = found
        address = IPAddress(name).map(\.description) ?? found.prefixes.first.map(\.address.description) ?? ""
    }

    /// A client by the name of its section, or by an address that it asks from.
    private static func client(_ text: String, _ configuration: Configuration) throws(CommandFailure) -> Client {
        if let client = configuration.clients.first(where: { $0.name == text }) { return client }
        if let address = IPAddress(text) {
            guard let client = ClientTable(configuration.clients).client(at: address) else {
                throw .no("no client has the address \(address)")
            }
            return client
        }
        let names = configuration.clients.map(\.name)
        throw .no(
            "no client '\(visible(text))' "
                + didYouMean(text, among: names, otherwise: "there is \(names.joined(separator: ", "))"))
    }

    func detail(of user: User, token: Token?, result: MappedResult) -> ExpectedDetail {
        var expected = ExpectedDetail(user: user, token: token, request: request, result: result)
        expected.client = client.map { ($0, address) }
        return expected
    }
}
