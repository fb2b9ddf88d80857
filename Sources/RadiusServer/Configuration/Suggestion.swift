import RadiusCodec

/// What stands in parentheses behind a word that is none of `words`: `did you mean …?`, or `otherwise` when none is
/// near.
func didYouMean(_ mistake: String, among words: [String], otherwise: String) -> String {
    if let word = nearest(to: mistake, among: words) { return "(did you mean \(word)?)" }
    return "(\(otherwise))"
}

extension Diagnostic {
    /// A name that refers to nothing.
    ///
    /// - Parameter what: `realm` or `resolver`.
    static func unknown(
        _ what: String, _ name: String, among names: [String], file: String, line: Int
    ) -> Diagnostic {
        let known = names.isEmpty ? "expected one that has a section" : "expected \(names.joined(separator: ", "))"
        let words = didYouMean(name, among: names, otherwise: known)
        return Diagnostic(file: file, line: line, "unknown \(what) \(name) \(words)")
    }
}
