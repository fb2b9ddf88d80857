/// Options that more than one command takes, so that they read alike everywhere.
extension CommandOption {
    static let configuration = CommandOption(
        name: "--config", value: "FILE",
        summary: "the configuration (else $WATCHWORD_CONFIG, ./watchword.ini, /etc/watchword/watchword.ini)")
    static let json = CommandOption(name: "--json", summary: "print the result as one JSON document")
    static let help = CommandOption(name: "--help", summary: "print this and end")
    static let version = CommandOption(name: "--version", summary: "print the version and end")

    static let realm = CommandOption(
        name: "--realm", value: "REALM", summary: "the user's realm (else the default realm)")
    static let attribute = CommandOption(
        name: "--attribute", value: "KEY=VALUE", summary: "an attribute; given again, a list", isRepeatable: true)

    static let password = CommandOption(
        name: "--password", value: "PASSWORD", summary: "the password, for scripts (others can see it: ps)")
    static let passwordFromStandardInput = CommandOption(
        name: "--password-stdin", summary: "take the password from a line of standard input")
    static let pin = CommandOption(
        name: "--pin", value: "PIN", summary: "the PIN, for scripts (others can see it: ps); may be empty")
    static let pinFromStandardInput = CommandOption(
        name: "--pin-stdin", summary: "take the PIN from a line of standard input")
    static let description = CommandOption(name: "--description", value: "TEXT", summary: "a note for administrators")
}
