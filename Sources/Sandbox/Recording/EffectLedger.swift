import Synchronization

/// What the partners did, and what should not have been asked of them.
package final class EffectLedger: Sendable {
    package struct Finding: Sendable, Equatable {
        /// A short name, e.g. `sign`, `over_ship`, `order_created_twice`.
        package let rule: String
        package let what: String
    }

    package struct Tally: Sendable, Equatable {
        package var total = 0
        package var details: [Finding] = []

        mutating func add(_ rule: String, _ what: String) {
            total += 1
            if details.count < 200 { details.append(Finding(rule: rule, what: what)) }
        }
    }

    package struct Counts: Sendable {
        package var created = 0
        package var cancelledInLingXing = 0
        package var acknowledged = 0
        package var shipped = 0
        package var invoiced = 0
        package var inventoryUpdates = 0
        /// Effects that were executed twice: money lost.
        package var duplicates = Tally()
        /// Effects that were asked for a second time and refused.
        package var duplicateAttempts = Tally()
        /// Requests that break a contract.
        package var violations = Tally()
        /// Business refusals in a log or an element, by rule: not a broken contract.
        package var refusals: [String: Int] = [:]
        /// Rows that a fault refused, by the numbers they carry: poNumber, dscoOrderId, SKU or platform order number.
        package var refusedByFault: [String: Int] = [:]
        /// Calls that met a limit.
        package var limited: [String: Int] = [:]
        package var calls: [String: Int] = [:]
        /// Bodies, without what HTTP puts around them.
        package var bytesReceived = 0
        package var bytesSent = 0
    }

    private let state = Mutex(Counts())

    init() {}

    package var counts: Counts {
        state.withLock { $0 }
    }

    package func reset() {
        state.withLock { $0 = Counts() }
    }

    func called(_ partner: Partner, _ path: String, bytes: Int) {
        state.withLock { state in
            state.calls["/\(partner.rawValue)\(path)", default: 0] += 1
            state.bytesReceived += bytes
        }
    }

    func answered(bytes: Int) { state.withLock { $0.bytesSent += bytes } }

    func count(_ effect: any WritableKeyPath<Counts, Int> & Sendable) {
        state.withLock { $0[keyPath: effect] += 1 }
    }

    func violation(_ rule: String, _ what: String) {
        state.withLock { $0.violations.add(rule, what) }
    }

    func duplicate(_ rule: String, _ what: String) {
        state.withLock { $0.duplicates.add(rule, what) }
    }

    func duplicateAttempt(_ rule: String, _ what: String) {
        state.withLock { $0.duplicateAttempts.add(rule, what) }
    }

    func refused(_ rule: String) {
        state.withLock { $0.refusals[rule, default: 0] += 1 }
    }

    func refusedByFault(_ numbers: Set<String>) {
        state.withLock { state in
            state.refusals["fault", default: 0] += 1
            for number in numbers { state.refusedByFault[number, default: 0] += 1 }
        }
    }

    func limited(_ path: String) {
        state.withLock { $0.limited[path, default: 0] += 1 }
    }
}
