/// One of the two systems Conveyor keeps in step. The raw value is the name used in metrics, logs and tables.
package enum Partner: String, Sendable, Hashable, CaseIterable {
    case dsco
    case lingXing = "lingxing"

    /// The partner's own name, for sentences people read.
    package var displayName: String {
        switch self {
        case .dsco: "DSCO"
        case .lingXing: "LingXing"
        }
    }
}
