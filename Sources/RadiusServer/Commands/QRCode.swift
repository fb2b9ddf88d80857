#if QRCode
    import CQRCode
#endif

/// A QR code, module by module (ISO/IEC 18004).
package struct QRCode: Sendable, Equatable {
    /// How many modules it is wide and high, quiet zone not counted.
    package let size: Int
    /// Row by row from the top left; true is dark.
    private let modules: [Bool]

    /// Whether this build can make QR codes at all.
    package static var isSupported: Bool {
        #if QRCode
            true
        #else
            false
        #endif
    }

    /// The smallest code for `text` with the weakest error correction (level L): a screen is not a crumpled label, and
    /// every module less helps it fit.
    ///
    /// - Returns: nil when the text is too long for a QR code, or this build can make none.
    package init?(_ text: String) {
        #if QRCode
            guard let code = unsafe QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L) else { return nil }
            defer { unsafe QRcode_free(code) }
            size = Int(unsafe code.pointee.width)
            // libqrencode gives width × width octets; bit 0 is set where the module is dark.
            modules = unsafe UnsafeBufferPointer(start: code.pointee.data, count: size * size).map { $0 & 1 == 1 }
        #else
            return nil
        #endif
    }

    /// Whether the module is dark; light outside the code.
    package func isDark(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }

    /// The code as half blocks, two rows of modules a line: a module comes out about square.
    ///
    /// - Parameter colours: paint black on white whatever the terminal's own colours are. Without, dark modules are
    ///   blocks and light ones are blank, as on paper.
    package func halfBlocks(colours: Bool) -> String {
        let margin = quietZone
        let columns = -margin..<size + margin
        let lines = stride(from: -margin, to: size + margin, by: 2).map { row in
            let line = String(columns.map { halfBlock(isDark(row: row, column: $0), isDark(row: row + 1, column: $0)) })
            return colours ? "\u{1b}[38;5;16;48;5;231m" + line + "\u{1b}[0m" : line
        }
        return lines.joined(separator: "\n")
    }

    private func halfBlock(_ upperIsDark: Bool, _ lowerIsDark: Bool) -> Character {
        switch (upperIsDark, lowerIsDark) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }

    /// The standard asks for 4 light modules around the code; readers do with 2, which is what a code of version 6 has
    /// to spare in 80×24 characters (one line left for the prompt).
    private var quietZone: Int { size + 2 * 4 <= 2 * 23 ? 4 : 2 }
}
