package import JSON

extension [Figure] {
    package func json(_ circumstances: Circumstances) -> JSON {
        [
            "built": .string(circumstances.built), "processors": .number(JSONNumber(circumstances.processors)),
            "load_before": .figure(circumstances.load),
            "met": .bool(areMet),
            "figures": .array(
                map { figure in
                    [
                        "part": .string(figure.part.rawValue), "name": .string(figure.name), "value": .figure(figure.value),
                        "unit": .string(figure.unit), "goal": figure.goal.map { .string($0.words) } ?? .null,
                        "met": figure.goal == nil ? .null : .bool(figure.isMet), "note": .string(figure.note),
                    ]
                }),
        ]
    }
}

extension JSON {
    /// JSON knows no infinity.
    fileprivate static func figure(_ value: Double) -> JSON { JSONNumber(text: value.rounded(to: 6)).map(JSON.number) ?? .null }
}
