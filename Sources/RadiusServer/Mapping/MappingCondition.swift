import TokenEngine

/// One `when` or `unless`.
struct MappingCondition: Sendable {
    enum Test: Sendable {
        /// `user.group is a, b`: one of the values is one of these, letter by letter.
        case isOneOf(MappingSource, Set<String>)
        /// `user.mail matches expression`: the expression matches one of the values.
        case matches(MappingSource, RegularExpression)
        /// `user.mail exists`: there is a value, and not an empty one.
        case exists(MappingSource)
        /// `client.address in 192.0.2.0/24, !192.0.2.66`: one of the values is an address of these.
        case isWithin(MappingSource, AddressSet)
        /// `member of admins`: the user is in that `[Group …]`.
        case isMember(Membership)
    }

    let place: RulePlace
    let test: Test
    /// `unless`.
    let isNegated: Bool

    /// Whether the rule may go on.
    ///
    /// - Throws: when an expression runs away; nobody knows then, and the rule must not be applied.
    func holds(
        for detail: some DetailSource, _ memory: inout GroupMemory
    ) throws(RegularExpression.Runaway) -> Bool {
        try isFulfilled(by: detail, &memory) != isNegated
    }

    private func isFulfilled(
        by detail: some DetailSource, _ memory: inout GroupMemory
    ) throws(RegularExpression.Runaway) -> Bool {
        switch test {
        case .isOneOf(let source, let texts):
            return source.hasText(in: detail) { texts.contains($0) }
        case .matches(let source, let expression):
            return try source.hasText(in: detail) { (text) throws(RegularExpression.Runaway) in
                try expression.matches(text)
            }
        case .exists(let source): return source.hasText(in: detail) { _ in true }
        case .isWithin(let source, let addresses):
            return source.hasText(in: detail) { IPAddress($0).map(addresses.contains) ?? false }
        case .isMember(let membership): return memory.holds(membership, for: detail)
        }
    }
}

extension MappingSource {
    /// Whether one of the values is a text that is not empty and passes the test.
    fileprivate func hasText<Failure>(
        in detail: some DetailSource, where passes: (String) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        let value = detail.value(of: self)
        guard case .list(let elements) = value else {
            guard let text = value.plainText, !text.isEmpty else { return false }
            return try passes(text)
        }
        for element in elements {
            if let text = element.plainText, !text.isEmpty, try passes(text) { return true }
        }
        return false
    }
}

/// Addresses, by networks that belong to it and networks that do not: of those that have an address the smallest counts.
/// With networks that do not belong to it alone, all others do.
struct AddressSet: Sendable {
    private var entries: [(prefix: IPAddressPrefix, isIncluded: Bool)] = []
    private let includesOthers: Bool

    /// Reads `192.0.2.0/24, !192.0.2.66`; nil when one of them is neither an address nor a prefix.
    init?(_ text: some StringProtocol) {
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = trimmed(Substring(item))
            let isExcluded = word.hasPrefix("!")
            guard let prefix = IPAddressPrefix(isExcluded ? trimmed(word.dropFirst()) : word) else { return nil }
            entries.append((prefix, !isExcluded))
        }
        includesOthers = !entries.contains(where: \.isIncluded)
        // The longest first, so that the first one that has an address is the smallest.
        entries.sort { $0.prefix.length > $1.prefix.length }
    }

    func contains(_ address: IPAddress) -> Bool {
        entries.first { $0.prefix.contains(address) }?.isIncluded ?? includesOthers
    }
}
