import Domain
import Synchronization

/// What the storm did, and when, in seconds from its start.
final class Diary: Sendable {
    struct Entry: Sendable {
        let at: Double
        let text: String
    }

    struct Notes: Sendable {
        var entries: [Entry] = []
        var counts: [FaultKind: Int] = [:]
        /// Faults that could not be carried out, because another one stood in their way.
        var missed: [FaultKind: Int] = [:]
        var malformed: [MalformedMessage] = []
        /// When messages of a stage may have been lost; nil is every stage.
        var losses: [(at: Double, stage: Stage?)] = []
        var ordersSent = 0
    }

    private let start = ContinuousClock.now
    private let notes = Mutex(Notes())

    var now: Double { (ContinuousClock.now - start) / .seconds(1) }
    var all: Notes { notes.withLock { $0 } }

    func struck(_ kind: FaultKind, _ what: String) {
        notes.withLock { notes in
            notes.counts[kind, default: 0] += 1
            notes.entries.append(Entry(at: now, text: what))
        }
    }

    func missed(_ kind: FaultKind, _ why: String) {
        notes.withLock { notes in
            notes.missed[kind, default: 0] += 1
            notes.entries.append(Entry(at: now, text: why))
        }
    }

    func note(_ text: String) { notes.withLock { $0.entries.append(Entry(at: now, text: text)) } }

    func sent(_ message: MalformedMessage) { notes.withLock { $0.malformed.append(message) } }

    func lost(_ stage: Stage?) { notes.withLock { $0.losses.append((now, stage)) } }

    func ordered(_ count: Int) { notes.withLock { $0.ordersSent += count } }
}

/// A message that must end among its stage's dead letters.
struct MalformedMessage: Sendable, Hashable {
    let at: Double
    let stage: Stage
    let body: String
}
