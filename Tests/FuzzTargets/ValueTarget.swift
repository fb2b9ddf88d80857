import Cryptography
import RadiusCodec

extension Fuzzing {
    /// `Name = text` goes from text to octets and back; a name, NUL and octets the other way round.
    func checkValue(_ input: [UInt8]) throws(BrokenProperty) {
        guard let separator = input.firstIndex(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) else { return }
        if input[separator] == 0 {
            let name = String(decoding: input[..<separator], as: UTF8.self)
            guard let definition = dictionary.definition(named: name) else { return }
            try checkPrinting(EncodedAttribute(definition: definition, octets: Array(input[(separator + 1)...])))
        } else {
            try checkReading(String(decoding: input, as: UTF8.self))
        }
    }

    private func checkReading(_ line: String) throws(BrokenProperty) {
        let attribute: EncodedAttribute
        do throws(AttributeValueError) {
            attribute = try dictionary.attribute(parsing: line)
        } catch {
            return try demand(Self.isPrintable(error.description), "the complaint would act on a terminal")
        }
        // A prefix is short as text, and 18 octets as a value.
        let octetCount = attribute.octets.count
        try demand(octetCount <= line.utf8.count + 18, "\(octetCount) octets from a text of \(line.utf8.count)")
        try checkPrinting(attribute)
        if let size = attribute.definition.fixedSize {
            try demand(octetCount == size || octetCount == 0, "\(octetCount) octets instead of \(size)")
        }
        // A text is shown as it is mapped; octets that are no UTF-8 cannot be.
        let text = dictionary.text(of: attribute)
        guard attribute.definition.type != .string else { return }
        let again = try? dictionary.encode(text, as: attribute.definition, tag: attribute.tag)
        try demand(again == attribute, "\(line) is \(text), which is something else")
    }

    /// A printed value acts on no terminal and, read back, is the same.
    private func checkPrinting(_ attribute: EncodedAttribute) throws(BrokenProperty) {
        let definition = attribute.definition
        let line = dictionary.line(of: attribute, showingSecrets: true)
        try demand(Self.isPrintable(line), "the line would act on a terminal")
        let limit = 4 * attribute.octets.count + definition.name.utf8.count + 64
        try demand(line.utf8.count <= limit, "a line of \(line.utf8.count) octets for \(attribute.octets.count)")
        let hidden = dictionary.line(of: attribute)
        try demand(!definition.isSecret || hidden.hasSuffix(" = <<< secret >>>"), "a secret is shown")

        // A number in too many octets is shown as octets, and they are read as a number.
        guard definition.fixedSize ?? attribute.octets.count == attribute.octets.count else { return }
        guard !definition.isInternal, let again = try? dictionary.attribute(parsing: line) else { return }
        switch definition.type {
        case .string where attribute.octets.last == 0, .ipv4prefix, .ipv6prefix: return
        default: try demand(again.octets == attribute.octets, "\(line) came back as \(again.octets)")
        }
    }
}
