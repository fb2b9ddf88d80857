/// What must hold of every Swift file in Sources. Each check is a function from a file to its faults.
enum SourceChecks {
    static let all = [bannedCalls, unsafeRooms, imports]

    /// Nothing that a packet, a file or a command line can reach may trap. A place that only our own mistake can reach
    /// says so on its line or the line above: `// traps: why it cannot happen`.
    static func bannedCalls(_ source: SwiftSource) -> [Finding] {
        let banned: [(pattern: Regex<Substring>, what: String, instead: String)] = [
            (/\btry!/, "try!", "catch the error, or pass it on"),
            (/\bas!/, "as!", "use as? and say what happens otherwise"),
            (/(?!(?:try|as)!)\b\w+!(?!=)|[\)\]\}>?]!(?!=)/, "force unwrap", "use guard let"),
            (/\bfatalError\(/, "fatalError", "throw, or make the case impossible"),
            (/\bprecondition(?:Failure)?\(/, "precondition", "throw, or say '// traps: why it cannot happen'"),
            (/\bassert(?:ionFailure)?\(/, "assert", "it says nothing in a release build; test it instead"),
            (/\bprint\(/, "print", "write through Console or Log"),
        ]
        var findings: [Finding] = []
        for (index, line) in source.code.enumerated() {
            let annotation = source.lines[max(0, index - 1)...index].joined()
            guard !annotation.contains("// traps: ") else { continue }
            for rule in banned where line.contains(rule.pattern.wordBoundaryKind(.simple)) {
                findings.append(
                    Finding(path: source.path, line: index + 1, what: rule.what, instead: rule.instead))
            }
        }
        return findings
    }

    /// The rooms that C is kept in: files, and folders with a slash at the end. `unsafe` occurs nowhere else.
    static let roomsForUnsafe = [
        "Sources/Cryptography/",
        "Sources/RadiusServer/Benchmark/LoadFiles.swift",
        "Sources/RadiusServer/Benchmark/LoadGenerator.swift",
        "Sources/RadiusServer/Benchmark/LoadSockets.swift",
        "Sources/RadiusServer/Commands/EmbeddedFile.swift",
        "Sources/RadiusServer/Commands/NewFiles.swift",
        "Sources/RadiusServer/Commands/QRCode.swift",
        "Sources/RadiusServer/Commands/Terminal.swift",
        "Sources/RadiusServer/Configuration/Configuration.swift",
        "Sources/RadiusServer/Configuration/FileContents.swift",
        "Sources/RadiusServer/Configuration/FileStamp.swift",
        "Sources/RadiusServer/Mapping/RegularExpression.swift",
        "Sources/RadiusServer/Operations/Clock.swift",
        "Sources/RadiusServer/Operations/ControlSocket.swift",
        "Sources/RadiusServer/Operations/Log.swift",
        "Sources/RadiusServer/Operations/Signals.swift",
        "Sources/RadiusServer/Operations/Thread.swift",
        "Sources/RadiusServer/Sockets/",
        "Sources/TokenEngine/KeyFile.swift",
        "Sources/TokenEngine/Store/Database.swift",
        "Sources/TokenEngine/Store/LogFile.swift",
        "Sources/TokenEngine/Store/LogGathering.swift",
    ]

    private static func isUnsafe(_ line: Substring) -> Bool {
        // The plain search is quick, and most lines end there.
        line.contains("nsafe") && line.contains(/\bunsafe\b|Unsafe/.wordBoundaryKind(.simple))
    }

    static func unsafeRooms(_ source: SwiftSource) -> [Finding] {
        guard !roomsForUnsafe.contains(where: source.path.hasPrefix) else { return [] }
        return source.code.enumerated().filter { isUnsafe($0.element) }.map {
            Finding(
                path: source.path, line: $0.offset + 1, what: "unsafe code outside its rooms",
                instead: "move the call behind one of the wrappers that own C")
        }
    }

    /// The rooms that none of these files needs any more.
    static func emptyRooms(_ sources: [SwiftSource]) -> [String] {
        roomsForUnsafe.filter { room in
            !sources.contains { $0.path.hasPrefix(room) && $0.code.contains(where: isUnsafe) }
        }
    }

    /// Who may know whom. SwiftPM checks the arrows between targets; this also keeps each C module to the files that wrap
    /// it, and Foundation out.
    private static let mayImport: [String: Set<String>] = [
        "Cryptography": ["COpenSSL", "Synchronization"],
        "RadiusCodec": ["Cryptography"],
        "TokenEngine": ["Cryptography", "CSQLite", "Glibc", "Swift", "Synchronization"],
        "RadiusServer": [
            "Cryptography", "RadiusCodec", "TokenEngine", "CLinux", "CPCRE2", "CQRCode", "EmbeddedFiles", "Glibc",
            "Synchronization", "FoundationEssentials",
        ],
        "watchword": ["RadiusServer", "Glibc"],
    ]

    /// Modules that only these files see.
    private static let wrappers: [String: [String]] = [
        "CLinux": [
            "Sources/RadiusServer/Sockets/", "Sources/RadiusServer/Operations/ControlSocket.swift",
            "Sources/RadiusServer/Operations/CoreDumps.swift", "Sources/RadiusServer/Operations/Thread.swift",
            "Sources/RadiusServer/Benchmark/LoadSockets.swift",
        ],
        "CPCRE2": ["Sources/RadiusServer/Mapping/RegularExpression.swift"],
        "CQRCode": ["Sources/RadiusServer/Commands/QRCode.swift"],
        "EmbeddedFiles": ["Sources/RadiusServer/Commands/EmbeddedFile.swift"],
        "CSQLite": ["Sources/TokenEngine/Store/Database.swift", "Sources/TokenEngine/Store/LogGathering.swift"],
        "Swift": ["Sources/TokenEngine/Text/CanonicalText.swift"],
    ]

    static func imports(_ source: SwiftSource) -> [Finding] {
        var findings: [Finding] = []
        for (index, line) in source.code.enumerated() {
            let pattern =
                /^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:package|public|internal|fileprivate|private)\s+)?import\s+(\w+)/
            guard let match = line.prefixMatch(of: pattern) else { continue }
            let module = String(match.1)
            if mayImport[source.target]?.contains(module) != true {
                findings.append(
                    Finding(
                        path: source.path, line: index + 1, what: "\(source.target) imports \(module)",
                        instead: "only the arrows of Package.swift are allowed"))
            } else if let rooms = wrappers[module], !rooms.contains(where: source.path.hasPrefix) {
                findings.append(
                    Finding(
                        path: source.path, line: index + 1, what: "\(module) outside its wrapper",
                        instead: "call \(rooms.joined(separator: " or ")) instead"))
            }
        }
        return findings
    }
}

/// What must hold of every text file, whatever its language.
enum TextChecks {
    static let all = [leftovers, machinePaths]

    /// Built from halves, so that this file is clean.
    private static let leftoverWords = ["TO" + "DO", "FIX" + "ME", "X" + "XX:", "not " + "implemented", "HA" + "CK:"]

    static func leftovers(_ file: TextFile) -> [Finding] {
        findings(in: file, of: leftoverWords, what: { "leftover '\($0)'" }, instead: "finish it, or open an issue")
    }

    private static let foreignPaths = ["/wo" + "rk/", "/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/"]

    static func machinePaths(_ file: TextFile) -> [Finding] {
        findings(
            in: file, of: foreignPaths, what: { "a path of one machine, '\($0)…'" },
            instead: "write it relative to the repository")
    }

    private static func findings(
        in file: TextFile, of words: [String], what: (String) -> String, instead: String
    ) -> [Finding] {
        file.lines.enumerated().flatMap { index, line in
            words.filter(line.contains).map {
                Finding(path: file.path, line: index + 1, what: what($0), instead: instead)
            }
        }
    }
}

/// How long a file may be before it must be split.
enum FileLength {
    static let soft = 400
    static let hard = 600

    static func finding(_ source: SwiftSource, above limit: Int) -> Finding? {
        guard source.lines.count > limit else { return nil }
        return Finding(
            path: source.path, line: 0, what: "\(source.lines.count) lines, more than \(limit)",
            instead: "look for the second idea that has crept in, and split")
    }
}
