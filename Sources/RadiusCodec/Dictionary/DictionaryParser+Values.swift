/// VALUE and VALUE-ALIAS lines: names for numbers.
extension DictionaryParser {
    mutating func value(_ fields: [String], at place: DictionaryPlace) throws(DictionaryLineProblem) {
        try expect(fields, "attribute name number", count: 3...3)
        // An attribute of servers of the last century, whose VALUE lines old files still have.
        guard fields[1].lowercased() != "server-config" else { return }
        guard let number = dictionaryNumber(fields[3][...]) else {
            throw .mistake("\(fields[3]) is no number (expected one such as 18 or 0x12)")
        }
        let line = ValueLine(attribute: fields[1], name: fields[2], number: number, place: place)
        guard let definition = tables.definition(named: fields[1]) else {
            guard !skippedNames.contains(fields[1].lowercased()) else { throw .newerSyntax }
            forwardValues.append(line)
            return
        }
        try add(line, to: definition, replacing: true)
    }

    mutating func add(
        _ line: ValueLine, to definition: AttributeDefinition, replacing: Bool
    ) throws(DictionaryLineProblem) {
        guard let maximum = definition.type.valueMaximum else {
            throw .mistake(
                "\(definition.name) is of type \(definition.type.rawValue) (expected byte, short, integer or bool for a VALUE)"
            )
        }
        guard line.number <= maximum else {
            throw .mistake("\(line.number) is too large for \(definition.name) (expected at most \(maximum))")
        }
        guard !tables.hasValueAlias(definition.path) else {
            throw .mistake("\(definition.name) has the VALUEs of another attribute (expected none of its own)")
        }
        if let known = tables.values(of: definition.path)?.numbers[line.name.lowercased()], known != line.number {
            throw .mistake("\(line.name) is \(known) already (expected another name, or the same number)")
        }
        tables.addValue(named: line.name, number: line.number, to: definition.path, replacing: replacing)
    }

    mutating func valueAlias(_ fields: [String]) throws(DictionaryLineProblem) {
        try expect(fields, "attribute source-attribute", count: 2...2)
        let definition = try knownAttribute(fields[1])
        let source = try knownAttribute(fields[2])
        for attribute in [definition, source] where tables.hasValueAlias(attribute.path) {
            throw .mistake("\(attribute.name) has a VALUE-ALIAS already (expected an attribute without)")
        }
        guard definition.type == source.type else {
            throw .mistake(
                "\(definition.name) is of type \(definition.type.rawValue), \(source.name) of type \(source.type.rawValue) "
                    + "(expected the same type)")
        }
        tables.addValueAlias(from: definition.path, to: source.path)
    }
}
