import RadiusCodec
import RadiusServer

extension Fuzzing {
    /// Whatever a mapping makes of a detail fits a reply, and comes out the same each time.
    func checkMapping(_ input: [UInt8]) throws(BrokenProperty) {
        let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
        let lines = 0...parts[0].count { $0 == UInt8(ascii: "\n") } + 1
        let (mapping, diagnostics) = AttributeMapping.parse(parts[0], path: "fuzzing.ini", dictionary: dictionary)
        for diagnostic in diagnostics {
            try demand(lines.contains(diagnostic.line), "\(diagnostic) lies outside of the file")
            try demand(Self.isPrintable(diagnostic.message), "the message would act on a terminal")
        }
        let isRefused = diagnostics.contains { $0.severity == .error }
        try demand((mapping == nil) == isRefused, "a mapping with errors, or none without: \(diagnostics)")
        guard let mapping, parts.count == 2, let detail = try? ResponseDetail(json: parts[1]) else { return }

        for result in MappedResult.allCases {
            let mapped = mapping.attributes(for: detail, result: result)
            var builder = PacketBuilder(
                requesting: .accessAccept, identifier: 1, authenticator: Authenticator(InlineArray(repeating: 0)))
            for attribute in mapped.attributes {
                try demand(lines.contains(attribute.place.line), "\(attribute) comes from nowhere")
                do throws(AttributeDoesNotFit) {
                    try builder.append(attribute.attribute)
                } catch {
                    throw BrokenProperty(description: "\(attribute) does not fit: \(error)")
                }
            }
            var workspace = try Self.workspace()
            try demand(
                builder.finish(signedWith: secret, &workspace).count <= Packet.sizeMaximum, "the reply is too large")
            let again = mapping.attributes(for: detail, result: result)
            try demand(again.attributes == mapped.attributes, "the second time something else is mapped")
        }
    }
}
