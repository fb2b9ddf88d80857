package import RadiusCodec

/// The mapping: what of a response detail becomes which attribute of the reply. Immutable once loaded, and shared by
/// all threads; nothing is looked up by name that could have been looked up when it was loaded.
///
/// It reads privacyIDEA's `rlm_perl.ini` and does what that file's documentation means; where the plug-in itself does
/// something else, docs/mapping.md says so.
package final class AttributeMapping: Sendable {
    /// All `[Attribute …]` in the order of the file, then each `[Rule …]` and `[Members …]`, then `[Mapping section]`, then
    /// `[Mapping]`.
    let blocks: [MappingBlock]
    /// The same, and those that are for each kind of reply, as they are gone through.
    private let allBlocks: [SharedBlock]
    private let blocksOfAccepts: [SharedBlock]
    private let blocksOfChallenges: [SharedBlock]
    private let blocksOfRejects: [SharedBlock]
    let isEmpty: Bool
    /// Whether a value that does not fit can refuse a login (`misfit = refuse`).
    let canRefuse: Bool
    package let settings: PluginSettings
    /// What `CLIENTATTRIBUTE` names.
    let clientAttribute: AttributeDefinition?
    let patterns: GroupPatterns
    /// What the reader saw that the plug-in takes otherwise.
    let notes: [Diagnostic]
    let dictionary: AttributeDictionary

    init(
        blocks: [MappingBlock], settings: PluginSettings, misfit: MisfitHandling = .leaveOut,
        patterns: GroupPatterns = GroupPatterns(), notes: [Diagnostic] = [],
        dictionary: AttributeDictionary
    ) {
        self.blocks = blocks
        allBlocks = blocks.map { SharedBlock($0, misfit) }
        blocksOfAccepts = allBlocks.filter { $0.isFor(.accept) }
        blocksOfChallenges = allBlocks.filter { $0.isFor(.challenge) }
        blocksOfRejects = allBlocks.filter { $0.isFor(.reject) }
        isEmpty = blocks.allSatisfy(\.rules.isEmpty)
        canRefuse = blocks.contains { !$0.rules.isEmpty && ($0.misfit ?? misfit) == .refuse }
        self.settings = settings
        clientAttribute = settings.clientAttribute.flatMap { dictionary.definition(named: $0.value) }
        self.patterns = patterns
        self.notes = notes
        self.dictionary = dictionary
    }

    /// No rules: what a server without a mapping file has.
    package convenience init(dictionary: AttributeDictionary) {
        self.init(blocks: [], settings: PluginSettings(), dictionary: dictionary)
    }

    var rules: [MappingRule] { blocks.flatMap(\.rules) }

    /// - Parameter result: nil for all blocks.
    func blocks(for result: MappedResult?) -> [SharedBlock] {
        switch result {
        case nil: allBlocks
        case .accept: blocksOfAccepts
        case .challenge: blocksOfChallenges
        case .reject: blocksOfRejects
        }
    }

    /// Reads the file at `path`.
    ///
    /// - Returns: nil for the mapping when a diagnostic is an error; all mistakes are told in one run.
    package static func load(
        file path: String, dictionary: AttributeDictionary
    ) -> (mapping: AttributeMapping?, diagnostics: [Diagnostic]) {
        do throws(UnreadableFile) {
            return parse(try FileContents(path: path).octets, path: path, dictionary: dictionary)
        } catch {
            return (nil, [Diagnostic(file: path, "cannot be read: \(error.reason) (expected a mapping file)")])
        }
    }

    /// Reads a mapping from its text; `path` is for the messages.
    package static func parse(
        _ octets: [UInt8], path: String, dictionary: AttributeDictionary
    ) -> (mapping: AttributeMapping?, diagnostics: [Diagnostic]) {
        let (file, diagnostics) = ConfigurationFile.parse(octets, path: path)
        var reader = MappingReader(file: file, dictionary: dictionary)
        reader.read()
        let all = (diagnostics + reader.diagnostics.filter { $0.severity != .note }).sortedByLine()
        guard !all.contains(where: { $0.severity == .error }) else { return (nil, all) }
        let mapping = AttributeMapping(
            blocks: reader.blocks, settings: reader.settings, misfit: reader.misfit, patterns: reader.patterns,
            notes: reader.diagnostics.filter { $0.severity == .note }, dictionary: dictionary)
        return (mapping, all)
    }

    /// What the rules make of a detail, in their order; a list gives one attribute for each of its elements. What does not
    /// fit its attribute's type is left out and reported. Sizes are not looked at: ``MappedAttributes/append(to:as:)``
    /// does that when the attributes go into a reply.
    func evaluate(for detail: some DetailSource, result: MappedResult) -> MappedAttributes {
        MappingPass(self, detail, result, isExplained: false).run().mapped
    }

    /// The attributes that a reply would carry, each with the place of the rule that made it: ``evaluate(for:result:)``,
    /// less what the server keeps to itself, and what a reply of at most `limit` octets, with what the server says itself in
    /// it, has no room for.
    package func attributes(
        for detail: some DetailSource, result: MappedResult, limit: Int = Packet.sizeMaximum
    ) -> MappedAttributes {
        explanation(for: detail, result: result, limit: limit).mapped
    }

    /// The same, and what became of each section of ours.
    package func explanation(
        for detail: some DetailSource, result: MappedResult, limit: Int = Packet.sizeMaximum
    ) -> (mapped: MappedAttributes, steps: [MappingStep]) {
        var (mapped, steps) = MappingPass(self, detail, result, isExplained: true).run()
        // A packet that is never sent.
        var packet = PacketBuilder(
            requesting: .accessRequest, identifier: 0, authenticator: Authenticator(InlineArray(repeating: 0)))
        OwnAttributes(expectedIn: result).append(&mapped, to: &packet, limit: limit)
        return (mapped, steps ?? [])
    }
}

extension [Diagnostic] {
    /// In the order in which a reader of the file comes upon them.
    func sortedByLine() -> [Diagnostic] {
        enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
