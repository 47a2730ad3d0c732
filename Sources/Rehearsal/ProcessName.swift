package import Domain

/// One process of a fleet: its program and which of those that run it.
package struct ProcessName: Sendable, Hashable, CustomStringConvertible {
    package let program: String
    package let number: Int

    package static func worker(_ stage: Stage, _ number: Int) -> ProcessName {
        ProcessName(program: "\(stage.rawValue)-worker", number: number)
    }

    package static func scheduler(_ number: Int) -> ProcessName { ProcessName(program: "scheduler", number: number) }

    package var description: String { "\(program)-\(number)" }
}
