import CLinux

/// Seeds, PINs and keys are in the memory of every command that works on them, and must not be found in a file that
/// the kernel writes when one of them crashes.
package enum CoreDumps {
    /// Makes the kernel write no core dump of this process, and lets no other process of the same user look into it.
    /// The first thing that the program does: nothing that comes later can then be too early for it.
    ///
    /// - Returns: false when the kernel refuses.
    package static func forbid() -> Bool { watchword_forbid_core_dumps() == 0 }
}
