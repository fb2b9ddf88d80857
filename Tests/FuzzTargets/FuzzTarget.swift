/// What is fuzzed. Each target takes any octets at all, lets the code at them that takes them from strangers, and holds what
/// comes out against what must always hold: that nothing traps is only the beginning.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A datagram: framing, signatures, attributes, and the way back from their text to octets.
    case packet
    /// `Name = text`, or a name, NUL and octets: values from text, and text from values.
    case value
    /// Files of a dictionary with NUL between them, the last one a packet's attributes to decode with it.
    case dictionary
    /// A file in the grammar of `watchword.ini` and `rlm.ini`.
    case configuration
    /// A method, a secret and a value: hidden and revealed, and revealed though nobody hid it.
    case hiding
    /// A mapping file, NUL, and a response detail in JSON.
    case mapping
}

/// Something that must always hold and, for some input, does not.
package struct BrokenProperty: Error, CustomStringConvertible {
    package let description: String
}

/// - Throws: when the condition does not hold.
func demand(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(description: otherwise()) }
}
