import Synchronization

/// The faults that are switched on, and the dice that decide whom they befall.
package final class FaultBoard: Sendable {
    private struct State {
        var faults: [Fault] = []
        var dice: SplitMix64
        var drawn: [String: Int] = [:]
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(dice: SplitMix64(seed: seed ^ 0xFA17)))
    }

    package func add(_ faults: [Fault]) {
        state.withLock { $0.faults += faults }
    }

    package func clear() {
        state.withLock { $0.faults = [] }
    }

    /// How often each kind has struck.
    package var drawn: [String: Int] {
        state.withLock { $0.drawn }
    }

    package var faults: [Fault] {
        state.withLock { $0.faults }
    }

    /// The fault of this kind that strikes now, if any; a counted one is used up.
    func draw(_ kind: Fault.Kind, _ partner: Partner, _ path: String) -> Fault? {
        state.withLock { state in
            for index in state.faults.indices where state.faults[index].kind == kind {
                let fault = state.faults[index]
                guard fault.concerns(partner, path), fault.count.map({ $0 > 0 }) ?? true else { continue }
                guard fault.rate >= 1 || state.dice.fraction() < fault.rate else { continue }
                if let count = fault.count { state.faults[index].count = count - 1 }
                state.drawn[kind.rawValue, default: 0] += 1
                return fault
            }
            return nil
        }
    }
}
