import RadiusCodec

/// Reads one `[Rule name]`: conditions, and what is sent when they hold.
///
///     [Rule vpn-admins]
///     when   = user.group is vpn-admins, vpn-root
///     unless = client.name is guest-wifi
///     result = accept
///     stop   = yes
///     Class  = ou=admins
///     Fortinet-Group-Name = {user.department}-admins
struct RuleSectionReader {
    private let section: ConfigurationFile.Section
    private let file: String
    private let dictionary: AttributeDictionary
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var block: MappingBlock

    private static let ownKeys = ["when", "unless", "result", "stop"]

    init(_ section: ConfigurationFile.Section, file: String, dictionary: AttributeDictionary) {
        self.section = section
        self.file = file
        self.dictionary = dictionary
        block = MappingBlock(place: RulePlace(file: file, line: section.line))
    }

    mutating func read() {
        for entry in section.entries {
            do throws(UnfitValue) {
                switch entry.key {
                case "when": block.conditions.append(try condition(entry.value, isNegated: false))
                case "unless": block.conditions.append(try condition(entry.value, isNegated: true))
                case "result": block.result = try ValueType<MappedResult>.choice.parse(entry.value, context)
                case "stop": block.isLast = try ValueType<Bool>.yesOrNo.parse(entry.value, context)
                default: readAttribute(entry)
                }
            } catch {
                report(.error, "\(entry.key) is \(error.shown) (expected \(error.expected))", at: entry.line)
            }
        }
        if section.entries.allSatisfy({ Self.ownKeys.contains($0.key) }) {
            report(.warning, "\(section.heading) sends nothing (expected an attribute = a value)", at: section.line)
        }
    }

    private var context: ValueContext { ValueContext(file: file) }

    private func condition(_ text: String, isNegated: Bool) throws(UnfitValue) -> MappingCondition {
        let words = text.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
        let rest = words.count > 2 ? trimmed(words[2]) : ""
        guard words.count > 1, let source = MappingSource(words[0]) else { throw Self.unfitCondition(text) }
        switch words[1] {
        case "is" where !rest.isEmpty:
            let texts = rest.split(separator: ",").map { String(trimmed($0)) }
            return MappingCondition(source: source, test: .isOneOf(Set(texts)), isNegated: isNegated)
        case "matches" where !rest.isEmpty:
            do throws(RegularExpression.Malformed) {
                let expression = try RegularExpression(String(rest))
                return MappingCondition(source: source, test: .matches(expression), isNegated: isNegated)
            } catch {
                throw UnfitValue(shown: "no regular expression: \(error)", expected: "Perl's syntax")
            }
        case "exists" where rest.isEmpty:
            return MappingCondition(source: source, test: .exists, isNegated: isNegated)
        default:
            throw Self.unfitCondition(text)
        }
    }

    private static func unfitCondition(_ text: String) -> UnfitValue {
        UnfitValue(text, expected: "user.group is a, b or user.group matches an expression or user.group exists")
    }

    private mutating func readAttribute(_ entry: ConfigurationFile.Entry) {
        let target: MappingTarget
        do throws(MappingTarget.Refusal) {
            target = try MappingTarget(entry.key, in: dictionary)
        } catch {
            if let slip = nearest(to: entry.key, among: Self.ownKeys) {
                report(.error, "unknown key \(entry.key) (did you mean \(slip)?)", at: entry.line)
            } else {
                report(error.severity, error.explanation, at: entry.line)
            }
            return
        }
        guard !entry.value.isEmpty else {
            report(.error, "\(entry.key) is empty (expected what to send)", at: entry.line)
            return
        }
        let place = RulePlace(file: file, line: entry.line)
        // {section.key} stands for a value of the detail; other braces are braces.
        guard let open = entry.value.firstIndex(of: "{"), let close = entry.value[open...].firstIndex(of: "}"),
            let source = MappingSource(entry.value[entry.value.index(after: open)..<close])
        else {
            let constant = MappingRule.Extraction(prefix: entry.value)
            block.rules.append(MappingRule(place: place, source: nil, target: target, extraction: constant))
            checkConstant(entry, target)
            return
        }
        let behind = entry.value[entry.value.index(after: close)...]
        guard !behind.contains("{") else {
            report(.error, "\(entry.key) has two values in braces (expected one)", at: entry.line)
            return
        }
        let extraction = MappingRule.Extraction(prefix: String(entry.value[..<open]), suffix: String(behind))
        block.rules.append(MappingRule(place: place, source: source, target: target, extraction: extraction))
    }

    /// What depends on no login is tried now.
    private mutating func checkConstant(_ entry: ConfigurationFile.Entry, _ target: MappingTarget) {
        do throws(AttributeValueError) {
            _ = try dictionary.encode(entry.value, as: target.definition, tag: target.tag)
        } catch {
            report(.error, "\(target.name) (\(target.definition.type.rawValue)): \(error)", at: entry.line)
        }
    }

    private mutating func report(_ severity: Diagnostic.Severity, _ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: file, line: line, severity: severity, message))
    }
}
