import RadiusCodec
import Synchronization
import TokenEngine

/// Who has guessed too often lately, so that neither one noisy device nor one attacker uses up what all have to share.
///
/// A guess is a failed login. Each user name has its own number of them *from one place*, which is the device that asks and,
/// where it sends one, the Calling-Station-Id behind it: who guesses at somebody's password from elsewhere takes nothing
/// away from that somebody. Each device has its own number, too, which only counts while others would have to wait.
///
/// Guesses are given back one by one, evenly over a minute, and all at once by a login that succeeds. What is refused
/// here is not counted again, so nobody is kept out longer than one such step after the guessing has ended.
final class GuessLimits: Sendable {
    private struct Tables {
        var users = GuessTable()
        var devices = GuessTable()
    }

    private let tables = Mutex(Tables())
    /// Until when somebody may be beyond a limit, and until when somebody has guessed at all: most of the time nobody, and
    /// then a login costs no lock.
    private let overUntil = Atomic<Int64>(.min)
    private let guessedUntil = Atomic<Int64>(.min)

    /// Whether anybody may be beyond a limit.
    func mayRefuse(at now: Int64) -> Bool { overUntil.load(ordering: .relaxed) > now }

    /// Whether the request's user name has no guess left where it comes from, or, where the line is crowded, its device.
    func refuse(_ pending: PendingRequest, isCrowded: Bool, at now: Int64) -> Bool {
        let settings = pending.request.configuration.configuration.server
        let (users, devices) = (GuessAllowance(settings.guessesPerUser), GuessAllowance(settings.guessesPerClient))
        return tables.withLock { tables in
            tables.users.isOver(pending.placeKey, users, at: now)
                || isCrowded && tables.devices.isOver(pending.deviceKey, devices, at: now)
        }
    }

    /// Whether nobody can be beyond a limit after `count` requests more, whoever they are of: all have as many guesses left,
    /// or there is but one request, and nobody is beyond a limit.
    func allows(_ count: Int, under settings: ServerSettings, at now: Int64) -> Bool {
        if settings.guessesPerUser == 0 || count <= 1 { return !mayRefuse(at: now) }
        return count <= settings.guessesPerUser && !hasSomebodyGuessed(at: now)
    }

    private func hasSomebodyGuessed(at now: Int64) -> Bool { guessedUntil.load(ordering: .relaxed) > now }

    /// Parts what waits so that no user name has more requests decided at once than it has guesses left: what is over has to
    /// wait until it is known whether the others were guesses.
    ///
    /// What comes back from a slow check is parted like what is new, so it does not matter how many were checked meanwhile.
    ///
    /// - Parameter heard: what is being decided already, of which each may be a guess.
    func part(_ waiting: [PendingRequest], after heard: [PendingRequest] = [], at now: Int64) -> Parts {
        var parts = Parts()
        guard hasSomebodyGuessed(at: now) || maySomebodyGuessTooOften(in: heard, waiting) else {
            parts.heard = waiting
            return parts
        }
        var heardCounts: [Int: Int] = [:]
        for pending in heard { heardCounts[pending.placeKey, default: 0] += 1 }
        tables.withLock { tables in
            for pending in waiting {
                let maximum = pending.request.configuration.configuration.server.guessesPerUser
                let key = pending.placeKey
                let left = maximum - tables.users.guesses(of: key, GuessAllowance(maximum), at: now)
                if maximum == 0 || heardCounts[key, default: 0] < left {
                    heardCounts[key, default: 0] += 1
                    parts.heard.append(pending)
                } else if left > 0 {
                    parts.later.append(pending)
                } else {
                    parts.refused.append(pending)
                }
            }
        }
        return parts
    }

    struct Parts {
        var heard: [PendingRequest] = []
        var later: [PendingRequest] = []
        var refused: [PendingRequest] = []
    }

    /// A quick look that costs a busy line little: names whose numbers happen to be the same are taken for one.
    private func maySomebodyGuessTooOften(in heard: [PendingRequest], _ waiting: [PendingRequest]) -> Bool {
        var counts = [Int32](repeating: 0, count: 256)
        for pending in heard { counts[pending.attempt.userName.hashValue & 0xff] += 1 }
        for pending in waiting {
            let maximum = pending.request.configuration.configuration.server.guessesPerUser
            let number = pending.attempt.userName.hashValue & 0xff
            counts[number] += 1
            if maximum > 0, counts[number] > maximum { return true }
        }
        return false
    }

    /// Counts what was decided: a guess, or a success that makes the user's guesses forgotten.
    func count(_ verdict: Verdict, of pending: PendingRequest, at now: Int64) {
        switch verdict.decision {
        case .accept:
            guard hasSomebodyGuessed(at: now) else { return }
            tables.withLock { $0.users.forget(pending.placeKey) }
        case .challenge:
            return
        case .reject:
            // A used OTP was right once, and who is not authorized, or lacks an attribute, has proved who they are.
            switch verdict.reason {
            case .otpAlreadyUsed, .notAuthorized, .attributeMisfit: return
            default: countGuess(pending, at: now)
            }
        }
    }

    private func countGuess(_ pending: PendingRequest, at now: Int64) {
        let settings = pending.request.configuration.configuration.server
        let (users, devices) = (GuessAllowance(settings.guessesPerUser), GuessAllowance(settings.guessesPerClient))
        tables.withLock { tables in
            let user = tables.users.count(pending.placeKey, users, at: now)
            let device = tables.devices.count(pending.deviceKey, devices, at: now)
            let forgottenAt = max(user.forgottenAt, device.forgottenAt)
            guessedUntil.max(forgottenAt, ordering: .relaxed)
            if user.isOver || device.isOver { overUntil.max(forgottenAt, ordering: .relaxed) }
        }
    }
}

extension PendingRequest {
    /// The user name, as it was typed, at the place that it comes from.
    fileprivate var placeKey: Int {
        var hasher = Hasher()
        hasher.combine(attempt.userName)
        hasher.combine(attempt.clientAddress)
        hasher.combine(request.packet.first(.callingStationID))
        return hasher.finalize()
    }

    fileprivate var deviceKey: Int { attempt.clientAddress.hashValue }
}

/// How many guesses a minute somebody has: as many at once, and each is given back after its share of the minute.
struct GuessAllowance {
    private static let minute: Int64 = 60_000

    /// After how many milliseconds one guess is given back; 0 where there is no limit.
    let interval: Int64
    /// The debt, in milliseconds, of somebody who has used all guesses up.
    let ceiling: Int64

    /// - Parameter guesses: in a minute, up to 60000; 0: as many as they like.
    init(_ guesses: Int) {
        interval = guesses > 0 ? max(1, Self.minute / Int64(guesses)) : 0
        ceiling = interval * Int64(guesses)
    }
}

/// The guesses of many, in memory that never grows: where there is no room, who has guessed least is forgotten.
///
/// What is kept of each is a time: when all guesses will have been given back. It lies as far ahead as there are guesses, each
/// of them an ``GuessAllowance/interval`` (a leaky bucket). A key is looked for in the four slots that its bits name.
struct GuessTable {
    private struct Slot {
        var key = 0
        var forgottenAt = Int64.min
    }

    private static let ways = 4
    private let capacity: Int
    /// None until somebody has guessed: a megabyte is not taken for nothing.
    private var slots: [Slot] = []

    /// - Parameter capacity: a power of two; 16 octets each.
    init(capacity: Int = 65_536) { self.capacity = max(capacity, Self.ways) }

    private func set(of key: Int) -> Range<Int> {
        guard !slots.isEmpty else { return 0..<0 }
        let first = Int(UInt(bitPattern: key) % UInt(capacity / Self.ways)) * Self.ways
        return first..<first + Self.ways
    }

    private func slot(of key: Int, at now: Int64) -> Int? {
        set(of: key).first { slots[$0].key == key && slots[$0].forgottenAt > now }
    }

    /// Counts one guess.
    ///
    /// - Returns: when all guesses of this key will be forgotten, and whether it has none left.
    mutating func count(
        _ key: Int, _ allowance: GuessAllowance, at now: Int64
    ) -> (forgottenAt: Int64, isOver: Bool) {
        guard allowance.interval > 0 else { return (.min, false) }
        if slots.isEmpty { slots = [Slot](repeating: Slot(), count: capacity) }
        let known = slot(of: key, at: now)
        let least = set(of: key).min { slots[$0].forgottenAt < slots[$1].forgottenAt } ?? 0
        let debt = known.map { slots[$0].forgottenAt - now } ?? 0
        let forgottenAt = now + min(debt + allowance.interval, allowance.ceiling)
        slots[known ?? least] = Slot(key: key, forgottenAt: forgottenAt)
        return (forgottenAt, isOver(key, allowance, at: now))
    }

    /// How many guesses of this key have not been given back yet; no more than there are in all.
    func guesses(of key: Int, _ allowance: GuessAllowance, at now: Int64) -> Int {
        guard allowance.interval > 0, let slot = slot(of: key, at: now) else { return 0 }
        let debt = min(slots[slot].forgottenAt - now, allowance.ceiling)
        return Int((debt + allowance.interval - 1) / allowance.interval)
    }

    func isOver(_ key: Int, _ allowance: GuessAllowance, at now: Int64) -> Bool {
        allowance.interval > 0 && guesses(of: key, allowance, at: now) >= Int(allowance.ceiling / allowance.interval)
    }

    mutating func forget(_ key: Int) {
        for slot in set(of: key) where slots[slot].key == key { slots[slot] = Slot() }
    }
}
