package import RadiusCodec

/// The mapping: what of a response detail becomes which attribute of the reply. Immutable once loaded, and shared by
/// all threads; nothing is looked up by name that could have been looked up when it was loaded.
///
/// It reads privacyIDEA's `rlm_perl.ini` and does what that file's documentation means; where the plug-in itself does
/// something else, docs/mapping.md says so.
package final class AttributeMapping: Sendable {
    /// All `[Attribute …]` in the order of the file, then each `[Rule …]`, then `[Mapping section]`, then `[Mapping]`.
    let blocks: [MappingBlock]
    let isEmpty: Bool
    package let settings: PluginSettings
    let dictionary: AttributeDictionary

    init(blocks: [MappingBlock], settings: PluginSettings, dictionary: AttributeDictionary) {
        self.blocks = blocks
        isEmpty = blocks.allSatisfy(\.rules.isEmpty)
        self.settings = settings
        self.dictionary = dictionary
    }

    /// No rules: what a server without a mapping file has.
    package convenience init(dictionary: AttributeDictionary) {
        self.init(blocks: [], settings: PluginSettings(), dictionary: dictionary)
    }

    var rules: [MappingRule] { blocks.flatMap(\.rules) }

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
        let all = (diagnostics + reader.diagnostics).sortedByLine()
        guard !all.contains(where: { $0.severity == .error }) else { return (nil, all) }
        return (AttributeMapping(blocks: reader.blocks, settings: reader.settings, dictionary: dictionary), all)
    }

    /// The attributes for a reply, in the order of ``rules``; a list gives one attribute for each of its elements.
    ///
    /// What does not fit its attribute's type or size is left out and reported; the rest is not held up by it.
    package func attributes(for detail: some DetailSource, result: MappedResult) -> MappedAttributes {
        var mapped = MappedAttributes()
        var room = ReplyRoom()
        for block in applicableBlocks(for: detail, result, &mapped) {
            for rule in block.rules { apply(rule, to: detail, &mapped, &room) }
        }
        return mapped
    }

    /// The blocks whose conditions hold. What cannot be told is taken for not holding, and reported.
    private func applicableBlocks(
        for detail: some DetailSource, _ result: MappedResult, _ mapped: inout MappedAttributes
    ) -> [MappingBlock] {
        var isOver = false
        return blocks.filter { block in
            guard let place = block.place else { return true }
            guard !isOver, block.result ?? result == result else { return false }
            do throws(RegularExpression.Runaway) {
                for condition in block.conditions {
                    guard try condition.holds(for: detail) else { return false }
                }
            } catch {
                let message = "a condition's regular expression runs away; the rule is not applied"
                mapped.report(Diagnostic(file: place.file, line: place.line, severity: .warning, message))
                return false
            }
            isOver = block.isLast
            return true
        }
    }

    private func apply(
        _ rule: MappingRule, to detail: some DetailSource, _ mapped: inout MappedAttributes, _ room: inout ReplyRoom
    ) {
        func report(_ what: String) { mapped.report(rule.problem(what)) }
        for text in rule.texts(for: detail, reporting: report) {
            do throws(AttributeValueError) {
                let attribute = try dictionary.encode(text, as: rule.target.definition, tag: rule.target.tag)
                try room.take(attribute)
                mapped.attributes.append(MappedAttribute(attribute: attribute, place: rule.place))
            } catch {
                report("left out: \(error)")
            }
        }
    }
}

/// What is mapped for: an Access-Accept or an Access-Challenge. An Access-Reject carries no mapped attribute.
package enum MappedResult: String, Sendable, CaseIterable {
    case accept
    case challenge
}

/// One attribute of the reply, and the rule that made it.
package struct MappedAttribute: Sendable, Hashable {
    package let attribute: EncodedAttribute
    package let place: RulePlace
}

/// What a mapping made of a detail.
package struct MappedAttributes: Sendable {
    package internal(set) var attributes: [MappedAttribute] = []
    /// What was left out and why, each with the place of its rule. For the log, never for the reply.
    package private(set) var problems: [Diagnostic] = []

    /// A user with a thousand groups must not make a thousand lines of log.
    private static let problemsMaximum = 20

    mutating func report(_ problem: Diagnostic) {
        if problems.count < Self.problemsMaximum { problems.append(problem) }
    }

    /// Whether an attribute of `type` is among them: a mapped Reply-Message takes the place of the server's own.
    package func contains(_ type: AttributeType) -> Bool {
        attributes.contains { $0.attribute.definition.path.numbers == [UInt32(type.rawValue)] }
    }
}

/// A packet that is never sent: it tells whether an attribute is too large for its kind, or too much for a reply.
private struct ReplyRoom {
    private var packet = PacketBuilder(
        requesting: .accessRequest, identifier: 0, authenticator: Authenticator(InlineArray(repeating: 0)))

    mutating func take(_ attribute: EncodedAttribute) throws(AttributeValueError) {
        do throws(AttributeDoesNotFit) {
            try packet.append(attribute)
        } catch {
            throw AttributeValueError(error.description)
        }
    }
}

extension [Diagnostic] {
    /// In the order in which a reader of the file comes upon them.
    func sortedByLine() -> [Diagnostic] {
        enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
