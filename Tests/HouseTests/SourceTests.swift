import Testing

@Suite("Sources keep the rules of the house")
struct SourceTests {
    @Test("no Swift file breaks a rule")
    func sources() throws {
        let files = try Repository.swiftFiles(in: "Sources")
        #expect(files.count > 20)
        for file in files {
            for finding in SourceChecks.all.flatMap({ $0(file) }) { Issue.record("\(finding)") }
        }
    }

    @Test("no file may use unsafe code and does not")
    func rooms() throws {
        #expect(try SourceChecks.emptyRooms(Repository.swiftFiles(in: "Sources")) == [])
    }

    @Test("no text file has leftovers or paths of one machine")
    func textFiles() throws {
        for file in try Repository.textFiles() {
            for finding in TextChecks.all.flatMap({ $0(file) }) { Issue.record("\(finding)") }
        }
    }

    @Test("no file is too long to read in one sitting")
    func length() throws {
        for file in try Repository.swiftFiles(in: "Sources") + Repository.swiftFiles(in: "Tests") {
            if let finding = FileLength.finding(file, above: FileLength.hard) {
                Issue.record("\(finding)")
            } else if let finding = FileLength.finding(file, above: FileLength.soft) {
                Issue.record("\(finding)", severity: .warning)
            }
        }
    }

    @Test("there are no Swift packages")
    func dependencies() throws {
        #expect(try !Repository.text(of: "Package.swift").contains(".package("))
    }
}

@Suite("The checks find what they look for")
struct PlantedFaultTests {
    static let faults: [(code: String, what: String)] = [
        ("let x = try! f()", "try!"),
        ("let x = y as! Int", "as!"),
        ("let x = table[key]!", "force unwrap"),
        ("let x = f()!.y", "force unwrap"),
        ("fatalError(\"never\")", "fatalError"),
        ("precondition(x > 0)", "precondition"),
        ("preconditionFailure()", "precondition"),
        ("assert(x > 0)", "assert"),
        ("print(x)", "print"),
        ("unsafe f()", "unsafe code outside its rooms"),
        ("x.withUnsafeBytes { _ in }", "unsafe code outside its rooms"),
        ("import TokenEngine", "RadiusCodec imports TokenEngine"),
        ("package import Foundation", "RadiusCodec imports Foundation"),
        ("@preconcurrency import Glibc", "RadiusCodec imports Glibc"),
        ("let x = \"a // b\"; try! f()", "try!"),
        ("/* a /* nested */ comment */ try! f()", "try!"),
    ]

    @Test("a fault is found on its line", arguments: faults)
    func found(code: String, what: String) {
        let source = SwiftSource(path: "Sources/RadiusCodec/X.swift", text: "\n\(code)\n")
        let findings = SourceChecks.all.flatMap { $0(source) }
        #expect(findings.map(\.what) == [what])
        #expect(findings.map(\.line) == [2])
    }

    static let innocent = [
        "// try! this", "let text = \"try! this, unsafe as it is\"", "/* fatalError( */", "let x = !y", "if x != y {}",
        "if x!=y {}", "let text = #\"a \" unsafe \"#",
        "let text = \"\"\"\n  as! \" unsafe\n\"\"\"",
        "// traps: the index is ours\nprecondition(x > 0)", "import Cryptography", "let unsafely = 1",
    ]

    @Test("what only looks like a fault is left alone", arguments: innocent)
    func ignored(code: String) {
        let source = SwiftSource(path: "Sources/RadiusCodec/X.swift", text: code)
        #expect(SourceChecks.all.flatMap { $0(source) } == [])
    }

    @Test("a C module is seen by its wrapper alone")
    func wrappers() {
        let wrapper = SwiftSource(path: "Sources/TokenEngine/Store/Database.swift", text: "import CSQLite")
        let other = SwiftSource(path: "Sources/TokenEngine/Store/Store.swift", text: "import CSQLite")
        #expect(SourceChecks.imports(wrapper) == [])
        #expect(SourceChecks.imports(other).map(\.what) == ["CSQLite outside its wrapper"])
    }

    @Test("leftovers and paths of one machine are found", arguments: ["TO" + "DO: later", "see /ho" + "me/me/x"])
    func text(line: String) {
        let file = TextFile(path: "README.md", text: "fine\n\(line)")
        #expect(TextChecks.all.flatMap { $0(file) }.map(\.line) == [2])
    }

    @Test("a long file is found, and told as the compiler would")
    func length() {
        let source = SwiftSource(path: "a.swift", text: String(repeating: "\n", count: 400))
        #expect(FileLength.finding(source, above: 401) == nil)
        #expect(
            FileLength.finding(source, above: 400)?.description
                == "a.swift:0: 401 lines, more than 400; look for the second idea that has crept in, and split")
    }
}
