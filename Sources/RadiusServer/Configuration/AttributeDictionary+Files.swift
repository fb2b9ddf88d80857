import RadiusCodec

extension AttributeDictionary {
    /// Reads the dictionary at `path`, with all that it includes, and reports every mistake of all files.
    static func load(
        file path: String, noting note: (String) -> Void = { _ in }
    ) -> (dictionary: AttributeDictionary, diagnostics: [Diagnostic]) {
        load(file: path) { (name) throws(UnreadableFile) -> [UInt8]? in
            note(name)
            do throws(UnreadableFile) {
                return try FileContents(path: name).octets
            } catch {
                if error.isMissing { return nil }
                throw error
            }
        }
    }
}
