import Glibc

/// SIGTERM, SIGINT and SIGHUP, waited for by one thread instead of interrupting all of them.
@safe struct Signals: Sendable {
    private let awaited: sigset_t

    /// Call it before any other thread is started: they inherit the block.
    static func blocked() -> Signals {
        var awaited = sigset_t()
        unsafe sigemptyset(&awaited)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&awaited, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &awaited, nil)
        // A client that closes the control socket early must not end the server.
        _ = signal(SIGPIPE, SIG_IGN)
        // Nor a limit on the size of files: the write fails, and whoever wrote knows what that means.
        _ = signal(SIGXFSZ, SIG_IGN)
        return Signals(awaited: awaited)
    }

    /// Waits for the next one. nil when the system refuses to wait.
    func next() -> Int32? {
        var awaited = awaited
        var number: Int32 = 0
        return unsafe sigwait(&awaited, &number) == 0 ? number : nil
    }
}
