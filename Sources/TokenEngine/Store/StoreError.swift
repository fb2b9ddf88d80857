package import Cryptography

/// Why the store did not do what it was asked for.
package enum StoreError: Error, Equatable {
    case database(DatabaseError)
    case cryptography(CryptographyError)
    /// The key file is not the one that the database was made with.
    case wrongKeyFile
    /// The database was written by a newer version.
    case newerSchema(found: Int, known: Int)
    /// Others kept changing what was being decided on.
    case contended
    /// A bad page where the audit goes on: nobody is let in without a line of it.
    case audit(DatabaseError)

    case userExists(name: String, resolver: String)
    case noSuchUser(name: String, resolver: String)
    case serialExists(String)
    case noSuchToken(String)
    /// What was asked for makes no sense, in words for whoever asked.
    case invalid(String)
    /// A row of an import, counted from 0, was refused.
    indirect case importRow(index: Int, StoreError)

    /// Whether another attempt in the same batch may well succeed: a row that is not what it was read as or stands on a bad
    /// page, a secret that cannot be worked with. A full disk or a lost file concerns everybody.
    var concernsOneAttempt: Bool {
        switch self {
        case .contended, .cryptography: true
        case .database: isOfCorruption
        case .audit, .wrongKeyFile, .newerSchema, .userExists, .noSuchUser, .serialExists, .noSuchToken,
            .invalid, .importRow:
            false
        }
    }
}

/// What SQLite said. Bound values are kept out of it: they may be secrets.
package struct DatabaseError: Error, Equatable, CustomStringConvertible {
    /// SQLite's extended result code.
    package let code: Int32
    package let message: String
    /// The statement, with its parameters unbound.
    package let sql: String

    /// In one line, for the log.
    package var description: String {
        "\(message) (\(code)) in: \(sql.split(whereSeparator: \.isWhitespace).joined(separator: " "))"
    }
}
