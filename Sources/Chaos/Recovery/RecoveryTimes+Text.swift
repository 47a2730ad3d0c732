import JSON
import Rehearsal

extension [RecoveryTimes] {
    var text: String {
        let rows = map { times in
            Self.row(times.kind.rawValue, [Double(times.seconds.count), times.least, times.median, times.most])
                + (times.meetsGoal ? "   ok" : "   OVER \(Int(RecoveryKind.goal)) s")
        }
        let head =
            "  \("recovery, in seconds".padded(to: 44))\(["times", "min", "median", "max"].map { $0.aligned(to: 9) }.joined())"
        return ([head] + rows).joined(separator: "\n")
    }

    var json: JSON {
        .array(
            map { times in
                [
                    "recovery": .string(times.kind.rawValue), "seconds": .array(times.seconds.map { .string(Self.spelled($0)) }),
                    "min": .string(Self.spelled(times.least)), "median": .string(Self.spelled(times.median)),
                    "max": .string(Self.spelled(times.most)), "meets_goal": .bool(times.meetsGoal),
                ]
            })
    }

    private static func row(_ name: String, _ numbers: [Double]) -> String {
        "  \(name.padded(to: 44))\(numbers.map { spelled($0).aligned(to: 9) }.joined())"
    }

    private static func spelled(_ number: Double) -> String { ((number * 10).rounded() / 10).short }
}
