/// What a contract says about the members of an object, strictly: an unknown member, a null and a wrong type are faults.
struct Shape: Sendable {
    indirect enum Kind: Sendable {
        /// A string; `limit` counts characters.
        case text(limit: Int = 10_000)
        /// A string that is not empty.
        case name(limit: Int = 10_000)
        case integer(ClosedRange<Int>)
        case number
        /// A number, or a decimal as a string.
        case amount
        /// A string or an integer.
        case identifier
        case bool
        /// ISO 8601 with a zone.
        case date
        case choice([String])
        case integerChoice([Int])
        case list(Kind, ClosedRange<Int>)
        case object(Shape)
        /// Anything but null.
        case any
    }

    let required: [String: Kind]
    let optional: [String: Kind]

    init(_ required: [String: Kind], optional: [String: Kind] = [:]) {
        self.required = required
        self.optional = optional
    }

    /// What is wrong with `value`, each with its path; empty when nothing is.
    func faults(in value: Wire, at path: String = "") -> [String] {
        guard let members = value.members else { return ["\(path.isEmpty ? "body" : path): an object is expected"] }
        let prefix = path.isEmpty ? "" : "\(path)."
        var faults: [String] = []
        for member in members {
            let place = prefix + member.name
            guard let kind = required[member.name] ?? optional[member.name] else {
                faults.append("\(place): unknown member")
                continue
            }
            faults += kind.faults(in: member.value, at: place)
        }
        for name in required.keys.sorted() where value[name] == nil {
            faults.append("\(prefix)\(name): is required")
        }
        return faults
    }
}

extension Shape.Kind {
    func faults(in value: Wire, at path: String) -> [String] {
        if value.isNull { return ["\(path): is null"] }
        let expected: String? =
            switch self {
            case .text(let limit): value.text.map { $0.count <= limit } == true ? nil : "a string of at most \(limit) characters"
            case .name(let limit):
                value.text.map { !$0.trimmed.isEmpty && $0.count <= limit } == true
                    ? nil : "a string, not empty, of at most \(limit) characters"
            case .integer(let range): value.integer.map(range.contains) == true ? nil : "an integer in \(range)"
            case .number: value.digits == nil ? "a number" : nil
            case .amount: (value.digits ?? value.text).flatMap(Money.decimal) == nil ? "a number or a decimal string" : nil
            case .identifier: value.text?.isEmpty == false || value.integer != nil ? nil : "a string or an integer"
            case .bool: value.boolean == nil ? "a boolean" : nil
            case .date: value.text.flatMap(Timestamps.parse) == nil ? "an ISO 8601 date with a zone" : nil
            case .choice(let choices):
                value.text.map(choices.contains) == true ? nil : "one of \(choices.joined(separator: ", "))"
            case .integerChoice(let choices): value.integer.map(choices.contains) == true ? nil : "one of \(choices)"
            case .list, .object, .any: nil
            }
        if let expected { return ["\(path): \(expected) is expected"] }
        switch self {
        case .object(let shape): return shape.faults(in: value, at: path)
        case .list(let kind, let range):
            guard let elements = value.elements else { return ["\(path): an array is expected"] }
            guard range.contains(elements.count) else { return ["\(path): \(elements.count) elements, not \(range)"] }
            return elements.enumerated().flatMap { kind.faults(in: $1, at: "\(path)[\($0)]") }
        default: return []
        }
    }
}
