import RadiusCodec

/// How long it takes to load a dictionary, with all that it includes.
struct DictionaryBenchmark: Encodable {
    let attributes: Int
    /// Of ten times: the first, which may have had to read the disk, and the fastest.
    let firstInMilliseconds: Int64
    let fastestInMilliseconds: Int64

    var text: String {
        "\(attributes) attributes, \(firstInMilliseconds) ms the first time, \(fastestInMilliseconds) ms the fastest of ten\n"
    }

    static func load(_ path: String) throws(CommandFailure) -> DictionaryBenchmark {
        var milliseconds: [Int64] = []
        var attributes = 0
        for _ in 0..<10 {
            let start = Clock.monotonic()
            let (dictionary, diagnostics) = AttributeDictionary.load(file: path)
            milliseconds.append(Clock.monotonic() - start)
            if let error = diagnostics.first(where: { $0.severity == .error }) { throw .couldNot("\(error)") }
            attributes = dictionary.definitions.count
        }
        return DictionaryBenchmark(
            attributes: attributes, firstInMilliseconds: milliseconds.first ?? 0,
            fastestInMilliseconds: milliseconds.min() ?? 0)
    }
}
