import Cryptography
import RadiusCodec
import TokenEngine

/// What commands work with that look at or change users and tokens: the configuration, and the database it names. A
/// running server works on the same database, so what is changed here holds there at once.
struct Administration {
    let invocation: Invocation
    let configuration: Configuration
    let store: Store

    init(_ invocation: Invocation) throws(CommandFailure) {
        self.invocation = invocation
        configuration = try invocation.configuration()
        do {
            let keys = try KeyFile.load(from: configuration.server.keyFilePath)
            store = try Store(path: configuration.server.databasePath, keys: keys, pageCacheInKilobytes: 16384)
        } catch let error as StoreError {
            throw CommandFailure(error)
        } catch {
            throw .couldNot("\(error)")
        }
    }

    /// Asks the store, and turns its errors into exit statuses.
    func ask<Answer>(
        _ question: (borrowing Store) throws(StoreError) -> Answer
    ) throws(CommandFailure) -> Answer {
        do throws(StoreError) { return try question(store) } catch { throw CommandFailure(error) }
    }
}

extension CommandFailure {
    init(_ error: StoreError) {
        switch error {
        case .userExists(let name, let resolver):
            self = .no("user '\(visible(name))' is already there, in resolver '\(resolver)'")
        case .noSuchUser(let name, let resolver):
            self = .no("no user '\(visible(name))' in resolver '\(resolver)'")
        case .serialExists(let serial): self = .no("a token '\(visible(serial))' is already there")
        case .noSuchToken(let serial): self = .no("no token '\(visible(serial))'")
        case .invalid(let reason): self = .wrongUsage(reason)
        case .importRow(let index, let reason):
            let inner = CommandFailure(reason)
            self = CommandFailure(status: inner.status, messages: inner.messages.map { "row \(index + 1): \($0)" })
        case .wrongKeyFile: self = .couldNot("the key file is not the one that the database was made with")
        case .newerSchema(let found, let known):
            self = .couldNot("the database has schema \(found), this version knows \(known): use the newer version")
        case .contended: self = .couldNot("others kept changing the same rows; try again")
        case .audit(let error): self = .couldNot("the audit cannot be written: \(error)")
        case .database(let error): self = .couldNot("database: \(error)")
        case .cryptography(let error): self = .couldNot("\(error)")
        }
    }
}
