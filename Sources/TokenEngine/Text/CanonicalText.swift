import Cryptography
// The composed form (NFC) is in the standard library, which shows it to its companions alone; the alternative would be
// Unicode's tables once more.
@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's normalisation form C, in which `é` is one scalar however it was typed: how names and PINs are
    /// stored, looked up and compared.
    package var canonical: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : String(String.UnicodeScalarView(_nfc))
    }
}

extension SecretOctets {
    /// A PIN or password as it is stored: the UTF-8 octets of its ``Swift/String/canonical`` text. Octets that are no UTF-8
    /// are read as a terminal in western Europe sends them.
    var canonical: SecretOctets {
        TextReading.isSame(octets) ? self : SecretReading.all(of: self).first?.secret ?? self
    }
}
