/// What is under way, by port and identifier: that is how a reply finds what it answers (RFC 2865 §3).
struct LoadTable<Element> {
    /// A port and an identifier that is free there, or taken by one request.
    struct Place: Hashable {
        let socket: Int
        let identifier: UInt8
        fileprivate var index: Int { socket << 8 | Int(identifier) }
    }

    private var elements: [Element?]
    /// When each is to be sent again.
    private var due: [Int64]
    /// For each port the identifiers that nobody uses, the one that was given back first in front.
    private var free: [Queue<UInt8>]
    private let run: Int
    private var socket = 0
    private var taken = 0

    /// - Parameter run: so many places are taken from one port before the next port's turn: those requests travel with one
    ///   system call.
    init(ports: Int, run: Int) {
        self.run = run
        elements = Array(repeating: nil, count: ports * 256)
        due = Array(repeating: .max, count: ports * 256)
        var identifiers = Queue<UInt8>()
        identifiers.append(contentsOf: 0...255)
        free = Array(repeating: identifiers, count: ports)
    }

    /// A place for one more; nil when all identifiers of all ports are in use.
    mutating func take() -> Place? {
        for _ in 0...free.count {
            if taken < run, let identifier = free[socket].takeFirst() {
                taken += 1
                return Place(socket: socket, identifier: identifier)
            }
            socket = (socket + 1) % free.count
            taken = 0
        }
        return nil
    }

    mutating func release(_ place: Place) {
        elements[place.index] = nil
        due[place.index] = .max
        free[place.socket].append(place.identifier)
    }

    subscript(place: Place) -> Element? {
        get { elements[place.index] }
        set { elements[place.index] = newValue }
    }

    /// Has the request sent again at `moment`, in microseconds of the monotonic clock.
    mutating func wake(_ place: Place, at moment: Int64) { due[place.index] = moment }

    /// The places whose moment has come.
    func due(at now: Int64) -> [Place] {
        due.indices.lazy.filter { due[$0] <= now }.map {
            Place(socket: $0 >> 8, identifier: UInt8(truncatingIfNeeded: $0))
        }
    }
}
