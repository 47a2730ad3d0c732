/// What is wrong with a cron expression, for the person who wrote it.
package struct CronError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Reads as the end of a sentence about the expression: `has 4 fields instead of 5 or 6`.
    package let words: String

    package var description: String { "the cron expression \(words)" }
}

/// One field of a cron expression: the set of its numbers, none above 59.
struct CronField: Sendable, Hashable {
    enum Kind: String {
        case second, minute, hour
        case dayOfMonth = "day of month"
        case month
        case dayOfWeek = "day of week"

        var range: ClosedRange<Int> {
            switch self {
            case .second, .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...7
            }
        }
    }

    private var numbers: UInt64 = 0
    private(set) var beginsWithStar: Bool

    /// The seconds of an expression without them.
    static let zero = CronField(only: 0)

    private init(only number: Int) {
        numbers = 1 << UInt64(number)
        beginsWithStar = false
    }

    init(_ text: some StringProtocol, _ kind: Kind) throws(CronError) {
        beginsWithStar = text.hasPrefix("*")
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let (range, step) = try Self.part(String(part), kind)
            for number in stride(from: range.lowerBound, through: range.upperBound, by: step) {
                numbers |= 1 << UInt64(kind == .dayOfWeek ? number % 7 : number)
            }
        }
    }

    func contains(_ number: Int) -> Bool { numbers & (1 << UInt64(number)) != 0 }

    /// The smallest number of the set that is not below `start`.
    func first(from start: Int) -> Int? {
        guard start < 64 else { return nil }
        let rest = numbers >> UInt64(start)
        return rest == 0 ? nil : start + rest.trailingZeroBitCount
    }

    private static func part(_ text: String, _ kind: Kind) throws(CronError) -> (ClosedRange<Int>, step: Int) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let base = halves.first, halves.count <= 2 else { throw unusable(text, kind) }
        var step = 1
        if halves.count == 2 {
            guard let number = number(halves[1]), number >= 1 else { throw unusable(text, kind) }
            step = number
        }
        if base == "*" { return (kind.range, step) }
        let bounds = base.split(separator: "-", omittingEmptySubsequences: false).map { number(String($0)) }
        guard let lower = bounds[0], bounds.count <= 2, let last = bounds[bounds.count - 1] else { throw unusable(text, kind) }
        guard kind.range.contains(lower), kind.range.contains(last) else {
            throw CronError(
                words: "has \(text) as \(kind.rawValue), which runs from \(kind.range.lowerBound) to \(kind.range.upperBound)")
        }
        guard lower <= last else { throw CronError(words: "has the backward range \(text) as \(kind.rawValue)") }
        let opensToEnd = halves.count == 2 && bounds.count == 1
        return (lower...(opensToEnd ? kind.range.upperBound : last), step)
    }

    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.count <= 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func unusable(_ text: String, _ kind: Kind) -> CronError {
        CronError(words: "has '\(text)' as \(kind.rawValue), which is not a number, range, step or *")
    }
}
