import RadiusCodec

/// Where a rule of the mapping stands.
package struct RulePlace: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// Counted from 1.
    package let line: Int

    package var description: String { "\(file):\(line)" }
}

/// One rule: which value of the response detail becomes which attribute, and how. All that could be looked up by name
/// was looked up when it was loaded. Immutable, and shared by all replies.
final class MappingRule: Sendable {
    /// What is sent.
    enum Value: Sendable {
        /// `[Mapping …]`: the value as it is.
        case plain(MappingSource)
        /// `[Attribute …]`: a part of it.
        case extraction(MappingSource, Extraction)
        /// A text with values in it.
        case template(MappingTemplate)
        /// What no login changes, encoded when the file was read.
        case constant(EncodedAttribute)
    }

    /// What an `[Attribute …]` section makes of a value: `prefix`, then the pattern's first group, then `suffix`.
    final class Extraction: Sendable {
        /// nil matches everything and takes the whole value.
        let pattern: RegularExpression?
        let prefix: String
        let suffix: String

        init(pattern: RegularExpression?, prefix: String, suffix: String) {
            self.pattern = pattern
            self.prefix = prefix
            self.suffix = suffix
        }
    }

    /// For whom it is: a line of `[Members …]` speaks of some.
    enum Audience: Sendable {
        case everybody
        case members(Membership)
        /// `otherwise`: those whom no line before it was for.
        case others
    }

    let place: RulePlace
    let target: MappingTarget
    let value: Value
    let audience: Audience

    init(place: RulePlace, target: MappingTarget, value: Value, audience: Audience = .everybody) {
        self.place = place
        self.target = target
        self.value = value
        self.audience = audience
    }

    /// Something that the rule could not do with a value.
    func problem(_ what: String) -> Diagnostic {
        Diagnostic(file: place.file, line: place.line, severity: .warning, "\(names): \(what)")
    }

    private var names: String {
        let attribute = "\(target.name) (\(target.definition.type.rawValue))"
        switch value {
        case .plain(let source), .extraction(let source, _): return "\(source) to \(attribute)"
        case .template(let template):
            let sources = template.sources.map(\.description)
            return sources.isEmpty ? attribute : "\(sources.joined(separator: ", ")) to \(attribute)"
        case .constant: return attribute
        }
    }
}

/// The attribute that a rule fills: `Class`, or `Tunnel-Private-Group-Id:1` with its tag.
struct MappingTarget: Sendable, Hashable {
    let definition: AttributeDefinition
    /// 1 to 31; nil for none.
    let tag: UInt8?
    /// Of a standard attribute; nil for any other.
    let type: AttributeType?

    init(definition: AttributeDefinition, tag: UInt8?) {
        self.definition = definition
        self.tag = tag
        let numbers = definition.path.numbers
        type = numbers.count == 1 ? UInt8(exactly: numbers[0]).map(AttributeType.init) : nil
    }

    var name: String { tag.map { "\(definition.name):\($0)" } ?? definition.name }
}

/// Rules that are applied together: those of one section of ours when its conditions hold, all others always.
struct MappingBlock: Sendable {
    /// Of the section; nil for the sections that are always applied.
    var place: RulePlace?
    var conditions: [MappingCondition] = []
    /// The replies that it is for. A reject is for those only who say so.
    var results: Set<MappedResult> = [.accept, .challenge]
    /// `stop`: whether no section of ours after it is looked at once it was applied.
    var isLast = false
    /// Whether the first rule that is for the user is the only one.
    var takesFirst = false
    /// What becomes of the login when a value does not fit; nil: what holds for the whole file.
    var misfit: MisfitHandling?
    var rules: [MappingRule] = []
}

/// A block as replies go through it: one object, since a copy of a block would count a reference to each thing that it has.
final class SharedBlock: Sendable {
    /// Of the section; nil for the sections that are always applied.
    let place: RulePlace?
    let conditions: [MappingCondition]
    let isLast: Bool
    let takesFirst: Bool
    /// Whether nobody gets in without what the rules send.
    let isRequired: Bool
    let rules: [MappingRule]
    private let results: Set<MappedResult>

    /// - Parameter misfit: what holds for the whole file.
    init(_ block: MappingBlock, _ misfit: MisfitHandling) {
        place = block.place
        conditions = block.conditions
        isLast = block.isLast
        takesFirst = block.takesFirst
        isRequired = (block.misfit ?? misfit) == .refuse
        rules = block.rules
        results = block.results
    }

    func isFor(_ result: MappedResult) -> Bool { results.contains(result) }
}

/// What becomes of a login when a rule makes a value that its attribute or the reply cannot take.
enum MisfitHandling: String, Sendable, CaseIterable {
    /// The attribute is left out, and the log says so.
    case leaveOut = "leave-out"
    /// Nobody gets in without what the rule was to send.
    case refuse
}
