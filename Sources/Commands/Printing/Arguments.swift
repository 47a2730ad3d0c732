import ArgumentParser
import Domain
import FoundationEssentials
import Pipeline

extension Stage: ExpressibleByArgument {}
extension HoldReason: ExpressibleByArgument {}

/// A point in time as people type it: `2026-01-31`, `2026-01-31T12:00:00Z`, with an offset, or without a zone for UTC.
struct TimeArgument: ExpressibleByArgument, Sendable, Hashable {
    let date: Date

    init?(argument: String) {
        let text = argument.replacing(" ", with: "T")
        let spellings = text.contains("T") ? [text, text + "Z", text + ":00Z"] : [text + "T00:00:00Z"]
        guard let date = spellings.lazy.compactMap({ Date(tickText: $0) }).first else { return nil }
        self.date = date
    }
}

/// `--held`, with or without a reason.
enum HeldArgument: ExpressibleByArgument, Sendable, Hashable {
    case forAnyReason
    case `for`(HoldReason)
    /// Kept for a message of our own: the parser would take the option for a flag and complain of a stray word.
    case unknown(String)

    private static let any = "any"

    init(argument: String) {
        self = argument == Self.any ? .forAnyReason : HoldReason(rawValue: argument).map { .for($0) } ?? .unknown(argument)
    }

    static var allValueStrings: [String] { [any] + HoldReason.allCases.map(\.rawValue) }

    var defaultValueDescription: String {
        switch self {
        case .forAnyReason: Self.any
        case .for(let reason): reason.rawValue
        case .unknown(let word): word
        }
    }
}
