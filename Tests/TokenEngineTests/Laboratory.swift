import Cryptography
import Foundation
import Synchronization
import TestSupport

@testable import TokenEngine

/// A store in a folder of its own, with a clock that only the test moves and randomness that repeats.
final class Laboratory {
    let folder: URL
    let keys: KeyFile
    let store: Store
    let decider: Decider
    let random = RepeatableRandom()
    var configuration: EngineConfiguration {
        didSet { decider.engine = Engine(configuration) }
    }
    var now = UnixTime("2026-01-01T00:00:00Z") ?? UnixTime(seconds: 0)

    init(_ configuration: EngineConfiguration = .small) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "watchword-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        keys = try KeyFile(master: SecretOctets([UInt8](repeating: 7, count: 32)))
        store = try Store(path: folder.appending(path: "watchword.db").path, keys: keys)
        decider = Decider(
            store: store, engine: Engine(configuration), remembered: try VerifiedSecrets(random: random),
            random: random)
        self.configuration = configuration
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appending(path: "watchword.db").path }

    /// Another connection to the same file, as another process has it.
    func anotherStore(busyTimeoutInMilliseconds: Int32 = 5000) throws -> Store {
        try Store(path: path, keys: keys, busyTimeoutInMilliseconds: busyTimeoutInMilliseconds)
    }

    @discardableResult
    func addUser(_ name: String, password: String? = nil) throws -> User {
        try store.addUser(
            name: name, resolver: "local", password: password.map { SecretOctets(utf8: $0) },
            attributes: [Attribute("group", "staff")], cost: configuration.settings.passwordHashCost)
    }

    /// A token with the seed of RFC 4226, appendix D.
    @discardableResult
    func addToken(
        _ serial: String, _ kind: TokenKind, of user: User? = nil, pin: String? = nil,
        _ adjust: (inout NewToken) -> Void = { _ in }
    ) throws -> Token {
        var new = NewToken(kind: kind)
        new.serial = serial
        new.owner = user?.id
        new.pin = pin.map { SecretOctets(utf8: $0) }
        if kind == .hotp || kind == .totp { new.secret = SecretOctets(OneTimePasswordGenerator.rfc4226.seed) }
        adjust(&new)
        return try store.addToken(new, settings: configuration.settings, random: random)
    }

    func attempt(
        _ name: String, _ password: String, answering transaction: TransactionID? = nil, client: String = "vpn",
        address: String = "192.0.2.1"
    ) -> Attempt {
        Attempt(
            userName: name, credential: .password(SecretOctets(utf8: password)), transaction: transaction,
            client: client, clientAddress: IPAddress(address) ?? IPAddress(v4: 0))
    }

    /// Decides one attempt as the server does: what is slow is run outside the batch.
    func login(_ attempt: Attempt) throws -> Verdict {
        var attempt = attempt
        for _ in 0..<5 {
            let evaluations = try decider.decide([attempt], at: now)
            switch evaluations.first {
            case .decided(let verdict)?: return verdict
            case .needs(let checks)?:
                for check in checks { attempt.verified[check] = try check.run(keys: keys, random: random) }
            case .failed(let error)?: throw error
            case nil: throw LaboratoryError.noEvaluation
            }
        }
        throw LaboratoryError.neverDecided
    }

    func counters(_ serial: String) throws -> TokenCounters {
        guard let token = try store.token(serial: serial) else { throw LaboratoryError.noToken(serial) }
        return token.counters
    }
}

enum LaboratoryError: Error {
    case noEvaluation
    case neverDecided
    case noToken(String)
}

extension EngineConfiguration {
    /// One resolver, two realms, hashes that cost nothing.
    static var small: EngineConfiguration {
        var settings = EngineSettings()
        settings.pinHashCost = PasswordHashCost(logarithmOfN: 1, r: 1)
        settings.passwordHashCost = PasswordHashCost(logarithmOfN: 2, r: 1)
        return EngineConfiguration(
            resolvers: [Resolver(name: "local", kind: .local)],
            realms: [
                Realm(name: "realm1", resolvers: ["local"], isDefault: true),
                Realm(name: "realm2", resolvers: ["elsewhere"]),
            ],
            settings: settings)
    }

    func with(_ policies: Policy...) -> EngineConfiguration {
        var copy = self
        copy.policies = policies
        return copy
    }
}

/// Octets that look random and repeat in every run.
final class RepeatableRandom: RandomOctets {
    private let state = Mutex<UInt64>(1)

    func octets(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
        }
    }
}

extension Verdict {
    var transaction: TransactionID? {
        guard case .challenge(let prompt) = decision else { return nil }
        return prompt.transaction
    }
}

func vectors(_ name: String) throws -> [VectorRecord] {
    try VectorFile(at: Bundle.module.bundleURL.appending(path: "Vectors/\(name).txt")).records
}
