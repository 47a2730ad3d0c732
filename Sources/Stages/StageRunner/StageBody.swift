package import Domain
package import Pipeline

/// What a stage does with one tick, once its locks are held.
package protocol StageBody: Sendable {
    var stage: Stage { get }

    /// The longest a run may take up new work (design 4).
    var budget: Duration { get }

    func run(_ tick: Tick, _ context: RunContext) async throws -> (result: RunResult, counts: [String: Int])
}

/// The body of push, ack, ship and invoice.
package struct OrderStageBody<S: OrderStage>: StageBody {
    private let orderStage: S
    private let decode: @Sendable ([UInt8]) throws -> Order

    /// - Parameter decode: reads a stored payload.
    package init(_ orderStage: S, decode: @escaping @Sendable ([UInt8]) throws -> Order) {
        self.orderStage = orderStage
        self.decode = decode
    }

    package var stage: Stage { orderStage.stage }
    package var budget: Duration { .seconds(60) }

    package func run(_ tick: Tick, _ context: RunContext) async throws -> (result: RunResult, counts: [String: Int]) {
        try await OrderRun(orderStage, context, decode: decode).execute()
    }
}
