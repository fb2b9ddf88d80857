import RadiusCodec

/// The keys that every section of ours can have beside what it sends: for whom, for which reply, and what comes after.
struct BlockOptions {
    static let keys = ["when", "unless", "result", "stop", "misfit"]

    /// Takes one key into `block`.
    ///
    /// - Returns: false when the key is none of ``keys``.
    static func take(
        _ entry: ConfigurationFile.Entry, into block: inout MappingBlock, _ findings: inout MappingFindings,
        _ groups: GroupDefinitions
    ) -> Bool {
        let context = ValueContext(file: findings.file)
        do throws(UnfitValue) {
            switch entry.key {
            case "when", "unless":
                if let condition = try condition(entry, &findings, groups) { block.conditions.append(condition) }
            case "result": block.results = try results(entry.value, context)
            case "stop": block.isLast = try ValueType<Bool>.yesOrNo.parse(entry.value, context)
            case "misfit": block.misfit = try ValueType<MisfitHandling>.choice.parse(entry.value, context)
            default: return false
            }
        } catch {
            findings.fail("\(entry.key) is \(error.shown) (expected \(error.expected))", at: entry.line)
        }
        return true
    }

    private static func results(_ text: String, _ context: ValueContext) throws(UnfitValue) -> Set<MappedResult> {
        var results: Set<MappedResult> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            results.insert(try ValueType<MappedResult>.choice.parse(String(trimmed(word)), context))
        }
        return results
    }

    /// nil, with a diagnostic, when it speaks of a group that there is not.
    private static func condition(
        _ entry: ConfigurationFile.Entry, _ findings: inout MappingFindings, _ groups: GroupDefinitions
    ) throws(UnfitValue) -> MappingCondition? {
        let words = entry.value.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
        let rest = words.count > 2 ? trimmed(words[2]) : ""
        let test: MappingCondition.Test
        if words.count > 1, words[0] == "member", words[1] == "of" {
            guard !rest.isEmpty else { throw unfit(entry.value) }
            var membership = Membership()
            for name in list(rest) {
                guard let group = groups.membership(of: name, &findings, at: entry.line) else { return nil }
                membership.formUnion(group)
            }
            test = .isMember(membership)
        } else {
            guard words.count > 1, let source = MappingSource(words[0]) else { throw unfit(entry.value) }
            guard findings.exists(source, at: entry.line) else { return nil }
            test = try self.test(of: source, String(words[1]), rest, entry.value)
        }
        return MappingCondition(
            place: RulePlace(file: findings.file, line: entry.line), test: test, isNegated: entry.key == "unless")
    }

    private static func test(
        of source: MappingSource, _ verb: String, _ rest: Substring, _ text: String
    ) throws(UnfitValue) -> MappingCondition.Test {
        switch verb {
        case "is" where !rest.isEmpty: return .isOneOf(source, Set(list(rest)))
        case "exists" where rest.isEmpty: return .exists(source)
        case "in" where !rest.isEmpty:
            guard let addresses = AddressSet(rest) else {
                throw UnfitValue(String(rest), expected: "addresses or prefixes such as 192.0.2.0/24, !192.0.2.66")
            }
            return .isWithin(source, addresses)
        case "matches" where !rest.isEmpty:
            do throws(RegularExpression.Malformed) {
                return .matches(source, try RegularExpression(String(rest)))
            } catch {
                throw UnfitValue(shown: "no regular expression: \(error)", expected: "Perl's syntax")
            }
        default: throw unfit(text)
        }
    }

    private static func list(_ text: Substring) -> [String] {
        text.split(separator: ",").map { String(trimmed($0)) }
    }

    private static func unfit(_ text: String) -> UnfitValue {
        UnfitValue(
            text,
            expected: "user.group is a, b; user.group matches an expression; user.group exists; "
                + "client.address in 192.0.2.0/24; member of a group")
    }
}
