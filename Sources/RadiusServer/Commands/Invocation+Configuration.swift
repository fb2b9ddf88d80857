import RadiusCodec

extension Invocation {
    /// The configuration that the command line, the environment or the usual places lead to.
    ///
    /// - Throws: ``ExitStatus/no`` when it has errors, which are then on standard error, each with its line.
    func configuration() throws(CommandFailure) -> Configuration {
        let path = Configuration.search(explicit: arguments.value(of: .configuration))
        let (configuration, diagnostics) = Configuration.load(path: path)
        guard let configuration else {
            let errors = diagnostics.filter { $0.severity == .error }
            for error in errors { console.note(error.description) }
            throw .no("\(path): \(count(errors.count, "error")); nothing was done")
        }
        return configuration
    }

    /// The dictionary of the configuration; where there is no configuration, the one that came with the program.
    func dictionary() throws(CommandFailure) -> AttributeDictionary {
        if arguments.isSet(.configuration) || NewFiles.exists(Configuration.search(explicit: nil)) {
            return try configuration().dictionary
        }
        let (dictionary, diagnostics) = AttributeDictionary.load(file: "dictionary") { EmbeddedFile.octets(of: $0) }
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            throw CommandFailure(status: .couldNot, messages: diagnostics.map(\.description))
        }
        return dictionary
    }
}

extension Invocation {
    /// The attributes of a request that a repeatable option `NAME=VALUE` gives, in the order given.
    func requestAttributes(
        of option: CommandOption, _ dictionary: AttributeDictionary
    ) throws(CommandFailure) -> [EncodedAttribute] {
        try arguments.values(of: option).map { text throws(CommandFailure) in
            do throws(AttributeValueError) { return try dictionary.attribute(parsing: text) } catch {
                throw .wrongUsage("\(option.name) '\(visible(text))': \(error)")
            }
        }
    }
}

/// `1 error`, `2 errors`.
func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
