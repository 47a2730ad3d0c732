import JSON
import Rehearsal

extension StormResult {
    var json: JSON {
        [
            "seed": .string("\(settings.seed)"), "minutes": .string(settings.minutes.short), "good": .bool(isGood),
            "faults": Self.counts(FaultKind.allCases.map { ($0.rawValue, notes.counts[$0, default: 0]) }),
            "orders": .number(JSONNumber(evidence.orders.count)), "outcomes": Self.counts(outcomes.map { ($0.name, $0.count) }),
            "effects": Self.counts(effects.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
            "checks": Self.counts(
                Finding.Check.allCases.map { check in (check.rawValue, findings.count { $0.check == check }) }),
            "seconds_to_settle": settled.map { .number(JSONNumber(Int($0.rounded(.up)))) } ?? .null,
            "processes_killed": .number(JSONNumber(ends.count { $0.exit == .signal(9) })),
            "findings": .array(
                findings.map {
                    ["check": .string($0.check.rawValue), "order": $0.order.map(JSON.string) ?? .null, "text": .string($0.text)]
                }),
            "again": .string(command),
        ]
    }

    private static func counts(_ counts: [(String, Int)]) -> JSON {
        .object(JSONObject(counts.map { ($0.0, .number(JSONNumber($0.1))) }))
    }
}
