package import Cryptography

/// What one thread needs to sign, verify and hide: a running MD5 and the next salt. Make one per thread and keep it.
package struct CodecWorkspace: ~Copyable {
    var digest: MessageDigest
    /// The low 15 bits of the next salt (RFC 2868 §3.5). Counting up from a random start, no two attributes of a packet
    /// get the same one, and no random octets have to be drawn while a reply waits.
    private var salt: UInt16

    /// - Throws: when OpenSSL begins no MD5, or has no random octets.
    package init(random: any RandomOctets = SecureRandom()) throws(CryptographyError) {
        var start: UInt16 = 0
        for octet in try random.octets(2) { start = start << 8 | UInt16(octet) }
        digest = try MessageDigest(.md5)
        salt = start
    }

    /// A salt that this workspace has not given for 32 768 attributes; its most significant bit is set.
    mutating func nextSalt() -> (UInt8, UInt8) {
        salt &+= 1
        return (UInt8(truncatingIfNeeded: salt >> 8) | 0x80, UInt8(truncatingIfNeeded: salt))
    }
}
