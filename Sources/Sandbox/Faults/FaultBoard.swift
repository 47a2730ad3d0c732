import Synchronization

/// The faults that are switched on, and the dice that decide whom they befall.
package final class FaultBoard: Sendable {
    private struct State {
        var numbered: [(number: Int, fault: Fault)] = []
        var lastNumber = 0
        var dice: SplitMix64
        var drawn: [String: Int] = [:]
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(dice: SplitMix64(seed: seed ^ 0xFA17)))
    }

    package func add(_ faults: [Fault]) {
        for fault in faults { _ = begin(fault) }
    }

    /// Switches a fault on.
    /// - Returns: its number, by which it is looked after and switched off.
    package func begin(_ fault: Fault) -> Int {
        state.withLock { state in
            state.lastNumber += 1
            state.numbered.append((state.lastNumber, fault))
            return state.lastNumber
        }
    }

    package func end(_ number: Int) {
        state.withLock { state in state.numbered.removeAll { $0.number == number } }
    }

    /// The fault as it is now, with what is left of its count; nil when it is switched off.
    package subscript(number: Int) -> Fault? {
        state.withLock { state in state.numbered.first { $0.number == number }?.fault }
    }

    package func clear() {
        state.withLock { $0.numbered = [] }
    }

    /// How often each kind has struck.
    package var drawn: [String: Int] {
        state.withLock { $0.drawn }
    }

    package var faults: [Fault] {
        state.withLock { $0.numbered.map(\.fault) }
    }

    /// The fault of this kind that strikes now, if any; a counted one is used up.
    func draw(_ kind: Fault.Kind, _ partner: Partner, _ path: String) -> Fault? {
        state.withLock { state in
            for (index, fault) in state.numbered.map(\.fault).enumerated() where fault.kind == kind {
                guard fault.concerns(partner, path), fault.count.map({ $0 > 0 }) ?? true else { continue }
                guard fault.rate >= 1 || state.dice.fraction() < fault.rate else { continue }
                if let count = fault.count { state.numbered[index].fault.count = count - 1 }
                state.drawn[kind.rawValue, default: 0] += 1
                return fault
            }
            return nil
        }
    }
}
