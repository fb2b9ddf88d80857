import RadiusCodec

extension Fuzzing {
    /// The first file includes the others as `1`, `2` …; the last of several is the attributes of a packet.
    func checkDictionary(_ input: [UInt8]) throws(BrokenProperty) {
        var files = input.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        let attributes = files.count > 1 ? files.removeLast() : []
        let (dictionary, diagnostics) = AttributeDictionary.load(file: "0") { path in
            UInt8(path).flatMap { Int($0) < files.count ? files[Int($0)] : nil }
        }
        for diagnostic in diagnostics {
            let lineCount =
                UInt8(diagnostic.file).map { file in
                    Int(file) < files.count ? files[Int(file)].count { $0 == UInt8(ascii: "\n") } + 1 : 0
                } ?? 0
            try demand((0...lineCount).contains(diagnostic.line), "\(diagnostic) lies outside of its file")
            try demand(Self.isPrintable(diagnostic.message), "the message would act on a terminal")
            try demand(
                diagnostic.severity == .warning || diagnostic.message.hasSuffix(")")
                    || diagnostic.message.hasPrefix("too many errors"),
                "\(diagnostic) says nothing of what was expected")
        }
        for definition in dictionary.definitions {
            let found = dictionary.definition(named: definition.name)
            try demand(found == definition, "\(definition.name) is not found by its name")
            try demand(dictionary.definition(at: definition.path) != nil, "\(definition.path) is not found")
        }
        guard let packet = Self.packet(attributes) else { return }
        var workspace = try Self.workspace()
        let lines = dictionary.lines(of: packet, secret: secret, showingSecrets: true, &workspace)
        try demand(lines.count <= packet.octets.count, "\(lines.count) attributes of \(packet.octets.count) octets")
        for attribute in dictionary.attributes(of: packet, secret: secret, &workspace) {
            var builder = PacketBuilder(replying: .accessAccept, to: packet)
            guard (try? builder.append(attribute)) != nil else { continue }
            let octets = builder.finish(signedWith: secret, &workspace)
            try demand((try? Packet(parsing: octets)) != nil, "\(attribute) makes a packet that is none")
        }
    }
}
