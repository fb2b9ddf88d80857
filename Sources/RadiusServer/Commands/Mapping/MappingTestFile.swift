import RadiusCodec

/// Cases for a mapping, written by hand in the grammar of the INI files: what a decision says, and the attributes that must
/// come of it.
///
///     [Case administrators get the administrators' policy]
///     user.group = vpn-admins
///     user.group = staff
///     expect     = Class = OU=admins;
struct MappingTestFile {
    struct Case {
        let name: String
        let line: Int
        let detail: ResponseDetail
        let result: MappedResult
        /// Empty when nothing is to come of it.
        let expected: [Expectation]
        let problems: [Remark]
        /// Whether the login is to be refused because of them.
        let isRefused: Bool
    }

    /// One `expect = Name = value`.
    struct Expectation {
        let line: Int
        let attribute: EncodedAttribute
    }

    /// One `problem = words`: a value is to be left out, and the words are to stand in the message.
    struct Remark {
        let line: Int
        let words: String
    }

    let path: String
    /// `mapping` of `[Test]`, from the folder of this file.
    private(set) var mapping: String?
    private(set) var cases: [Case] = []

    /// Reads the whole text, and on after a mistake.
    ///
    /// - Returns: the cases that could be read, and an error for each mistake.
    static func parse(
        _ octets: [UInt8], path: String, dictionary: AttributeDictionary
    ) -> (file: MappingTestFile, diagnostics: [Diagnostic]) {
        let (text, diagnostics) = ConfigurationFile.parse(octets, path: path)
        var reader = MappingTestReader(path: path, dictionary: dictionary)
        for section in text.sections { reader.read(section) }
        if reader.cases.isEmpty { reader.fail("there is no case (expected [Case what it shows])", at: 0) }
        let file = MappingTestFile(path: path, mapping: reader.mapping, cases: reader.cases)
        return (file, (diagnostics + reader.diagnostics).sortedByLine())
    }
}

private struct MappingTestReader {
    let path: String
    let dictionary: AttributeDictionary
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var mapping: String?
    private(set) var cases: [MappingTestFile.Case] = []
    /// What `[Given]` says of all cases that follow.
    private var given: [String: DetailValue] = [:]

    init(path: String, dictionary: AttributeDictionary) {
        self.path = path
        self.dictionary = dictionary
    }

    mutating func read(_ section: ConfigurationFile.Section) {
        switch (section.kind, section.name) {
        case ("Test", nil): readTest(section)
        case ("Given", nil): given = detail(section.entries, over: [:])
        case ("Case", let name?): readCase(section, name)
        default:
            let words = didYouMean(
                section.kind, among: ["Test", "Given", "Case"],
                otherwise: "expected [Test], [Given] or [Case what it shows]")
            fail("unknown section \(section.heading) \(words)", at: section.line)
        }
    }

    private mutating func readTest(_ section: ConfigurationFile.Section) {
        for entry in section.entries {
            guard entry.key == "mapping", !entry.value.isEmpty else {
                fail("unknown key \(entry.key) in [Test] (expected mapping = the file to be tested)", at: entry.line)
                continue
            }
            mapping = ValueContext(file: path).resolve(entry.value)
        }
    }

    // MARK: [Case …]

    private static let ownKeys = ["expect", "problem", "result", "detail"]

    private mutating func readCase(_ section: ConfigurationFile.Section, _ name: String) {
        var result = MappedResult.accept
        var expected: [MappingTestFile.Expectation] = []
        var expectsNothing = false
        var isRefused = false
        var problems: [MappingTestFile.Remark] = []
        for entry in section.entries where Self.ownKeys.contains(entry.key) {
            switch entry.key {
            case "result":
                if let value = MappedResult(rawValue: entry.value) {
                    result = value
                } else {
                    let names = MappedResult.allCases.map(\.rawValue).joined(separator: ", ")
                    fail("result is '\(entry.value)' (expected \(names))", at: entry.line)
                }
            case "expect" where entry.value == "nothing": expectsNothing = true
            case "expect" where entry.value == "refusal": isRefused = true
            case "expect": if let attribute = attribute(entry) { expected.append(attribute) }
            case "problem": problems.append(MappingTestFile.Remark(line: entry.line, words: entry.value))
            default: break
            }
        }
        if !section.entries.contains(where: { $0.key == "expect" }) {
            fail("\(section.heading) expects no attribute (expected expect = nothing, if so)", at: section.line)
        }
        if expectsNothing, !expected.isEmpty {
            fail("\(section.heading) expects nothing and something (expected one of them)", at: section.line)
        }
        let detail = detail(
            section.entries.filter { $0.key == "detail" || !Self.ownKeys.contains($0.key) }, over: given)
        cases.append(
            MappingTestFile.Case(
                name: name, line: section.line, detail: ResponseDetail(detail), result: result, expected: expected,
                problems: problems, isRefused: isRefused))
    }

    private mutating func attribute(_ entry: ConfigurationFile.Entry) -> MappingTestFile.Expectation? {
        do throws(AttributeValueError) {
            let attribute = try dictionary.attribute(parsing: entry.value)
            return MappingTestFile.Expectation(line: entry.line, attribute: attribute)
        } catch {
            fail("\(error)", at: entry.line)
            return nil
        }
    }

    // MARK: The detail

    /// - Parameter base: what holds where the entries say nothing.
    private mutating func detail(
        _ entries: [ConfigurationFile.Entry], over base: [String: DetailValue]
    ) -> [String: DetailValue] {
        var members = base
        var seen: Set<String> = []
        for entry in entries {
            guard entry.key != "detail" else {
                do throws(MalformedDetail) {
                    members.merge(try ResponseDetail(json: Array(entry.value.utf8)).members) { $1 }
                } catch { fail(error.description, at: entry.line) }
                continue
            }
            guard let source = source(entry) else { continue }
            // The first value of a key takes the place of what was given, the next ones join it.
            let isFirst = seen.insert(source.description).inserted
            set(source, .text(entry.value), joining: !isFirst, in: &members)
        }
        return members
    }

    private mutating func source(_ entry: ConfigurationFile.Entry) -> MappingSource? {
        guard let source = MappingSource(entry.key) else {
            fail("\(entry.key) names no value (expected one such as user.group)", at: entry.line)
            return nil
        }
        guard let section = source.section else {
            guard UnknownSources.topLevel.contains(source.key) else {
                let words = didYouMean(
                    source.key, among: Self.ownKeys + UnknownSources.topLevel,
                    otherwise: "expected one such as user.group")
                fail("unknown key \(entry.key) \(words)", at: entry.line)
                return nil
            }
            return source
        }
        guard UnknownSources.sections.contains(section) else {
            let words = didYouMean(
                section, among: UnknownSources.sections,
                otherwise: "expected \(UnknownSources.sections.joined(separator: ", "))")
            fail("a decision has no section \(section) \(words)", at: entry.line)
            return nil
        }
        guard section == "request" else { return source }
        guard let definition = dictionary.definition(named: source.key) else {
            let words = dictionary.suggestion(for: source.key).map { "did you mean \($0)?" }
            fail("unknown attribute \(source.key) (\(words ?? "expected a name of the dictionary"))", at: entry.line)
            return nil
        }
        return MappingSource(section: section, key: definition.name)
    }

    private func set(
        _ source: MappingSource, _ value: DetailValue, joining: Bool, in members: inout [String: DetailValue]
    ) {
        guard let section = source.section else {
            members[source.key] = joining ? (members[source.key] ?? .null).joined(by: value) : value
            return
        }
        var inner: [String: DetailValue] = [:]
        if case .object(let known) = members[section] { inner = known }
        inner[source.key] = joining ? (inner[source.key] ?? .null).joined(by: value) : value
        members[section] = .object(inner)
    }

    mutating func fail(_ message: String, at line: Int) {
        diagnostics.append(Diagnostic(file: path, line: line, message))
    }
}

extension DetailValue {
    /// A list of what was there and `value`.
    fileprivate func joined(by value: DetailValue) -> DetailValue {
        switch self {
        case .null: value
        case .list(let values): .list(values + [value])
        case .text, .number, .bool, .object: .list([self, value])
        }
    }
}
