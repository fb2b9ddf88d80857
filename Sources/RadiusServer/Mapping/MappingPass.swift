import RadiusCodec

/// One way through a mapping, for one reply.
struct MappingPass<Source: DetailSource>: ~Copyable {
    private let mapping: AttributeMapping
    private let detail: Source
    private let result: MappedResult
    private var memory: GroupMemory
    private var mapped = MappedAttributes()
    /// nil when nobody wants to know.
    private var steps: [MappingStep]?

    init(_ mapping: AttributeMapping, _ detail: Source, _ result: MappedResult, isExplained: Bool) {
        self.mapping = mapping
        self.detail = detail
        self.result = result
        memory = GroupMemory(mapping.patterns)
        steps = isExplained ? [] : nil
    }

    /// What the rules make of the detail.
    consuming func run() -> (mapped: MappedAttributes, steps: [MappingStep]?) {
        apply()
        return (mapped, steps)
    }

    private mutating func apply() {
        var end: RulePlace?
        let isExplained = steps != nil
        for block in mapping.blocks(for: isExplained ? nil : result) {
            let isForOthers = isExplained && !block.isFor(result)
            guard let place = block.place else {
                if !isForOthers { apply(block) }
                continue
            }
            if isForOthers {
                steps?.append(MappingStep(place, .isForOtherReplies))
            } else if let end {
                steps?.append(MappingStep(place, .comesAfterStop(end)))
            } else if conditionsHold(of: block, place) {
                steps?.append(MappingStep(place, .isApplied))
                apply(block)
                if block.isLast { end = place }
            }
        }
    }

    /// What cannot be told is taken for not holding, and reported.
    private mutating func conditionsHold(of block: SharedBlock, _ place: RulePlace) -> Bool {
        for condition in block.conditions {
            do throws(RegularExpression.Runaway) {
                if try condition.holds(for: detail, &memory) { continue }
                steps?.append(MappingStep(place, .lacksCondition(condition.place)))
            } catch {
                let message = "a condition's regular expression runs away; the rule is not applied"
                let problem = Diagnostic(file: place.file, line: place.line, severity: .warning, message)
                mapped.leaveOut(problem, isRequired: block.isRequired)
                steps?.append(MappingStep(place, .lacksCondition(condition.place)))
            }
            return false
        }
        return true
    }

    private mutating func apply(_ block: SharedBlock) {
        var hasMatch = false
        for (index, rule) in block.rules.enumerated() {
            switch rule.audience {
            case .everybody: break
            case .members(let membership):
                guard memory.holds(membership, for: detail) else {
                    steps?.append(MappingStep(rule.place, .isForOthers))
                    continue
                }
            case .others:
                guard !hasMatch else {
                    steps?.append(MappingStep(rule.place, .isForOthers))
                    continue
                }
            }
            hasMatch = true
            apply(rule, isRequired: block.isRequired)
            guard block.takesFirst else { continue }
            steps?.append(
                contentsOf: block.rules[(index + 1)...].map { MappingStep($0.place, .comesAfter(rule.place)) })
            return
        }
    }

    private mutating func apply(_ rule: MappingRule, isRequired: Bool) {
        switch rule.value {
        case .constant(let attribute):
            mapped.attributes.append(MappedAttribute(rule: rule, octets: attribute.octets, isRequired: isRequired))
        case .template(let template):
            do throws(MappingTemplate.SeveralLists) {
                for text in try template.texts(for: detail) { append(text, rule, isRequired: isRequired) }
            } catch {
                report("left out: two of the values are lists (expected one list at most)", rule, isRequired)
            }
        case .plain(let source):
            switch detail.value(of: source) {
            case .list(let values): for value in values { send(value, rule, isRequired) }
            case let value: send(value, rule, isRequired)
            }
        case .extraction(let source, let extraction):
            switch detail.value(of: source) {
            case .list(let values):
                for value in values { guard extract(value, extraction, rule, isRequired) else { return } }
            case let value: _ = extract(value, extraction, rule, isRequired)
            }
        }
    }

    /// A value as it is. One that is absent, null or empty gives nothing.
    private mutating func send(_ value: DetailValue, _ rule: MappingRule, _ isRequired: Bool) {
        switch value {
        case .text(let text), .number(let text):
            if !text.isEmpty { append(text, rule, isRequired: isRequired) }
        // As the incumbent: Perl prints JSON's truth values as 1 and 0.
        case .bool(let bool): append(bool ? "1" : "0", rule, isRequired: isRequired)
        case .null: break
        case .object: report("an object is left out (expected a text)", rule, isRequired)
        case .list: report("a list within a list is left out (expected a text)", rule, isRequired)
        }
    }

    /// A value that is absent or null gives nothing: whoever lacks an attribute must not get the bare prefix. Nor does an
    /// empty text, unless the pattern has no group and so speaks of the value as a whole.
    ///
    /// - Returns: whether to go on with the next value.
    private mutating func extract(
        _ value: DetailValue, _ extraction: MappingRule.Extraction, _ rule: MappingRule, _ isRequired: Bool
    ) -> Bool {
        switch value {
        case .text(let text), .number(let text):
            do throws(RegularExpression.Runaway) {
                guard let result = try extraction.result(for: text) else { return true }
                append(result, rule, isRequired: isRequired)
            } catch {
                // Each further value would take as long again while other people wait.
                let size = "a value of \(text.utf8.count) octets"
                report("the regular expression runs away on \(size); the rest is left out", rule, isRequired)
                return false
            }
        case .null: break
        case .bool: report("true or false is left out (expected a text)", rule, isRequired)
        case .object: report("an object is left out (expected a text)", rule, isRequired)
        case .list: report("a list within a list is left out (expected a text)", rule, isRequired)
        }
        return true
    }

    private mutating func append(_ text: String, _ rule: MappingRule, isRequired: Bool) {
        do throws(AttributeValueError) {
            let octets = try mapping.dictionary.value(text, of: rule.target.definition, tag: rule.target.tag)
            mapped.attributes.append(MappedAttribute(rule: rule, octets: octets, isRequired: isRequired))
        } catch {
            report("left out: \(error)", rule, isRequired)
        }
    }

    private mutating func report(_ what: String, _ rule: MappingRule, _ isRequired: Bool) {
        mapped.leaveOut(rule.problem(what), isRequired: isRequired)
    }
}

extension MappingRule.Extraction {
    /// What is sent for a value; nil when it is nothing.
    fileprivate func result(for text: String) throws(RegularExpression.Runaway) -> String? {
        guard let pattern else { return text.isEmpty ? nil : prefix + text + suffix }
        guard !text.isEmpty || pattern.groupCount == 0 else { return nil }
        guard let group = try pattern.firstGroup(in: text) else { return nil }
        let result = prefix + group + suffix
        return result.isEmpty ? nil : result
    }
}

/// What became of one section of ours, or of one line of a `[Members …]`, for somebody who asks why.
package struct MappingStep: Sendable, Equatable, CustomStringConvertible {
    package enum Outcome: Sendable, Equatable {
        case isApplied
        /// `result` names other replies.
        case isForOtherReplies
        /// A section before it, at this place, has `stop = yes`.
        case comesAfterStop(RulePlace)
        /// The `when` or `unless` at this place.
        case lacksCondition(RulePlace)
        /// The user is not in the group, or is in one before `otherwise`.
        case isForOthers
        /// The line at this place is for the user, and one is all that counts.
        case comesAfter(RulePlace)
    }

    package let place: RulePlace
    package let outcome: Outcome

    init(_ place: RulePlace, _ outcome: Outcome) {
        self.place = place
        self.outcome = outcome
    }

    package var description: String {
        switch outcome {
        case .isApplied: "\(place): applied"
        case .isForOtherReplies: "\(place): not applied, it is for other replies"
        case .comesAfterStop(let end): "\(place): not applied, \(end) stops before it"
        case .lacksCondition(let condition):
            "\(place): not applied, the condition in line \(condition.line) does not hold"
        case .isForOthers: "\(place): not for this user"
        case .comesAfter(let taken): "\(place): not applied, line \(taken.line) comes first"
        }
    }
}
