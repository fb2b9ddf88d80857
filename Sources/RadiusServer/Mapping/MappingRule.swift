import RadiusCodec

/// Where a rule of the mapping stands.
package struct RulePlace: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// Counted from 1.
    package let line: Int

    package var description: String { "\(file):\(line)" }
}

/// One rule: which value of the response detail becomes which attribute, and how. All that could be looked up by name
/// was looked up when it was loaded.
struct MappingRule: Sendable {
    /// What an `[Attribute …]` section makes of a value: `prefix`, then the pattern's first group, then `suffix`.
    struct Extraction: Sendable {
        /// nil matches everything and takes the whole value.
        var pattern: RegularExpression?
        var prefix = ""
        var suffix = ""
    }

    let place: RulePlace
    /// nil for a constant, which is the extraction's prefix.
    let source: MappingSource?
    let target: MappingTarget
    /// nil in `[Mapping …]`, where a value is taken as it is.
    let extraction: Extraction?

    /// Something that the rule could not do with a value.
    func problem(_ what: String) -> Diagnostic {
        let names = (source.map { "\($0) to " } ?? "") + "\(target.name) (\(target.definition.type.rawValue))"
        return Diagnostic(file: place.file, line: place.line, severity: .warning, "\(names): \(what)")
    }

    /// The texts for the attribute, one for each value that gives something, in order.
    ///
    /// A value that is absent, null or an empty list gives nothing: whoever lacks an attribute must not get the bare
    /// prefix. Nor does an empty text, unless the pattern has no group and so speaks of the value as a whole.
    func texts(for detail: some DetailSource, reporting report: (String) -> Void) -> [String] {
        guard let source else { return extraction.map { [$0.prefix] } ?? [] }
        var texts: [String] = []
        for value in source.values(in: detail) {
            guard let text = text(of: value, reporting: report) else { continue }
            do throws(RegularExpression.Runaway) {
                if let result = try extract(from: text) { texts.append(result) }
            } catch {
                // Each further value would take as long again while other people wait.
                report("the regular expression runs away on a value of \(text.utf8.count) octets; the rest is left out")
                return texts
            }
        }
        return texts
    }

    private func text(of value: DetailValue, reporting report: (String) -> Void) -> String? {
        switch value {
        case .text(let text), .number(let text): return text
        // As the incumbent: Perl prints JSON's truth values as 1 and 0, and [Attribute …] passes over them.
        case .bool(let bool) where extraction == nil: return bool ? "1" : "0"
        case .null: return nil
        case .bool: report("true or false is left out (expected a text)")
        case .object: report("an object is left out (expected a text)")
        case .list: report("a list within a list is left out (expected a text)")
        }
        return nil
    }

    private func extract(from text: String) throws(RegularExpression.Runaway) -> String? {
        guard let extraction else { return text.isEmpty ? nil : text }
        guard let pattern = extraction.pattern else {
            return text.isEmpty ? nil : extraction.prefix + text + extraction.suffix
        }
        guard !text.isEmpty || pattern.groupCount == 0 else { return nil }
        guard let group = try pattern.firstGroup(in: text) else { return nil }
        let result = extraction.prefix + group + extraction.suffix
        return result.isEmpty ? nil : result
    }
}

/// The attribute that a rule fills: `Class`, or `Tunnel-Private-Group-Id:1` with its tag.
struct MappingTarget: Sendable, Hashable {
    let definition: AttributeDefinition
    /// 1 to 31; nil for none.
    let tag: UInt8?

    var name: String { tag.map { "\(definition.name):\($0)" } ?? definition.name }
}
