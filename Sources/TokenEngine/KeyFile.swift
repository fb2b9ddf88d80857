package import Cryptography
import Glibc

/// The key file (`enckey`): a master key of 32 octets as 64 hexadecimal digits on a line, readable by its owner alone;
/// and the keys derived from it, one for each purpose.
package final class KeyFile: Sendable {
    /// Opens and seals seeds and imported PINs.
    let cipher: AuthenticatedCipher
    /// Goes into every password hash, so that a stolen database alone cannot be guessed at.
    let pepper: MessageAuthenticationKey
    /// Chains the audit.
    let auditKey: MessageAuthenticationKey
    /// Recognises the database that the key file belongs to.
    let recognition: MessageAuthenticationKey

    /// - Parameter master: 32 octets.
    package init(master: SecretOctets) throws(CryptographyError) {
        cipher = try AuthenticatedCipher(key: try derivedKey(from: master, purpose: "watchword seal 1"))
        pepper = try MessageAuthenticationKey(.sha256, key: try derivedKey(from: master, purpose: "watchword pepper 1"))
        auditKey = try MessageAuthenticationKey(
            .sha256, key: try derivedKey(from: master, purpose: "watchword audit 1"))
        recognition = try MessageAuthenticationKey(
            .sha256, key: try derivedKey(from: master, purpose: "watchword recognition 1"))
    }
}

/// Why a key file cannot be used, and what to do.
package enum KeyFileError: Error, Equatable, CustomStringConvertible {
    case exists(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case readableByOthers(path: String, mode: UInt32)
    case malformed(path: String)
    case cryptography(CryptographyError)

    package var description: String {
        switch self {
        case .exists(let path): "\(path): exists already; without it, the database that it belongs to is lost"
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        case .readableByOthers(let path, let mode):
            "\(path): others may read it (mode \(String(mode, radix: 8))); run: chmod 600 \(path)"
        case .malformed(let path): "\(path): is no key file; it holds 64 hexadecimal digits on one line"
        case .cryptography(let error): error.description
        }
    }
}

extension KeyFile {
    /// Makes a key file with a fresh key, of mode 0600. Never writes over one that exists.
    package static func create(at path: String, random: any RandomOctets = SecureRandom()) throws(KeyFileError) {
        let master: [UInt8]
        do {
            master = try random.octets(32)
        } catch {
            throw .cryptography(error)
        }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .exists(path: path) : .unwritable(path: path, reason: reason(errno))
        }
        defer { close(descriptor) }
        let line = Array("\(Hexadecimal.text(master))\n".utf8)
        // A line this short is written whole or not at all.
        guard unsafe write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            let failure = errno
            unsafe unlink(path)
            throw .unwritable(path: path, reason: reason(failure))
        }
    }

    /// Reads a key file.
    ///
    /// - Throws: ``KeyFileError/readableByOthers(path:mode:)`` when group or others have any right to it.
    package static func load(from path: String) throws(KeyFileError) -> KeyFile {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: reason(errno)) }
        let mode = status.st_mode
        guard mode & S_IFMT == S_IFREG else { throw .malformed(path: path) }
        guard mode & 0o077 == 0 else { throw .readableByOthers(path: path, mode: mode & 0o777) }

        var text = [UInt8](repeating: 0, count: 66)
        defer { wipe(&text) }
        let count = unsafe read(descriptor, &text, text.count)
        guard count >= 0 else { throw .unreadable(path: path, reason: reason(errno)) }
        guard count == 64 || (count == 65 && text[64] == UInt8(ascii: "\n")),
            let master = Hexadecimal.octets(digits: text[..<64])
        else { throw .malformed(path: path) }
        do {
            return try KeyFile(master: SecretOctets(master))
        } catch {
            throw .cryptography(error)
        }
    }

    private static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
