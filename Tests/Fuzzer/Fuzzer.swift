import Foundation
import FuzzTargets

/// What libFuzzer runs. FUZZ_TARGET names the target. With FUZZ_SEEDS, a folder, it writes down there what fuzzing begins
/// with; with FUZZ_KEEP it adds the files of that folder to the kept corpus; in both cases it does nothing else.
private enum Fuzzer {
    static let environment = ProcessInfo.processInfo.environment
    static let target = environment["FUZZ_TARGET"].flatMap { FuzzTarget(rawValue: $0) }
    static let fuzzing = try? Fuzzing()
}

/// What libFuzzer calls first.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeRawPointer, _: UnsafeRawPointer) -> CInt {
    guard let target = Fuzzer.target, Fuzzer.fuzzing != nil else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("FUZZ_TARGET names no target (expected one of \(names)), or the dictionary cannot be read")
    }
    do {
        if let folder = Fuzzer.environment["FUZZ_SEEDS"].map({ URL(filePath: $0) }) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (number, input) in try (target.seeds() + target.keptInputs()).enumerated() {
                try Data(input).write(to: folder.appending(path: "seed-\(number)"))
            }
            exit(0)
        }
        if let folder = Fuzzer.environment["FUZZ_KEEP"].map({ URL(filePath: $0) }) {
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            try target.keep(files.map { Array(try Data(contentsOf: $0)) })
            exit(0)
        }
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// An input that breaks a property ends the process, as a trap would, so that libFuzzer writes the input down.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target = Fuzzer.target, let fuzzing = Fuzzer.fuzzing else { return -1 }
    do throws(BrokenProperty) {
        try fuzzing.check(unsafe Array(UnsafeBufferPointer(start: start, count: count)), by: target)
    } catch {
        fatalError("\(error)")
    }
    return 0
}
