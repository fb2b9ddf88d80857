import Cryptography
package import Foundation

/// A text file of test vectors. A record is a run of lines `key value…`, records are parted by blank lines, `#` starts a
/// comment at the beginning of a line, and the last record is `count N`, so that no case can vanish in silence.
///
///     what    attribute longer than the packet (RFC 2865 §5)
///     octets  01 00 00 16 …
///     error   octet 21: attributeOverrunsPacket(10)
///
///     count   1
package struct VectorFile {
    package let records: [VectorRecord]

    /// - Throws: ``VectorFileError`` when the file is malformed or its count is not that of its records.
    package init(at location: URL) throws {
        try self.init(text: String(contentsOf: location, encoding: .utf8), named: location.lastPathComponent)
    }

    package init(text: String, named name: String) throws {
        var records: [VectorRecord] = []
        var fields: [VectorRecord.Field] = []
        var firstLine = 0
        let lines = (text + "\n").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
            let words = line.split(maxSplits: 1, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
            if let key = words.first {
                if fields.isEmpty { firstLine = index + 1 }
                let value = words.count > 1 ? words[1].trimmingCharacters(in: .whitespaces) : ""
                fields.append(VectorRecord.Field(key: String(key), value: value))
            } else if !fields.isEmpty {
                records.append(VectorRecord(file: name, line: firstLine, fields: fields))
                fields = []
            }
        }
        guard let last = records.popLast(), let count = last["count"].flatMap({ Int($0) }) else {
            throw VectorFileError(description: "\(name): the last record is no count; end the file with 'count N'")
        }
        guard count == records.count else {
            throw VectorFileError(
                description: "\(name):\(last.line): count \(count), but there are \(records.count) records")
        }
        self.records = records
    }
}

/// One case of a ``VectorFile``; test runs name it by its file, line and `what`.
package struct VectorRecord: Sendable, CustomStringConvertible {
    package struct Field: Sendable {
        package let key: String
        package let value: String
    }

    package let file: String
    package let line: Int
    package let fields: [Field]

    /// The value of the first field `key`; nil when the record has none.
    package subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

    /// The values of all fields `key`, in order.
    package func all(_ key: String) -> [String] { fields.filter { $0.key == key }.map(\.value) }

    /// The value of a field that the record must have.
    package func required(_ key: String) throws -> String {
        guard let value = self[key] else {
            throw VectorFileError(description: "\(file):\(line): the record has no '\(key)'")
        }
        return value
    }

    /// The octets of a field in hexadecimal, in which blanks part groups.
    package func octets(_ key: String) throws -> [UInt8] {
        let digits = try required(key).filter { !$0.isWhitespace }
        guard let octets = Hexadecimal.octets(digits) else {
            throw VectorFileError(description: "\(file):\(line): '\(key)' is not hexadecimal")
        }
        return octets
    }

    package var description: String { "\(file):\(line) \(self["what"] ?? "")" }
}

package struct VectorFileError: Error, CustomStringConvertible {
    package let description: String
}
