import Cryptography
import Glibc
import RadiusCodec
import TokenEngine

/// Sends logins to a RADIUS server, any RADIUS server, as fast as one core can, and checks every reply.
struct LoadGenerator: ~Copyable {
    /// A request under way, and the login that it is part of.
    private struct Login {
        let mode: LoadPlan.Mode
        var account = 0
        var isAnswer = false
        var isWrong = false
        var position: Int64 = 0
        let begun: Int64
        var request: Packet
        var tries = 1
        /// Mode `duplicate`: how often the request has been answered.
        var answers = 0
    }

    /// What came of the copies of an OTP so far.
    private struct Race {
        var underWay = 0
        var accepts = 0
        var lost = 0
    }

    /// When nothing comes, how long to wait before looking around, in microseconds.
    private static let patience: Int64 = 1000

    private let plan: LoadPlan
    private var accounts: [LoadAccount]
    private var idle = Queue<Int>()
    /// No account has a password to offer before this time.
    private var starvedUntil = UnixTime(milliseconds: 0)
    /// For each account, the race that its OTP runs.
    private var races: [Race]
    private var sockets: LoadSockets
    private var requests: LoadRequests
    private var logins: LoadTable<Login>
    private var replies: [(socket: Int, packet: Packet)] = []
    private var dice = SplitMix(seed: .random(in: 0...UInt64.max))
    private var begun = 0
    private var underWay = 0
    private var nextLook: Int64 = 0
    private(set) var counts = LoadReport.Counts()
    private var agreement: ReplyAgreement
    private var latencies = LatencyHistogram()
    private let onAccept: ((_ serial: String, _ position: Int64) -> Void)?

    /// - Parameter onAccept: told of every Access-Accept whose authenticators are right.
    /// - Throws: when there are no sockets, or no MD5, to be had.
    init(plan: LoadPlan, accounts: [LoadAccount], onAccept: ((String, Int64) -> Void)? = nil) throws {
        let sockets = try LoadSockets(count: plan.ports, to: plan.servers)
        let requests = try LoadRequests(secret: plan.secret)
        self.sockets = sockets
        self.requests = requests
        self.plan = plan
        self.accounts = accounts
        self.onAccept = onAccept
        agreement = ReplyAgreement(of: plan.agreeing)
        races = Array(repeating: Race(), count: plan.modes.contains(.race) ? accounts.count : 0)
        logins = LoadTable(ports: plan.ports, run: plan.run)
        idle.append(contentsOf: accounts.indices)
    }

    /// The counters that the HOTP accounts have come to, for the next run.
    var positions: [(serial: String, position: Int64)] { accounts.map { ($0.serial, $0.position) } }

    /// - Parameter progress: called about once a second with the counts so far.
    mutating func run(progress: (Double, LoadReport.Counts) -> Void = { _, _ in }) throws(LoadError) -> LoadReport {
        let start = Self.now()
        let processorStart = Self.processorTime()
        let end = start + Int64(plan.seconds * 1_000_000)
        var told = start
        while true {
            let now = Self.now()
            let isBeginning = now < end && begun < plan.loginsMaximum
            if isBeginning { try begin(at: now, since: start) }
            if underWay == 0, !isBeginning { break }
            sockets.flush()
            let next = isBeginning ? nextBeginning(since: start, now) : now
            receive(until: next > now ? min(next, now + Self.patience) : now + Self.patience)
            retransmit(at: Self.now())
            if now - told >= 1_000_000 {
                told = now
                progress(Double(now - start) / 1_000_000, counts)
            }
        }
        let seconds = Double(Self.now() - start) / 1_000_000
        (counts.mixedReplies, counts.versions) = (agreement.mixedReplies, agreement.versions)
        return LoadReport(
            plan, counts, latencies, seconds: seconds, processorSeconds: Self.processorTime() - processorStart)
    }

    // MARK: Beginning

    /// Open loop: when the next login is due. Closed loop: now.
    private func nextBeginning(since start: Int64, _ now: Int64) -> Int64 {
        plan.rate.map { start + Int64(Double(begun + 1) / $0 * 1_000_000) } ?? now
    }

    private mutating func begin(at now: Int64, since start: Int64) throws(LoadError) {
        let wall = Clock.now()
        while underWay < plan.concurrency, begun < plan.loginsMaximum {
            // A login that is begun late has waited: its time counts from when it was due.
            let due = nextBeginning(since: start, now)
            guard due <= now, try beginOne(due: due, at: now, wall: wall) else { return }
        }
    }

    /// false when no account or no identifier is free.
    private mutating func beginOne(due: Int64, at now: Int64, wall: UnixTime) throws(LoadError) -> Bool {
        let mode = plan.modes[begun % plan.modes.count]
        guard let place = logins.take() else { return false }
        if mode == .status {
            let request = try requests.status(place.identifier)
            send(Login(mode: mode, begun: due, request: request), place, at: now)
        } else {
            guard let (account, offer) = takeAccount(at: wall) else {
                logins.release(place)
                counts.starved += 1
                return false
            }
            let isWrong = plan.wrongPercentage > 0 && Int(dice.next() % 100) < plan.wrongPercentage
            let pin = accounts[account].pin
            let password =
                mode == .challenge
                ? pin : pin + (isWrong ? accounts[account].wrongPassword(at: offer.position) : offer.octets)
            let request = try requests.access(
                place.identifier, name: accounts[account].name, password: password, isCHAP: mode == .chap)
            let login = Login(
                mode: mode, account: account, isWrong: isWrong, position: offer.position, begun: due,
                request: request)
            send(login, place, at: now)
            if mode == .race { try race(login, password) }
        }
        begun += 1
        underWay += 1
        return true
    }

    /// Sends `password` again and again behind `first`, each time as a request of its own from the next port.
    private mutating func race(_ first: Login, _ password: [UInt8]) throws(LoadError) {
        races[first.account] = Race(underWay: 1)
        for _ in 1..<plan.copies {
            guard let place = logins.take() else { return }
            var copy = first
            copy.request = try requests.access(
                place.identifier, name: accounts[first.account].name, password: password)
            send(copy, place, at: copy.begun)
            races[first.account].underWay += 1
        }
    }

    /// The next account that is not logging in already and has a password to offer.
    private mutating func takeAccount(at wall: UnixTime) -> (Int, LoadAccount.Offer)? {
        guard wall >= starvedUntil else { return nil }
        for _ in 0..<idle.count {
            guard let index = idle.takeFirst() else { return nil }
            if let offer = accounts[index].nextPassword(at: wall) { return (index, offer) }
            idle.append(index)
        }
        // All of them wait for a time step: to ask ten thousand at every turn would be all that we do.
        if !idle.isEmpty { starvedUntil = UnixTime(milliseconds: wall.milliseconds + 100) }
        return nil
    }

    private mutating func send(_ login: Login, _ place: LoadTable<Login>.Place, at now: Int64) {
        sockets.queue(login.request.octets, by: place.socket)
        logins[place] = login
        logins.wake(place, at: now + plan.retryAfterInMilliseconds * 1000)
    }

    // MARK: Answers

    private mutating func receive(until moment: Int64) {
        var taken: [(socket: Int, packet: Packet)] = []
        swap(&taken, &replies)
        sockets.receive(waitingMicroseconds: moment - Self.now()) { socket, datagram in
            if let packet = try? Packet(parsing: datagram) { taken.append((socket, packet)) }
        }
        let now = Self.now()
        for (socket, reply) in taken { take(reply, by: socket, at: now) }
        taken.removeAll(keepingCapacity: true)
        swap(&taken, &replies)
    }

    private mutating func take(_ reply: Packet, by socket: Int, at now: Int64) {
        let place = LoadTable<Login>.Place(socket: socket, identifier: reply.identifier)
        guard let login = logins[place] else { return }
        guard plan.isCredulous || requests.isAnswered(login.request, by: reply) else {
            counts.wrongAuthenticators += 1
            return
        }
        if reply.count(of: .messageAuthenticator) == 0 { counts.unsignedReplies += 1 }
        switch reply.code {
        case .accessChallenge:
            counts.challenges += 1
            answer(reply, to: login, place, at: now)
        case .accessAccept:
            agreement.look(at: reply)
            if login.mode == .duplicate, login.answers > 0 {
                counts.correct += 1
            } else {
                accepted(login)
            }
            answered(login, place, at: now)
        default:
            counts.rejects += 1
            if login.mode != .race {
                if login.isWrong { counts.correct += 1 } else { counts.falseRejects += 1 }
            }
            answered(login, place, at: now)
        }
    }

    private mutating func accepted(_ login: Login) {
        counts.accepts += 1
        var position = login.position
        if login.mode == .race {
            races[login.account].accepts += 1
        } else if login.isWrong {
            let account = accounts[login.account]
            if let hit = account.position(of: account.wrongPassword(at: position), near: position) {
                counts.guesses += 1
                position = hit
                accounts[login.account].position = max(account.position, hit + 1)
            } else {
                counts.falseAccepts += 1
            }
        } else {
            counts.correct += 1
        }
        if login.mode != .status { onAccept?(accounts[login.account].serial, position) }
    }

    /// Sends the OTP with the challenge's State, under an identifier of its own.
    private mutating func answer(
        _ challenge: Packet, to first: Login, _ firstPlace: LoadTable<Login>.Place, at now: Int64
    ) {
        guard !first.isAnswer, let state = challenge.first(.state), let place = logins.take() else {
            answered(first, firstPlace, at: now)
            return
        }
        let account = accounts[first.account]
        let password =
            first.isWrong ? account.wrongPassword(at: first.position) : account.password(at: first.position)
        guard
            let request = try? requests.access(
                place.identifier, name: account.name, password: password, state: state)
        else {
            logins.release(place)
            answered(first, firstPlace, at: now)
            return
        }
        logins.release(firstPlace)
        var login = first
        login.isAnswer = true
        login.request = request
        login.tries = 1
        send(login, place, at: now)
    }

    private mutating func answered(_ login: Login, _ place: LoadTable<Login>.Place, at now: Int64) {
        latencies.record(microseconds: now - login.begun)
        guard login.mode == .duplicate, login.answers + 1 < plan.copies else { return end(login, place) }
        var again = Login(mode: .duplicate, account: login.account, begun: now, request: login.request)
        again.answers = login.answers + 1
        send(again, place, at: now)
    }

    private mutating func end(_ login: Login, _ place: LoadTable<Login>.Place) {
        logins.release(place)
        guard login.mode != .race || isLastOfRace(login) else { return }
        if login.mode != .status { idle.append(login.account) }
        underWay -= 1
    }

    /// Counts a copy that has ended; with the last one, what the race came to.
    private mutating func isLastOfRace(_ login: Login) -> Bool {
        races[login.account].underWay -= 1
        let race = races[login.account]
        guard race.underWay == 0 else { return false }
        let allowed = login.isWrong ? 0 : 1
        counts.falseAccepts += max(0, race.accepts - allowed)
        if race.accepts == allowed {
            counts.correct += 1
        } else if race.accepts < allowed, race.lost == 0 {
            counts.falseRejects += 1
        }
        return true
    }

    /// Looks, twenty times before the first of them can be due, for requests that have waited too long.
    private mutating func retransmit(at now: Int64) {
        guard now >= nextLook else { return }
        nextLook = now + plan.retryAfterInMilliseconds * 50
        for place in logins.due(at: now) {
            guard var login = logins[place] else { continue }
            if login.tries > plan.retriesMaximum {
                counts.lost += 1
                if login.mode == .race { races[login.account].lost += 1 }
                end(login, place)
            } else {
                login.tries += 1
                counts.retransmissions += 1
                send(login, place, at: now)
            }
        }
    }

    // MARK: Clocks

    private static func now() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Seconds of processor time that this process has used.
    private static func processorTime() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}

/// Dice that need no system call (Sebastiano Vigna's SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
