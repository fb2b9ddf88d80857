import RadiusCodec

/// What a person must know about one key of `watchword.ini`.
struct KeyDescription: Sendable {
    let name: String
    /// The kind of value, such as `seconds, 10 to 3600`.
    let type: String
    /// As it would stand in the file; nil when nothing takes the key's place.
    let defaultText: String?
    let isRequired: Bool
    /// One or two sentences.
    let meaning: String
    /// A value that is right.
    let example: String
}

/// One row of the schema: a key, how its value is read, and where it goes.
struct ConfigurationKey<Settings>: Sendable {
    let description: KeyDescription
    fileprivate let take: @Sendable ([ConfigurationFile.Entry], ValueContext, inout Settings) -> [Problem]

    /// A value that does not do.
    fileprivate struct Problem {
        let line: Int
        let value: UnfitValue

        init(_ entry: ConfigurationFile.Entry, _ value: UnfitValue) {
            line = entry.line
            self.value = value
        }
    }

    var name: String { description.name }

    /// A key that is there once.
    ///
    /// - Parameter defaultText: read like a value of the file when the key is not there.
    static func one<Value>(
        _ name: String, _ target: any WritableKeyPath<Settings, Value> & Sendable, _ type: ValueType<Value>,
        default defaultText: String? = nil, isRequired: Bool = false, meaning: String, example: String
    ) -> ConfigurationKey {
        let description = KeyDescription(
            name: name, type: type.description, defaultText: defaultText, isRequired: isRequired,
            meaning: meaning, example: example)
        return ConfigurationKey(description: description) { entries, context, settings in
            var problems: [Problem] = []
            for (index, entry) in entries.enumerated() {
                guard index == 0 else {
                    problems.append(Problem(entry, UnfitValue(shown: "there twice", expected: "it once")))
                    continue
                }
                do throws(UnfitValue) {
                    settings[keyPath: target] = try type.parse(entry.value, context)
                } catch {
                    problems.append(Problem(entry, error))
                }
            }
            return problems
        }
    }

    /// A key whose setting is nil when it is not there.
    static func optional<Value>(
        _ name: String, _ target: any WritableKeyPath<Settings, Value?> & Sendable, _ type: ValueType<Value>,
        meaning: String, example: String
    ) -> ConfigurationKey {
        let optional = ValueType<Value?>(type.description) { (text, context) throws(UnfitValue) in
            try type.parse(text, context)
        }
        return .one(name, target, optional, meaning: meaning, example: example)
    }

    /// A key that takes several values, with commas between them or on lines of their own.
    static func list<Value>(
        _ name: String, _ target: any WritableKeyPath<Settings, [Value]> & Sendable, _ type: ValueType<Value>,
        default defaultText: String? = nil, isRequired: Bool = false, meaning: String, example: String
    ) -> ConfigurationKey {
        let description = KeyDescription(
            name: name, type: "list: \(type.description)", defaultText: defaultText, isRequired: isRequired,
            meaning: meaning, example: example)
        return ConfigurationKey(description: description) { entries, context, settings in
            var problems: [Problem] = []
            for entry in entries {
                let items = entry.value.split { $0 == "," || $0 == "\n" }
                if items.isEmpty { problems.append(Problem(entry, UnfitValue("", expected: type.description))) }
                for item in items {
                    do throws(UnfitValue) {
                        settings[keyPath: target].append(try type.parse(String(trimmed(item)), context))
                    } catch {
                        problems.append(Problem(entry, error))
                    }
                }
            }
            return problems
        }
    }

    /// Reads the key out of a section into `settings`.
    func read(
        from section: ConfigurationFile.Section, _ context: ValueContext, into settings: inout Settings
    ) -> [Diagnostic] {
        var entries = section.entries.filter { $0.key == name }
        if entries.isEmpty {
            guard !description.isRequired else {
                let message = "\(section.heading) has no \(name) (expected \(name) = \(description.example))"
                return [Diagnostic(file: context.file, line: section.line, message)]
            }
            guard let text = description.defaultText else { return [] }
            entries = [.init(key: name, value: text, valueAsWritten: text, line: section.line)]
        }
        return take(entries, context, &settings).map { problem in
            let message = "\(name) is \(problem.value.shown) (expected \(problem.value.expected))"
            return Diagnostic(file: context.file, line: problem.line, message)
        }
    }
}
