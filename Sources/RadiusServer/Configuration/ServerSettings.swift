package import Cryptography
package import TokenEngine

/// `[Server]`. The rows of the schema fill it; what they do not fill keeps the value that stands here.
package struct ServerSettings: Sendable {
    package internal(set) var listen: [ListenAddress] = []
    package internal(set) var databasePath = ""
    package internal(set) var keyFilePath = ""
    package internal(set) var dictionaryPath = ""
    /// nil: no attributes beyond the server's own.
    package internal(set) var mappingPath: String?
    package internal(set) var controlSocketPath = ""
    /// Whether a changed file is taken over without being asked to.
    package internal(set) var reloadsOnChange = false
    /// Of the clients that say nothing else.
    package internal(set) var splitting = UserNameSplitting()
    package internal(set) var challengeValidityInSeconds: Int64 = 0
    package internal(set) var duplicateLifetimeInSeconds: Int64 = 0
    /// How long an Access-Reject is held back.
    package internal(set) var rejectDelayInSeconds: Int64 = 0
    /// Failed logins of a user name from one place in a minute; 0: as many as they like.
    package internal(set) var guessesPerUser = 0
    /// Failed logins of one device in a minute; 0: as many as it likes.
    package internal(set) var guessesPerClient = 0
    package internal(set) var failureAnswer = FailureAnswer.silence
    /// Threads that receive, decide and answer, for each address.
    package internal(set) var listenerThreads = 1
    package internal(set) var pinHashCost = PasswordHashCost.pin
    package internal(set) var passwordHashCost = PasswordHashCost.password
    package internal(set) var pinComesFirst = true
    package internal(set) var wrongPINCounts = true
    package internal(set) var logLevel = LogLevel.info
}

/// What is answered when something inside has failed.
package enum FailureAnswer: String, Sendable, CaseIterable {
    case silence, reject
}

/// How much is logged; each level has those before it.
package enum LogLevel: String, Sendable, CaseIterable {
    case error, warning, notice, info, debug
}
