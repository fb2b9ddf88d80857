/// The lines of a dictionary file that say something, each as its fields.
///
/// A `#` begins a comment wherever it stands: there are no quotes. Blanks and tabs separate fields.
struct DictionaryLines {
    private let octets: [UInt8]
    private var offset = 0
    private var number = 0

    init(_ octets: [UInt8]) { self.octets = octets }

    /// The next line with at least one field, and its number, counted from 1; nil at the end.
    mutating func next() -> (number: Int, fields: [String])? {
        while offset < octets.count {
            number += 1
            var fields: [String] = []
            var start: Int?
            var isComment = false
            while offset < octets.count {
                let octet = octets[offset]
                if octet == UInt8(ascii: "\n") { break }
                if octet == UInt8(ascii: "#") { isComment = true }
                if isComment || octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") || octet == UInt8(ascii: "\r")
                {
                    if let begin = start { fields.append(String(decoding: octets[begin..<offset], as: UTF8.self)) }
                    start = nil
                } else if start == nil {
                    start = offset
                }
                offset += 1
            }
            if let begin = start { fields.append(String(decoding: octets[begin..<offset], as: UTF8.self)) }
            offset += 1
            if !fields.isEmpty { return (number, fields) }
        }
        return nil
    }
}
