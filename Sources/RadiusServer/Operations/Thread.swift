import CLinux
import Glibc

/// A thread of the server's own. The request path has no suspension point, so it has no tasks either: one
/// thread walks all of it, and blocks on what it waits for.
@safe struct Thread: ~Copyable {
    private let handle: pthread_t

    /// Starts `body`. nil when the system has no thread to give.
    ///
    /// - Parameter name: at most 15 octets; shown by `top -H` and in core dumps.
    init?(named name: String, _ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(run: body))
        var handle = pthread_t()
        let status = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            return nil
        }
        _ = unsafe watchword_name_thread(handle, String(name.prefix(15)))
        self.handle = handle
    }

    private static let lowestPriority: Int32 = 19

    /// Lets the calling thread have the smallest share of a processor that others want; since Linux 6.12 whoever does mostly
    /// takes it away at once.
    static func stepBack() {
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, lowestPriority)
        _ = watchword_run_in_long_slices(lowestPriority)
    }

    /// Lets the calling thread have a processor only while nobody else wants it.
    static func stepAside() {
        stepBack()
        _ = watchword_run_when_idle()
    }

    /// Waits until the thread has ended.
    consuming func join() { _ = pthread_join(handle, nil) }

    private final class Body {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Where one thread leaves work for another: bounded, many senders, one or more receivers.
@safe final class Mailbox<Element: Sendable>: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Told of changes, and of the end.
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    // Guarded by `lock`.
    private var waiting: [Element] = []
    private var isClosed = false
    private var sleepers = 0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(change, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(change)
        unsafe pthread_mutex_destroy(lock)
        unsafe change.deallocate()
        unsafe lock.deallocate()
    }

    /// Leaves as many of `elements` as there is room for, in order, and returns those that found none.
    func post(_ elements: [Element]) -> ArraySlice<Element> {
        guard !elements.isEmpty else { return [] }
        unsafe pthread_mutex_lock(lock)
        let room = isClosed ? 0 : max(0, capacity - waiting.count)
        waiting.append(contentsOf: elements.prefix(room))
        let wakes = sleepers > 0
        unsafe pthread_mutex_unlock(lock)
        if wakes { unsafe pthread_cond_broadcast(change) }
        return elements.dropFirst(room)
    }

    /// Takes up to `limit` elements, oldest first, waiting for the first one. Empty only after ``close()``, or where
    /// nothing is there and nobody wants to wait.
    func take(upTo limit: Int, waits: Bool = true) -> [Element] {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while waits, waiting.isEmpty, !isClosed {
            sleepers += 1
            unsafe pthread_cond_wait(change, lock)
            sleepers -= 1
        }
        if waiting.count <= limit {
            let all = waiting
            waiting = []
            waiting.reserveCapacity(all.count)
            return all
        }
        let first = Array(waiting.prefix(limit))
        waiting.removeFirst(limit)
        return first
    }

    /// How many elements wait.
    var count: Int {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return waiting.count
    }

    /// Accepts nothing more; what waits can still be taken.
    func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        unsafe pthread_mutex_unlock(lock)
        unsafe pthread_cond_broadcast(change)
    }
}
