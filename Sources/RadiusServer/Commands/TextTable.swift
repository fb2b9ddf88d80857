/// Rows in columns, two blanks between them, for people.
struct TextTable {
    private let rows: [[String]]

    /// - Parameter head: what stands above the columns; it is all there is of an empty table.
    init(_ head: [String], _ rows: [[String]]) { self.rows = [head] + rows }

    init(_ rows: [[String]]) { self.rows = rows }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.compactMap { $0.dropFirst(column).first?.count }.max() ?? 0 }
        return rows.map { line($0, widths) }.joined(separator: "\n")
    }

    /// Nothing stands behind the last column that has something in it.
    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(row, widths) {
            line += cell + String(repeating: " ", count: width - cell.count + 2)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// `text` without what could move a cursor, start a line or turn the direction of writing: what comes from a database or
/// a server is shown at a terminal.
func visible(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: result += "\u{fffd}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
