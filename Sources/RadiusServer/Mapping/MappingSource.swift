/// Which value of a response detail is meant: `serial`, or `user.group` for the one of a section. Immutable, and shared by
/// all replies.
package final class MappingSource: Sendable, Hashable, CustomStringConvertible {
    /// nil for the top level.
    let section: String?
    let key: String
    /// What that is of a decision: looked up once, for nobody wants to compare names at each login.
    let field: DecisionField?

    init(section: String?, key: String) {
        self.section = section
        self.key = key
        field = DecisionField(key, in: section)
    }

    /// Reads `user.group`; what stands before the first point is the section. nil when either side is empty, or a blank
    /// is in it.
    convenience init?(_ text: some StringProtocol) {
        let sides = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = sides.first, let last = sides.last, !first.isEmpty, !last.isEmpty,
            !text.contains(where: { $0 == " " || $0 == "\t" })
        else { return nil }
        self.init(section: sides.count == 2 ? String(first) : nil, key: String(last))
    }

    package var description: String { section.map { "\($0).\(key)" } ?? key }

    /// The values, one or many; none for what is absent or null.
    func values(in detail: some DetailSource) -> [DetailValue] {
        switch detail.value(of: self) {
        case .null: []
        case .list(let elements): elements
        case let single: [single]
        }
    }

    package static func == (left: MappingSource, right: MappingSource) -> Bool {
        left === right || left.key == right.key && left.section == right.section
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(section)
        hasher.combine(key)
    }
}
