package import RadiusCodec

extension AttributeMapping {
    /// What the rules say that is probably not meant, in the order of the file. Mistakes that make a file useless are
    /// told when it is loaded; these are warnings for a rule that works, but not as its author thinks.
    package func lint() -> [Diagnostic] { MappingLint.checks.flatMap { $0(self) }.sortedByLine() }
}

/// All that `lint` looks for. Each check is a file of its own, and a function from a mapping to what it found.
enum MappingLint {
    static let checks: [@Sendable (AttributeMapping) -> [Diagnostic]] = [
        RepeatedRules.findings, ShadowedRules.findings, ForbiddenAttributes.findings, SingleValues.findings,
        CommentsInValues.findings, TrailingBlanks.findings, UselessGroups.findings, UnfitValues.findings,
        RunawayExpressions.findings, UnknownSources.findings, LongReplies.findings,
    ]
}

extension MappingRule {
    func warning(_ message: String) -> Diagnostic { place.warning(message) }

    /// The values of the detail that it reads.
    var sources: [MappingSource] {
        switch value {
        case .plain(let source), .extraction(let source, _): [source]
        case .template(let template): template.sources
        case .constant: []
        }
    }

    /// What an `[Attribute …]` section does with its value.
    var extraction: Extraction? {
        if case .extraction(_, let extraction) = value { extraction } else { nil }
    }
}

extension RulePlace {
    func warning(_ message: String) -> Diagnostic {
        Diagnostic(file: file, line: line, severity: .warning, message)
    }
}

extension MappingBlock {
    /// Whether its rules stand in for one another or for other sections, so that no reply has what all of them make.
    var isAlternative: Bool { takesFirst || isLast }
}
