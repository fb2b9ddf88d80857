/// Who an attempt says to be: a login name, and the resolvers that may know it.
package struct Identity: Sendable, Hashable {
    /// Without the realm.
    package let login: String
    /// Lower case; nil when there is none, and no default.
    package let realm: String?
    /// In the order in which they are asked. Empty when the realm does not exist.
    package let resolvers: [String]
}

extension EngineConfiguration {
    /// Reads a typed name: `user`, `user@realm` or `REALM\user`.
    ///
    /// What follows the last `@` is a realm only if one of that name exists; otherwise the `@` belongs to the login. What
    /// stands before the last backslash, in a name without `@`, is a realm in any case.
    ///
    /// - Parameter realm: overrides what the name says.
    package func identity(
        userName: String, realm override: String?, splitting: UserNameSplitting = UserNameSplitting()
    ) -> Identity {
        // By octets, not by characters: every separator is one octet, and each login comes through here.
        guard userName.mayHoldMore else {
            let found = if let override { realm(named: override) } else { defaultRealm }
            return Identity(
                login: userName, realm: found?.name ?? override?.lowercased(), resolvers: found?.resolvers ?? [])
        }
        let name = userName.trimmingBlanks
        var login = name
        var realmName: Substring?
        if let at = name.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let suffix = name[name.utf8.index(after: at)...]
            if splitting.atSign, realm(named: suffix) != nil {
                login = name[..<at]
                realmName = suffix
            }
        } else if splitting.backslash, let backslash = name.utf8.lastIndex(of: UInt8(ascii: "\\")) {
            login = name[name.utf8.index(after: backslash)...]
            realmName = name[..<backslash]
        }
        if let override { realmName = Substring(override) }
        let found = if let realmName { realm(named: realmName) } else { defaultRealm }
        return Identity(
            login: String(login), realm: found?.name ?? realmName?.lowercased(), resolvers: found?.resolvers ?? [])
    }
}

extension String {
    /// Whether the name is perhaps more than a login: it has a separator in it, or blanks.
    fileprivate var mayHoldMore: Bool {
        let octets = utf8
        let span = octets.span
        for index in span.indices {
            switch span[index] {
            case UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: " "), UInt8(ascii: "\t"): return true
            default: continue
            }
        }
        return false
    }

    /// Without blanks and tabs at either end.
    fileprivate var trimmingBlanks: Substring {
        let isBlank = { (octet: UInt8) in octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
        else {
            return ""
        }
        return self[first..<utf8.index(after: last)]
    }
}
