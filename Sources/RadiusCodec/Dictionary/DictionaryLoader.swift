/// A line of a dictionary file, for a message about it.
struct DictionaryPlace: Sendable {
    let file: String
    let line: Int
}

/// Reads the files of a dictionary, follows what they include, and gathers every mistake.
///
/// The caller reads the files, so that the codec opens none.
struct DictionaryLoader {
    // What we are willing to read. The largest set known to us has 240 files, 2 levels and 900 kilobytes.
    static let depthMaximum = 16
    static let filesMaximum = 2000
    static let octetsMaximum = 64 << 20
    static let attributesMaximum = 100_000
    static let errorsMaximum = 1000

    private var parser = DictionaryParser()
    private var diagnostics: [Diagnostic] = []
    private var errorCount = 0
    private var filesRead: Set<String> = []
    private var octetsRead = 0

    /// Nothing more is read after this many mistakes: what follows would only be their echo.
    private var isFull: Bool { errorCount >= Self.errorsMaximum }

    mutating func read<Failure: Error>(
        _ file: String, includedAt place: DictionaryPlace? = nil, isOptional: Bool = false, depth: Int = 0,
        reading: (String) throws(Failure) -> [UInt8]?
    ) {
        let blamed = place ?? DictionaryPlace(file: file, line: 0)
        guard depth <= Self.depthMaximum else {
            report("$INCLUDE goes deeper than \(Self.depthMaximum) files (expected fewer levels)", at: blamed)
            return
        }
        // As in FreeRADIUS a file is read once, however often it is included.
        guard filesRead.insert(file).inserted else { return }
        guard filesRead.count <= Self.filesMaximum else {
            report("more than \(Self.filesMaximum) files are included (expected fewer)", at: blamed)
            return
        }
        do throws(Failure) {
            guard let octets = try reading(file) else {
                if !isOptional { report("there is no file \(file) (expected a dictionary)", at: blamed) }
                return
            }
            octetsRead += octets.count
            guard octetsRead <= Self.octetsMaximum else {
                report("the files have more than \(Self.octetsMaximum) octets (expected fewer)", at: blamed)
                return
            }
            read(octets, of: file, depth: depth, reading: reading)
        } catch {
            report("cannot read \(file): \(error) (expected a dictionary)", at: blamed)
        }
    }

    private mutating func read<Failure: Error>(
        _ octets: [UInt8], of file: String, depth: Int, reading: (String) throws(Failure) -> [UInt8]?
    ) {
        var scope = DictionaryScope()
        var firstNewerLine: Int?
        var newerLineCount = 0
        var lines = DictionaryLines(octets)
        while let (number, fields) = lines.next(), !isFull {
            let place = DictionaryPlace(file: file, line: number)
            do throws(DictionaryLineProblem) {
                switch fields[0].lowercased() {
                case "$include":
                    try includes(fields, place, isOptional: false, depth: depth, reading: reading)
                case "$include-", "$-include":
                    try includes(fields, place, isOptional: true, depth: depth, reading: reading)
                default: try parser.parse(fields, at: place, in: &scope)
                }
            } catch {
                switch error {
                case .mistake(let message): report(message, at: place)
                case .newerSyntax:
                    firstNewerLine = firstNewerLine ?? number
                    newerLineCount += 1
                }
            }
        }
        if let firstNewerLine {
            diagnostics.append(
                Diagnostic(
                    file: file, line: firstNewerLine, severity: .warning,
                    "\(newerLineCount) lines are of FreeRADIUS 4 and are skipped (expected the syntax of FreeRADIUS 3)")
            )
        }
        for (line, opening, closing) in scope.unclosed {
            report("\(opening) is not closed (expected \(closing))", at: DictionaryPlace(file: file, line: line))
        }
    }

    private mutating func includes<Failure: Error>(
        _ fields: [String], _ place: DictionaryPlace, isOptional: Bool, depth: Int,
        reading: (String) throws(Failure) -> [UInt8]?
    ) throws(DictionaryLineProblem) {
        guard fields.count == 2 else {
            throw .mistake("\(fields[0]) has \(fields.count - 1) arguments (expected: \(fields[0]) file)")
        }
        let path = Self.path(of: fields[1], from: place.file)
        read(path, includedAt: place, isOptional: isOptional, depth: depth + 1, reading: reading)
    }

    /// An included path as seen from the file that includes it.
    static func path(of included: String, from file: String) -> String {
        guard !included.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return included }
        return file[...slash] + included
    }

    private mutating func report(_ message: String, at place: DictionaryPlace) {
        errorCount += 1
        guard !isFull else {
            if errorCount == Self.errorsMaximum {
                diagnostics.append(
                    Diagnostic(file: place.file, line: place.line, "too many errors; the rest is not shown"))
            }
            return
        }
        diagnostics.append(Diagnostic(file: place.file, line: place.line, message))
    }

    /// What has been read, with the VALUE lines that came before their attributes.
    consuming func finish() -> (dictionary: AttributeDictionary, diagnostics: [Diagnostic]) {
        for (message, place) in parser.finish() { report(message, at: place) }
        return (AttributeDictionary(parser.tables), diagnostics)
    }
}

extension AttributeDictionary {
    /// Reads `file` and all that it includes, and reports every mistake of all files in one run.
    ///
    /// - Parameter reading: gives the octets of a file by its name, nil when there is no such file; what it throws goes
    ///   into the diagnostic. The codec itself opens no file.
    /// - Returns: the dictionary, of use only when no diagnostic is an error.
    package static func load<Failure: Error>(
        file: String, reading: (String) throws(Failure) -> [UInt8]?
    ) -> (dictionary: AttributeDictionary, diagnostics: [Diagnostic]) {
        var loader = DictionaryLoader()
        loader.read(file, reading: reading)
        return loader.finish()
    }
}
