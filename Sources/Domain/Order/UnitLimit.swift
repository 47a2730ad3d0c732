/// The most units that any count can mean: what DSCO's and LingXing's 32-bit fields and our columns hold. Within it, sums over whole orders
/// and pages stay far inside an `Int`; a larger count is a fault of its source.
package enum UnitLimit {
    package static let most = Int(Int32.max)

    /// The count brought into 0 … `most`.
    static func clamped(_ units: Int) -> Int { Swift.min(Swift.max(0, units), most) }
}
