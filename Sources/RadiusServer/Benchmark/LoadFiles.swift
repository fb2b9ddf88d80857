import Glibc

/// Where HOTP accounts keep the counters that they have come to, beside the file they were read from: a server that has
/// accepted a counter never takes it again, so that the next run must go on behind it.
struct LoadPositions {
    private let path: String

    init(besides accounts: String) { path = accounts + ".positions" }

    /// Serial to next counter; empty before the first run.
    func read() -> [String: Int64] {
        guard let contents = try? FileContents(path: path) else { return [:] }
        var positions: [String: Int64] = [:]
        for line in String(decoding: contents.octets, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let position = Int64(words[1]) { positions[String(words[0])] = position }
        }
        return positions
    }

    func write(_ positions: [(serial: String, position: Int64)]) throws(SocketError) {
        let file = try AppendedFile(path: path, isEmptied: true)
        var text = ""
        for (serial, position) in positions where position > 0 {
            text += "\(serial) \(position)\n"
            if text.utf8.count > 1 << 16 {
                file.append(text)
                text = ""
            }
        }
        file.append(text)
    }
}

/// A file that is written at its end, each text with one system call, so that a crash of the writer loses none of them.
final class AppendedFile {
    private let descriptor: Int32

    init(path: String, isEmptied: Bool = false) throws(SocketError) {
        let mode = O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (isEmptied ? O_TRUNC : 0)
        descriptor = unsafe open(path, mode, 0o600)
        guard descriptor >= 0 else { throw SocketError("open \(path)") }
    }

    deinit { close(descriptor) }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { octets in
            _ = unsafe write(descriptor, octets.baseAddress, octets.count)
        }
    }
}

extension LoadAccount {
    /// Reads the accounts of the file at `path`.
    static func read(file path: String, positions: [String: Int64]) throws(LoadError) -> [LoadAccount] {
        let contents: FileContents
        do { contents = try FileContents(path: path, sizeMaximum: 1 << 30) } catch { throw LoadError("\(error)") }
        return try read(String(decoding: contents.octets, as: UTF8.self), file: path, positions: positions)
    }
}
