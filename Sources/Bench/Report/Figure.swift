/// One line of the table: what was measured, and what it was to be.
package struct Figure: Sendable, Hashable {
    package let part: Part
    package let name: String
    package let value: Double
    package let unit: String
    /// `nil` for what is only shown.
    package let goal: Goal?
    /// How it was measured or how far it spread.
    package let note: String

    package init(_ part: Part, _ name: String, _ value: Double, _ unit: String = "", goal: Goal? = nil, note: String = "") {
        self.part = part
        self.name = name
        self.value = value
        self.unit = unit
        self.goal = goal
        self.note = note
    }

    package var isMet: Bool { goal?.isMet(by: value) ?? true }
}
