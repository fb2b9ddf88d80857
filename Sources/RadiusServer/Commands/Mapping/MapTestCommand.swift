import RadiusCodec

/// `watchword map test`: tries a mapping on cases that stand in files beside it.
enum MapTestCommand {
    static let command = Command(
        name: "test",
        summary: "Tries a mapping on cases in files, and shows where what comes of it is not what was expected",
        operands: ["FILE.maptest…"],
        options: [MapCommand.mapping],
        example: "watchword map test --mapping rlm.ini *.maptest",
        action: run)

    private struct Document: Encodable {
        let cases: Int
        let failed: [Failure]
    }

    private struct Failure: Encodable {
        let file: String
        let line: Int
        let name: String
        /// Each begins with `-` for what was expected and did not come, `+` for what came and was not, `!` for the rest.
        let differences: [String]
    }

    private static func run(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let dictionary = try invocation.dictionary()
        var count = 0
        var failures: [Failure] = []
        for path in invocation.arguments.operands {
            let file = try read(path, dictionary, invocation)
            let mapping = try MapCommand.attributeMapping(invocation, named: file.mapping, dictionary)
            for example in file.cases {
                count += 1
                let differences = MappingTrial(example, dictionary).differences(by: mapping)
                guard !differences.isEmpty else { continue }
                failures.append(
                    Failure(file: path, line: example.line, name: example.name, differences: differences))
            }
        }
        let lines = failures.flatMap { ["\($0.file):\($0.line): \($0.name)"] + $0.differences.map { "    \($0)" } }
        let sum = failures.isEmpty ? "\(cases(count)) passed" : "\(failures.count) of \(cases(count)) failed"
        try invocation.show(
            Document(cases: count, failed: failures), orText: (lines + [sum]).joined(separator: "\n"))
        return failures.isEmpty ? .done : .no
    }

    private static func cases(_ number: Int) -> String { RadiusServer.count(number, "case") }

    private static func read(
        _ path: String, _ dictionary: AttributeDictionary, _ invocation: Invocation
    ) throws(CommandFailure) -> MappingTestFile {
        let octets: [UInt8]
        do throws(UnreadableFile) { octets = try FileContents(path: path).octets } catch {
            throw .couldNot(error.description)
        }
        let (file, diagnostics) = MappingTestFile.parse(octets, path: path, dictionary: dictionary)
        guard diagnostics.isEmpty else {
            for diagnostic in diagnostics { invocation.console.note(diagnostic.description) }
            throw .no("\(path): \(RadiusServer.count(diagnostics.count, "error")); nothing was tried")
        }
        return file
    }
}

/// One case, tried.
struct MappingTrial {
    private let example: MappingTestFile.Case
    private let dictionary: AttributeDictionary

    init(_ example: MappingTestFile.Case, _ dictionary: AttributeDictionary) {
        self.example = example
        self.dictionary = dictionary
    }

    /// What is not as expected, line by line; empty when all is.
    func differences(by mapping: AttributeMapping) -> [String] {
        let detail = DetailByDictionary(detail: example.detail, dictionary: dictionary)
        let mapped = mapping.attributes(for: detail, result: example.result)
        guard !example.isRefused else {
            return mapped.refusal == nil ? ["- refusal", "+ the login is not refused"] : []
        }
        if let refusal = mapped.refusal { return ["+ refusal: \(refusal)"] }
        let difference = AttributeDifference(
            from: example.expected.map(\.attribute), to: mapped.attributes.map(\.attribute))
        var lines = difference.missing.map { index in
            let expectation = example.expected[index]
            return "- \(dictionary.readableLine(of: expectation.attribute))  (expected in line \(expectation.line))"
        }
        lines += difference.additional.map { index in
            let entry = mapped.attributes[index]
            return "+ \(dictionary.readableLine(of: entry.attribute))  (\(entry.place))"
        }
        return lines + remarks(mapped.problems)
    }

    private func remarks(_ problems: [Diagnostic]) -> [String] {
        let unexpected = problems.filter { problem in !example.problems.contains { problem.message.contains($0.words) }
        }
        let absent = example.problems.filter { remark in !problems.contains { $0.message.contains(remark.words) } }
        return absent.map { "! no problem is '\($0.words)'  (expected in line \($0.line))" }
            + unexpected.map { "! \($0)" }
    }
}
