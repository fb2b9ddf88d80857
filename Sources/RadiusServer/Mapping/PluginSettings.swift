/// What `[Default]` says beside the mapping, as far as it has an effect in a server that has its token engine within.
package struct PluginSettings: Sendable, Equatable {
    /// `REALM`: the realm of every user, whatever the user typed; nil when it is not set.
    package internal(set) var realm: String?
    /// `SPLIT_NULL_BYTE`: a password ends before its first NUL octet.
    package internal(set) var splitsPasswordAtNUL = false
    /// `ADD_EMPTY_PASS`: a request without a password is taken as one with an empty password.
    package internal(set) var addsEmptyPassword = false
    /// The line of ``realm``, for the message when there is no such realm.
    var realmLine = 0

    init() {}
}
