/// A value that says of which group somebody is a member: the name of an entry in a directory, or a plain name.
struct GroupName {
    /// nil for a plain name.
    let distinguishedName: DistinguishedName?
    /// The whole text, folded.
    let text: String

    init(_ text: String) {
        distinguishedName = DistinguishedName(text)
        self.text = Folding.folded(text)
    }
}

/// Which groups are meant. Case never counts: it does not in a directory.
enum GroupPattern: Sendable, Hashable {
    /// This entry and no other.
    case entry(DistinguishedName)
    /// Whatever is called so, wherever in the tree it is: the value of an entry's first component, or a plain name.
    case name(String)
    /// Whatever has these components, one after the other, somewhere in its name.
    case part(DistinguishedName)
    /// Whatever stands below this entry.
    case below(DistinguishedName)

    func matches(_ group: GroupName) -> Bool {
        switch self {
        case .entry(let entry): group.distinguishedName == entry
        case .name(let name): group.distinguishedName?.isNamed(name) ?? (group.text == name)
        case .part(let part): group.distinguishedName?.contains(part) ?? false
        case .below(let ancestor): group.distinguishedName?.isBelow(ancestor) ?? false
        }
    }
}
