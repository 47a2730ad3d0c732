import Domain
import Pipeline

extension Tick {
    /// A tick of ack as the tests need it.
    static func ack(_ trigger: Tick.Trigger = .manual, id: String = "t", orders: [String] = [], by: String? = nil) -> Tick {
        Tick(id: id, stage: .ack, trigger: trigger, orders: orders, requestedBy: by)
    }
}
