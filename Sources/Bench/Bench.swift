import FoundationEssentials
import Rehearsal

/// How much is measured.
package struct BenchSettings: Sendable, Hashable {
    /// Empty for all that are not long.
    package var parts: Set<Part> = []
    /// Also what takes long.
    package var isFull = false
    /// Orders that ride from pull to invoiced.
    package var orders = 20_000
    package var soakMinutes = 60.0

    package init() {}

    package func includes(_ part: Part) -> Bool { parts.isEmpty ? isFull || !part.isLong : parts.contains(part) }
}

/// Measures part after part; a part that cannot be measured is a figure that meets no goal.
struct Bench: Sendable {
    let settings: BenchSettings
    let venue: Venue

    func run() async -> [Figure] {
        var figures: [Figure] = []
        for part in Part.allCases where settings.includes(part) {
            let start = ContinuousClock.now
            do {
                figures += try await measure(part)
            } catch {
                figures.append(Figure(part, "could be measured", 0, goal: .atLeast(1), note: "\(error)"))
            }
            Console.say("\(part.rawValue): \(((ContinuousClock.now - start) / .seconds(1)).readable) s")
        }
        return figures
    }

    private func measure(_ part: Part) async throws -> [Figure] {
        switch part {
        case .flow: try await FlowPart(settings: settings, venue: venue).figures()
        case .calls: try await CallsPart(venue: venue).figures()
        case .limits: try await LimitsPart(venue: venue).figures()
        case .ticks: try await TicksPart(venue: venue).figures()
        case .waiting: try await WaitingPart(venue: venue).figures()
        case .claims: try await ClaimsPart(settings: settings, venue: venue).figures()
        case .scaling: try await ScalingPart(venue: venue).figures()
        case .backlog: try await BacklogPart(settings: settings, venue: venue).figures()
        case .idle: try await IdlePart(venue: venue).figures()
        case .micro: try await MicroPart(venue: venue).figures()
        case .soak: try await SoakPart(settings: settings, venue: venue).figures()
        }
    }
}
