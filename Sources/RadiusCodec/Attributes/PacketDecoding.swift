extension AttributeDictionary {
    /// The attributes of a packet in its order, taken out of their containers and, with the secret, revealed. What is not
    /// as its definition says comes as octets by the name `Attr-…` (RFC 6929 §2.8); nothing is an error.
    ///
    /// - Parameters:
    ///   - secret: nil leaves hidden values as they came.
    ///   - requestAuthenticator: of the request that the packet answers; nil when the packet is a request itself.
    package func attributes(
        of packet: Packet, secret: SharedSecret?, requestAuthenticator: Authenticator? = nil,
        _ workspace: inout CodecWorkspace
    ) -> [EncodedAttribute] {
        var decoder = AttributeDecoder(
            tables: tables, packet: packet, secret: secret,
            requestAuthenticator: requestAuthenticator ?? packet.authenticator)
        decoder.decode(&workspace)
        return decoder.attributes
    }

    /// One line `Name = value` for each attribute, as radclient prints them.
    ///
    /// - Parameter showingSecrets: whether passwords and keys are shown; otherwise `<<< secret >>>` stands for them.
    package func lines(
        of packet: Packet, secret: SharedSecret?, requestAuthenticator: Authenticator? = nil,
        showingSecrets: Bool = false, _ workspace: inout CodecWorkspace
    ) -> [String] {
        attributes(of: packet, secret: secret, requestAuthenticator: requestAuthenticator, &workspace)
            .map { line(of: $0, showingSecrets: showingSecrets) }
    }
}
