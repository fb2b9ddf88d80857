/// A text with values of the detail in it: `{user.department}-{user.site}`.
struct MappingTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        case value(MappingSource)
    }

    let parts: [Part]

    /// Braces around what can be no value, such as `{}` or `{a b}`, are braces.
    init(_ text: String) {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            let behind = rest[rest.index(after: open)...]
            guard let end = behind.firstIndex(where: { $0 == "}" || $0 == "{" }), behind[end] == "}",
                let source = MappingSource(behind[..<end])
            else {
                plain += rest[...open]
                rest = behind
                continue
            }
            plain += rest[..<open]
            if !plain.isEmpty { parts.append(.text(plain)) }
            plain = ""
            parts.append(.value(source))
            rest = behind[behind.index(after: end)...]
        }
        plain += rest
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    /// The text of a template that has no value in it.
    var constant: String? {
        switch parts.first {
        case .text(let text) where parts.count == 1: text
        case .text, .value, nil: nil
        }
    }

    var sources: [MappingSource] {
        parts.compactMap { part in
            if case .value(let source) = part { source } else { nil }
        }
    }

    /// Two values of which each is a list: nobody can say which element goes with which.
    struct SeveralLists: Error {}

    /// The texts that it makes: none when one of its values is absent or empty, one for each element where one of them is a
    /// list.
    func texts(for detail: some DetailSource) throws(SeveralLists) -> [String] {
        var texts = [""]
        for part in parts {
            switch part {
            case .text(let text):
                for index in texts.indices { texts[index] += text }
            case .value(let source):
                let values = source.values(in: detail).compactMap(\.plainText).filter { !$0.isEmpty }
                guard let first = values.first else { return [] }
                guard texts.count == 1 || values.count == 1 else { throw SeveralLists() }
                if values.count == 1 {
                    for index in texts.indices { texts[index] += first }
                } else {
                    let beginning = texts[0]
                    texts = values.map { beginning + $0 }
                }
            }
        }
        return texts
    }
}
