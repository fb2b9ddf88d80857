import FoundationEssentials

/// Where the mapping reads: a detail from a file, or a decision, whose values are made only as they are asked for.
package protocol DetailSource: Sendable {
    /// The value that `[Mapping section] key` reads. An absent value is null.
    func value(of source: MappingSource) -> DetailValue

    /// What a section has, or the top level; for those who ask why a value is not there. Empty where nobody knows.
    func keys(in section: String?) -> [String]
}

extension DetailSource {
    package func keys(in section: String?) -> [String] { [] }
}

/// What a decision hands to the mapping, under privacyIDEA's names: `serial`, `type`, `message`, `transaction_id` … and
/// the sections `user`, `token`, `client` and `request`.
package struct ResponseDetail: DetailSource, Equatable {
    package var members: [String: DetailValue]

    package init(_ members: [String: DetailValue] = [:]) { self.members = members }

    /// Reads a detail written in JSON (RFC 8259): the object itself, or privacyIDEA's whole answer, whose `detail` is
    /// taken then.
    package init(json: [UInt8]) throws(MalformedDetail) {
        let value: DetailValue
        do {
            value = try JSONDecoder().decode(DetailValue.self, from: Data(json))
        } catch {
            throw MalformedDetail(reason: "it is not JSON (expected an object such as {\"serial\": \"HOTP1\"})")
        }
        guard case .object(let members) = value else {
            throw MalformedDetail(reason: "it is not an object (expected one such as {\"serial\": \"HOTP1\"})")
        }
        if members["result"] != nil, case .object(let detail) = members["detail"] {
            self.members = detail
        } else {
            self.members = members
        }
    }

    package func value(of source: MappingSource) -> DetailValue { value(source.key, in: source.section) }

    /// Of the top level when `section` is nil.
    func value(_ key: String, in section: String?) -> DetailValue {
        guard let section else { return members[key] ?? .null }
        guard case .object(let inner) = members[section] else { return .null }
        return inner[key] ?? .null
    }

    package func keys(in section: String?) -> [String] {
        guard let section else { return Array(members.keys) }
        guard case .object(let inner) = members[section] else { return [] }
        return Array(inner.keys)
    }
}

/// A response detail that could not be read.
package struct MalformedDetail: Error, Equatable, CustomStringConvertible {
    package let reason: String
    package var description: String { "the detail cannot be read: \(reason)" }
}

extension DetailValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let number = try? container.decode(Int64.self) {
            self = .number(number)
        } else if let number = try? container.decode(Decimal.self) {
            // Up to 38 digits, where a Double would keep 15.
            self = .number(number.description)
        } else if let list = try? container.decode([DetailValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: DetailValue].self))
        }
    }
}

extension DetailValue: Encodable {
    /// A number is written as one when it can be without losing a digit.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let digits):
            if let number = Int64(digits) { try container.encode(number) } else { try container.encode(digits) }
        case .bool(let bool): try container.encode(bool)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        case .null: try container.encodeNil()
        }
    }
}
