/// Names for numbers: what the files of a dictionary define. Immutable once loaded, and shared by all threads.
///
/// Names are found in any case and shown as they were written.
package final class AttributeDictionary: Sendable {
    let tables: DictionaryTables

    init(_ tables: DictionaryTables) { self.tables = tables }

    /// All definitions, in the order of the files.
    package var definitions: [AttributeDefinition] { tables.definitions }

    package func definition(named name: String) -> AttributeDefinition? { tables.definition(named: name) }

    /// The last definition at `path`, which is the one whose name is shown.
    package func definition(at path: AttributePath) -> AttributeDefinition? { tables.definition(at: path) }

    package func definition(of type: AttributeType) -> AttributeDefinition? { definition(at: AttributePath(type)) }

    package func vendor(named name: String) -> Vendor? { tables.vendor(named: name) }

    package func vendor(numbered number: UInt32) -> Vendor? { tables.vendors[number] }

    /// The name of a number in the VALUE lines of an attribute.
    package func valueName(of number: UInt32, for definition: AttributeDefinition) -> String? {
        tables.values(of: definition.path)?.names[number]
    }

    /// The number of a name in the VALUE lines of an attribute.
    package func valueNumber(named name: String, for definition: AttributeDefinition) -> UInt32? {
        tables.values(of: definition.path)?.numbers[name.lowercased()]
    }

    /// The names in the VALUE lines of an attribute, in lower case, in no order.
    package func valueNames(for definition: AttributeDefinition) -> [String] {
        tables.values(of: definition.path).map { Array($0.numbers.keys) } ?? []
    }

    /// The attribute name that is most like `name`, for "did you mean"; nil when none is near.
    package func suggestion(for name: String) -> String? {
        nearest(to: name, among: tables.definitions.lazy.map(\.name))
    }
}

/// What the files of a dictionary define, by name and by number. Filled by ``DictionaryLoader``, kept by
/// ``AttributeDictionary``.
struct DictionaryTables: Sendable {
    private(set) var definitions: [AttributeDefinition] = []
    private(set) var vendors: [UInt32: Vendor] = [:]
    private var indexByName: [String: Int] = [:]
    private var indexByPath: [AttributePath: Int] = [:]
    private var vendorByName: [String: UInt32] = [:]
    private(set) var valueTables: [AttributePath: ValueTable] = [:]
    private var valueAliases: [AttributePath: AttributePath] = [:]

    func definition(named name: String) -> AttributeDefinition? {
        indexByName[name.lowercased()].map { definitions[$0] }
    }

    func definition(at path: AttributePath) -> AttributeDefinition? { indexByPath[path].map { definitions[$0] } }

    func vendor(named name: String) -> Vendor? { vendorByName[name.lowercased()].flatMap { vendors[$0] } }

    var vendorNames: [String] { Array(vendorByName.keys) }

    func values(of path: AttributePath) -> ValueTable? { valueTables[valueAliases[path] ?? path] }

    /// Adds a definition; of two with the same name and path the later one holds, of two with the same path the later name
    /// is shown.
    mutating func add(_ definition: AttributeDefinition) {
        let name = definition.name.lowercased()
        if let index = indexByName[name] {
            definitions[index] = definition
            indexByPath[definition.path] = index
        } else {
            indexByName[name] = definitions.count
            indexByPath[definition.path] = definitions.count
            definitions.append(definition)
        }
    }

    /// Adds a vendor. A number may have several names, and a later line may give another format.
    mutating func add(_ vendor: Vendor) {
        vendorByName[vendor.name.lowercased()] = vendor.number
        vendors[vendor.number] = vendor
    }

    mutating func addValue(named name: String, number: UInt32, to path: AttributePath, replacing: Bool) {
        valueTables[path, default: ValueTable()].add(name, number, replacing: replacing)
    }

    func hasValueAlias(_ path: AttributePath) -> Bool { valueAliases[path] != nil }

    mutating func addValueAlias(from path: AttributePath, to target: AttributePath) { valueAliases[path] = target }

    /// Gives each vendor's attribute its format. Done last: a VENDOR line may come after the attributes, or come again.
    mutating func settleFormats() {
        for index in definitions.indices {
            guard let vendor = vendors[definitions[index].path.vendor] else { continue }
            definitions[index].format = vendor.format
        }
    }
}

/// The VALUE lines of one attribute.
struct ValueTable: Sendable {
    /// The name that is shown for a number.
    private(set) var names: [UInt32: String] = [:]
    /// The number of every name, by the name in lower case.
    private(set) var numbers: [String: UInt32] = [:]

    mutating func add(_ name: String, _ number: UInt32, replacing: Bool) {
        numbers[name.lowercased()] = number
        if replacing || names[number] == nil { names[number] = name }
    }
}
