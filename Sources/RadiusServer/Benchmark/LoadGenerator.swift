import Cryptography
import Glibc
import RadiusCodec
import TokenEngine

/// Sends logins to a RADIUS server, any RADIUS server, as fast as one core can, and checks every reply.
struct LoadGenerator: ~Copyable {
    /// A login under way.
    private struct Login {
        var account: Int
        var isAnswer = false
        var isWrong = false
        var position: Int64 = 0
        var socket: Int
        var identifier: UInt8
        var request: Packet
        var begun: Int64
        var tries = 1
        /// Tells a timer set for this login from one set for an earlier login in the same place.
        var generation: Int
    }

    /// What came of the copies of an OTP so far.
    private struct Race {
        var underWay = 0
        var accepts = 0
        var lost = 0
    }

    private struct Timer {
        let place: Int
        let generation: Int
        let due: Int64
    }

    private let plan: LoadPlan
    private var accounts: [LoadAccount]
    private var idle = Queue<Int>()
    /// For each account, the race that its OTP runs.
    private var races: [Race]
    private var sockets: LoadSockets
    private var workspace: CodecWorkspace
    private var chapDigest: MessageDigest
    private var logins: [Login?] = []
    private var freePlaces: [Int] = []
    /// For each socket, the place of the login that uses an identifier, and the identifiers that nobody uses.
    private var places: [[Int32]]
    private var freeIdentifiers: [Queue<UInt8>]
    private var timers = Queue<Timer>()
    private var randomOctets: [UInt8] = []
    private var nextSocket = 0
    private var generation = 0
    private var begun = 0
    private var underWay = 0
    private(set) var counts = LoadReport.Counts()
    private var latencies = LatencyHistogram()
    private let onAccept: (_ serial: String, _ position: Int64) -> Void

    /// - Parameter onAccept: told of every Access-Accept whose authenticators are right.
    /// - Throws: when there are no sockets, or no MD5, to be had.
    init(
        plan: LoadPlan, accounts: [LoadAccount], onAccept: @escaping (String, Int64) -> Void = { _, _ in }
    ) throws {
        let sockets = try LoadSockets(count: plan.ports, to: plan.servers)
        let workspace = try CodecWorkspace()
        let chapDigest = try MessageDigest(.md5)
        self.sockets = sockets
        self.workspace = workspace
        self.chapDigest = chapDigest
        self.plan = plan
        self.accounts = accounts
        self.onAccept = onAccept
        races = Array(repeating: Race(), count: accounts.count)
        places = Array(repeating: Array(repeating: -1, count: 256), count: plan.ports)
        var identifiers = Queue<UInt8>()
        identifiers.append(contentsOf: 0...255)
        freeIdentifiers = Array(repeating: identifiers, count: plan.ports)
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
            if now < end, begun < plan.loginsMaximum { try begin(at: now, since: start) }
            if underWay == 0, now >= end || begun >= plan.loginsMaximum { break }
            sockets.flush()
            receive()
            retransmit(at: Self.now())
            if now - told >= 1_000_000 {
                told = now
                progress(Double(now - start) / 1_000_000, counts)
            }
        }
        let seconds = Double(Self.now() - start) / 1_000_000
        return LoadReport(
            mode: plan.mode.rawValue, concurrency: plan.concurrency, rate: plan.rate, seconds: seconds,
            perSecond: Double(counts.correct) / seconds, counts: counts,
            latencyInMicroseconds: LoadReport.Latency(latencies),
            generatorProcessorLoad: (Self.processorTime() - processorStart) / seconds)
    }

    // MARK: Beginning

    private mutating func begin(at now: Int64, since start: Int64) throws(LoadError) {
        var room = plan.concurrency - underWay
        if let rate = plan.rate {
            let due = Int(Double(now - start) / 1_000_000 * rate) - begun
            room = min(room, due)
        }
        let wall = Clock.now()
        while room > 0, begun < plan.loginsMaximum {
            guard try beginOne(at: now, wall: wall) else { return }
            room -= 1
        }
    }

    /// false when no account or no identifier is free.
    private mutating func beginOne(at now: Int64, wall: UnixTime) throws(LoadError) -> Bool {
        guard let (socket, identifier) = takeIdentifier() else { return false }
        var account = 0
        var password: [UInt8] = []
        var position: Int64 = 0
        let isWrong = plan.wrongPercentage > 0 && Int.random(in: 0..<100) < plan.wrongPercentage
        if plan.mode != .status {
            guard let (index, next) = takeAccount(at: wall) else {
                freeIdentifiers[socket].append(identifier)
                counts.starved += 1
                return false
            }
            account = index
            position = next.position
            password = next.octets
            if isWrong, !password.isEmpty { password[password.count - 1] ^= 1 }
            if plan.mode != .challenge { password = accounts[account].pin + password }
        }
        let first = plan.mode == .challenge ? accounts[account].pin : password
        let request = try packet(identifier, account: account, password: first, state: nil)
        generation += 1
        let login = Login(
            account: account, isWrong: isWrong, position: position, socket: socket, identifier: identifier,
            request: request, begun: now, generation: generation)
        start(login)
        if plan.mode == .race { try race(login, password) }
        begun += 1
        underWay += 1
        return true
    }

    private mutating func start(_ login: Login) {
        let place = freePlaces.popLast() ?? logins.count
        if place == logins.count { logins.append(nil) }
        logins[place] = login
        places[login.socket][Int(login.identifier)] = Int32(truncatingIfNeeded: place)
        send(place, at: login.begun)
    }

    /// Sends `password` again and again behind `first`, each time as a request of its own from the next port.
    private mutating func race(_ first: Login, _ password: [UInt8]) throws(LoadError) {
        races[first.account] = Race(underWay: 1)
        for _ in 1..<plan.copies {
            guard let (socket, identifier) = takeIdentifier() else { return }
            var copy = first
            copy.socket = socket
            copy.identifier = identifier
            copy.request = try packet(identifier, account: first.account, password: password, state: nil)
            generation += 1
            copy.generation = generation
            start(copy)
            races[first.account].underWay += 1
        }
    }

    private mutating func takeIdentifier() -> (socket: Int, identifier: UInt8)? {
        for _ in 0..<plan.ports {
            nextSocket = (nextSocket + 1) % plan.ports
            if let identifier = freeIdentifiers[nextSocket].takeFirst() { return (nextSocket, identifier) }
        }
        return nil
    }

    /// The next account that is not logging in already and has a password to offer.
    private mutating func takeAccount(at wall: UnixTime) -> (Int, (octets: [UInt8], position: Int64))? {
        for _ in 0..<idle.count {
            guard let index = idle.takeFirst() else { return nil }
            if let password = accounts[index].nextPassword(at: wall) { return (index, password) }
            idle.append(index)
        }
        return nil
    }

    private mutating func packet(
        _ identifier: UInt8, account: Int, password: [UInt8], state: [UInt8]?
    ) throws(LoadError) -> Packet {
        do {
            let authenticator = try randomAuthenticator()
            var builder = PacketBuilder(
                requesting: plan.mode == .status ? .statusServer : .accessRequest, identifier: identifier,
                authenticator: authenticator)
            if plan.mode != .status {
                try builder.append(.userName, Array(accounts[account].name.utf8))
                if plan.mode == .chap {
                    try builder.append(.chapPassword, chapResponse(identifier, password, authenticator))
                } else {
                    try builder.append(password: SecretOctets(password))
                }
                try builder.append(.nasIPAddress, [127, 0, 0, 1])
                if let state { try builder.append(.state, state) }
            }
            return try Packet(parsing: builder.finish(signedWith: plan.secret, &workspace))
        } catch {
            throw LoadError("a request cannot be made: \(error)")
        }
    }

    /// The identifier, then MD5 of identifier, password and Request Authenticator (RFC 2865 §5.3, RFC 1994 §4.1).
    private mutating func chapResponse(
        _ identifier: UInt8, _ password: [UInt8], _ authenticator: Authenticator
    ) -> [UInt8] {
        chapDigest.update(identifier)
        chapDigest.update(password)
        let challenge = authenticator.octets
        chapDigest.update(challenge.span)
        let response: InlineArray<16, UInt8> = chapDigest.finish()
        return [identifier] + response.indices.map { response[$0] }
    }

    private mutating func randomAuthenticator() throws(CryptographyError) -> Authenticator {
        if randomOctets.count < Authenticator.size { randomOctets = try SecureRandom().octets(4096) }
        let octets = Array(randomOctets.suffix(Authenticator.size))
        randomOctets.removeLast(Authenticator.size)
        return Authenticator(InlineArray { octets[$0] })
    }

    private mutating func send(_ place: Int, at now: Int64) {
        guard let login = logins[place] else { return }
        sockets.queue(.init(socket: login.socket, octets: login.request.octets))
        let due = now + plan.retryAfterInMilliseconds * 1000
        timers.append(Timer(place: place, generation: login.generation, due: due))
    }

    // MARK: Answers

    private mutating func receive() {
        var replies: [(Int, Packet)] = []
        let patience: Int32 = plan.rate == nil ? 10 : 1
        sockets.receive(waitingMilliseconds: underWay > 0 ? patience : 1) { socket, datagram in
            if let packet = try? Packet(parsing: datagram) { replies.append((socket, packet)) }
        }
        let now = Self.now()
        for (socket, reply) in replies { take(reply, by: socket, at: now) }
    }

    private mutating func take(_ reply: Packet, by socket: Int, at now: Int64) {
        let place = Int(places[socket][Int(reply.identifier)])
        guard place >= 0, let login = logins[place] else { return }
        do throws(InvalidReply) {
            try reply.verifyReply(to: login.request, secret: plan.secret, signed: false, &workspace)
        } catch {
            counts.wrongAuthenticators += 1
            return
        }
        if reply.count(of: .messageAuthenticator) == 0 { counts.unsignedReplies += 1 }
        switch reply.code {
        case .accessChallenge:
            counts.challenges += 1
            answer(reply, place, at: now)
        case .accessAccept:
            counts.accepts += 1
            if plan.mode == .race {
                races[login.account].accepts += 1
            } else if login.isWrong {
                counts.falseAccepts += 1
            } else {
                counts.correct += 1
            }
            if plan.mode != .status { onAccept(accounts[login.account].serial, login.position) }
            end(place, at: now)
        default:
            counts.rejects += 1
            if plan.mode != .race {
                if login.isWrong { counts.correct += 1 } else { counts.falseRejects += 1 }
            }
            end(place, at: now)
        }
    }

    /// Sends the OTP with the challenge's State, under an identifier of its own.
    private mutating func answer(_ challenge: Packet, _ place: Int, at now: Int64) {
        guard var login = logins[place], !login.isAnswer, let state = challenge.first(.state),
            let (socket, identifier) = takeIdentifier()
        else {
            end(place, at: now)
            return
        }
        release(login)
        var password = accounts[login.account].password(at: login.position)
        if login.isWrong, !password.isEmpty { password[password.count - 1] ^= 1 }
        guard let request = try? packet(identifier, account: login.account, password: password, state: state) else {
            end(place, at: now)
            return
        }
        generation += 1
        login.isAnswer = true
        login.socket = socket
        login.identifier = identifier
        login.request = request
        login.generation = generation
        login.tries = 1
        logins[place] = login
        places[socket][Int(identifier)] = Int32(truncatingIfNeeded: place)
        send(place, at: now)
    }

    private mutating func release(_ login: Login) {
        places[login.socket][Int(login.identifier)] = -1
        freeIdentifiers[login.socket].append(login.identifier)
    }

    private mutating func end(_ place: Int, at now: Int64) {
        guard let login = logins[place] else { return }
        latencies.record(microseconds: now - login.begun)
        release(login)
        logins[place] = nil
        freePlaces.append(place)
        guard plan.mode != .race || isLastOfRace(login) else { return }
        if plan.mode != .status { idle.append(login.account) }
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

    private mutating func retransmit(at now: Int64) {
        while let timer = timers.first, timer.due <= now {
            timers.removeFirst()
            guard let login = logins[timer.place], login.generation == timer.generation else { continue }
            if login.tries > plan.retriesMaximum {
                counts.lost += 1
                if plan.mode == .race { races[login.account].lost += 1 }
                end(timer.place, at: now)
            } else {
                logins[timer.place]?.tries += 1
                counts.retransmissions += 1
                send(timer.place, at: now)
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
