import FoundationEssentials
import JSON

/// How one kind of value is read from the document, checked, and written back.
struct ConfigurationForm<Value: Sendable>: Sendable {
    /// Reads the value; anything wrong is added to the faults, and then the answer may be `nil`.
    let read: @Sendable (JSON, String, inout [ConfigurationFault]) -> Value?
    let write: @Sendable (Value) -> JSON

    init(
        read: @escaping @Sendable (JSON, String, inout [ConfigurationFault]) -> Value?, write: @escaping @Sendable (Value) -> JSON
    ) {
        self.read = read
        self.write = write
    }

    /// A value that is right or wrong as a whole.
    init(_ expected: String, read: @escaping @Sendable (JSON) -> Value?, write: @escaping @Sendable (Value) -> JSON) {
        self.init(
            read: { json, path, faults in
                let value = read(json)
                if value == nil { faults.append(ConfigurationFault(path: path, message: "must be \(expected)")) }
                return value
            }, write: write)
    }
}

extension ConfigurationForm<Bool> {
    static let flag = ConfigurationForm(
        "true or false",
        read: { if case .bool(let flag) = $0 { flag } else { nil } }, write: { .bool($0) })
}

extension ConfigurationForm<Int> {
    static func integer(_ range: ClosedRange<Int>) -> ConfigurationForm {
        let expected =
            range.count == 1 ? "\(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return ConfigurationForm(
            expected, read: { $0.wholeNumber.flatMap { range.contains($0) ? $0 : nil } }, write: { .number(JSONNumber($0)) })
    }
}

extension ConfigurationForm<String> {
    /// Exactly this word.
    static func fixed(_ word: String) -> ConfigurationForm {
        ConfigurationForm("\"\(word)\"", read: { $0.string == word ? word : nil }, write: { .string($0) })
    }

    static let text = ConfigurationForm(
        "a text of 1 to \(String.longestName) bytes without control characters",
        read: { $0.string.flatMap { $0.isEmpty || !$0.isUsableName ? nil : $0 } }, write: { .string($0) })

    static let cron = ConfigurationForm(
        read: { json, path, faults in
            guard let text = json.string else {
                faults.append(ConfigurationFault(path: path, message: "must be a cron expression of 5 or 6 fields"))
                return nil
            }
            do throws(CronError) {
                return try CronExpression(text).description
            } catch {
                faults.append(ConfigurationFault(path: path, message: error.words))
                return nil
            }
        }, write: { .string($0) })
}

extension ConfigurationForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of the enum.
    static var word: ConfigurationForm {
        let expected = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        return ConfigurationForm(expected, read: { $0.string.flatMap(Value.init(rawValue:)) }, write: { .string($0.rawValue) })
    }
}

extension ConfigurationForm<Date> {
    static let time = ConfigurationForm(
        "a time between 2000 and 2100, such as 2025-01-01T00:00:00Z", read: { $0.string.flatMap(ConfigurationTime.date) },
        write: { .string(ConfigurationTime.text($0)) })
}

extension ConfigurationForm<Date?> {
    static let optionalTime = ConfigurationForm(
        "null or a time between 2000 and 2100, such as 2025-01-01T00:00:00Z",
        read: { json -> Date?? in
            if json.isNull { return .some(nil) }
            guard let date = json.string.flatMap(ConfigurationTime.date) else { return nil }
            return .some(date)
        }, write: { $0.map { .string(ConfigurationTime.text($0)) } ?? .null })
}

extension ConfigurationForm {
    /// A list without doubles; `mayBeEmpty` where the empty list means "all".
    static func list<Element: Hashable & Sendable>(
        of element: ConfigurationForm<Element>, mayBeEmpty: Bool = false
    ) -> ConfigurationForm where Value == [Element] {
        ConfigurationForm(
            read: { json, path, faults in
                guard let elements = json.array else {
                    faults.append(ConfigurationFault(path: path, message: "must be a list"))
                    return nil
                }
                if elements.isEmpty, !mayBeEmpty {
                    faults.append(ConfigurationFault(path: path, message: "must name at least one"))
                    return nil
                }
                var values: [Element] = []
                var seen: Set<Element> = []
                for (index, json) in elements.enumerated() {
                    let place = "\(path)[\(index)]"
                    guard let value = element.read(json, place, &faults) else { continue }
                    if !seen.insert(value).inserted { faults.append(ConfigurationFault(path: place, message: "is given twice")) }
                    values.append(value)
                }
                return values
            }, write: { .array($0.map(element.write)) })
    }
}

extension ConfigurationForm<[String: String]> {
    /// An object of words to words. Ids may be written as numbers; they are kept as text. Whether a value fits is judged later, and
    /// only where an enabled job needs it.
    static let mapping = ConfigurationForm(
        read: { json, path, faults in
            guard let object = json.object else {
                faults.append(ConfigurationFault(path: path, message: "must be an object of texts"))
                return nil
            }
            var mapping: [String: String] = [:]
            for member in object.members {
                let place = "\(path).\(member.key)"
                guard let value = member.value.string ?? member.value.wholeNumber.map(String.init) else {
                    faults.append(ConfigurationFault(path: place, message: "must be a text"))
                    continue
                }
                guard member.key.isUsableName, value.isUsableName else {
                    let limit = "at most \(String.longestName) bytes and no control characters"
                    faults.append(ConfigurationFault(path: place, message: "must have \(limit), its name too"))
                    continue
                }
                if mapping.updateValue(value, forKey: member.key) != nil {
                    faults.append(ConfigurationFault(path: place, message: "is given twice"))
                }
            }
            return mapping
        },
        write: { mapping in
            .object(JSONObject(mapping.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        })
}

extension JSON {
    /// A number of the document that is whole; unlike `int` never a text that spells one.
    fileprivate var wholeNumber: Int? {
        guard case .number(let number) = self else { return nil }
        return number.int
    }
}
