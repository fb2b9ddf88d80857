import CPCRE2
import Synchronization

/// A regular expression of the mapping, compiled once. The dialect is Perl's, as PCRE2 reads it: unanchored,
/// case-sensitive, characters are Unicode's.
///
/// Matching is bounded: a pattern that would try for ever ends in milliseconds with ``Runaway``.
@safe final class RegularExpression: @unchecked Sendable {
    /// Why a pattern was refused.
    struct Malformed: Error, Equatable, CustomStringConvertible {
        /// PCRE2's words.
        let reason: String
        /// The part of the pattern before the place where the reading stopped.
        let readSoFar: String

        var description: String {
            readSoFar.isEmpty ? "\(reason), at its beginning" : "\(reason), after '\(readSoFar)'"
        }
    }

    /// The pattern tried more ways to match than ``stepsMaximum``, or went deeper than ``depthMaximum``.
    struct Runaway: Error, Equatable {}

    /// A few milliseconds of one core.
    static let stepsMaximum: UInt32 = 100_000
    static let depthMaximum: UInt32 = 10_000

    let pattern: String
    /// How many groups `(…)` it has.
    let groupCount: Int
    /// Up to these, in octets and groups, what a match has worked in is kept for the next one: some 100 kB at most.
    private static let usualSize = 256
    private static let usualGroupCount = 16

    // Both are read-only once made; PCRE2 lets any number of threads match with them at the same time.
    private let code: OpaquePointer
    private let limits: OpaquePointer
    /// What the last match was written to, for the next one: with it PCRE2 keeps the memory that it works in. nil while a
    /// thread has it.
    private let spare = unsafe Atomic<OpaquePointer?>(nil)

    init(_ pattern: String) throws(Malformed) {
        self.pattern = pattern
        let octets = Array(pattern.utf8)
        var errorCode: Int32 = 0
        var offset = 0
        let options = WATCHWORD_PCRE2_UTF | WATCHWORD_PCRE2_UCP | WATCHWORD_PCRE2_NEVER_BACKSLASH_C
        guard let code = unsafe pcre2_compile_8(octets, octets.count, options, &errorCode, &offset, nil) else {
            let read = octets.prefix(max(0, offset))
            throw Malformed(reason: Self.message(errorCode), readSoFar: String(decoding: read, as: UTF8.self))
        }
        guard let limits = unsafe pcre2_match_context_create_8(nil) else {
            unsafe pcre2_code_free_8(code)
            throw Malformed(reason: "out of memory", readSoFar: pattern)
        }
        _ = unsafe pcre2_set_match_limit_8(limits, Self.stepsMaximum)
        _ = unsafe pcre2_set_depth_limit_8(limits, Self.depthMaximum)
        var groupCount: UInt32 = 0
        _ = unsafe pcre2_pattern_info_8(code, UInt32(WATCHWORD_PCRE2_INFO_CAPTURECOUNT), &groupCount)
        self.groupCount = Int(groupCount)
        unsafe self.code = code
        unsafe self.limits = limits
    }

    deinit {
        unsafe pcre2_match_data_free_8(spare.load(ordering: .acquiring))
        unsafe pcre2_match_context_free_8(limits)
        unsafe pcre2_code_free_8(code)
    }

    /// What the first group of the first match holds (Perl's `$1`): empty when the pattern has no group or the group
    /// took no part in the match, nil when nothing matches.
    func firstGroup(in subject: String) throws(Runaway) -> String? {
        guard
            let match = unsafe spare.exchange(nil, ordering: .acquiring)
                ?? pcre2_match_data_create_from_pattern_8(code, nil)
        else { throw Runaway() }
        var subject = subject
        var group: String?
        let status = subject.withUTF8 { octets in
            let status = unsafe pcre2_match_8(code, octets.baseAddress, octets.count, 0, 0, match, limits)
            if status > 0 { group = unsafe Self.firstGroup(of: match, status, in: octets) }
            return status
        }
        let isAnswer = status > 0 || status == WATCHWORD_PCRE2_ERROR_NOMATCH
        // What has run away, or was at a long text, may have taken more memory than is worth keeping.
        let isWorthKeeping = isAnswer && subject.utf8.count <= Self.usualSize && groupCount <= Self.usualGroupCount
        unsafe pcre2_match_data_free_8(isWorthKeeping ? spare.exchange(match, ordering: .acquiringAndReleasing) : match)
        guard isAnswer else { throw Runaway() }
        return group
    }

    /// - Parameter status: of a match: one more than the highest group that took part.
    private static func firstGroup(
        of match: OpaquePointer, _ status: Int32, in octets: UnsafeBufferPointer<UInt8>
    ) -> String {
        // Pairs of offsets lie one behind the other.
        guard status > 1, let offsets = unsafe pcre2_get_ovector_pointer_8(match) else { return "" }
        let (start, end) = unsafe (offsets[2], offsets[3])
        // A group that took no part, while a later one did, stands at -1.
        guard start >= 0, start <= end, end <= octets.count else { return "" }
        return unsafe String(decoding: octets[start..<end], as: UTF8.self)
    }

    /// Whether it matches anywhere in `subject`.
    func matches(_ subject: String) throws(Runaway) -> Bool { try firstGroup(in: subject) != nil }

    private static func message(_ errorCode: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = unsafe pcre2_get_error_message_8(errorCode, &buffer, buffer.count)
        guard count > 0 else { return "PCRE2 error \(errorCode)" }
        return String(decoding: buffer.prefix(Int(count)), as: UTF8.self)
    }
}
