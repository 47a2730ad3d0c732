import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import Store

struct ListOrders: Verb {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "List orders; those that need a person with what cures them.",
        discussion: """
            The order that moved last comes first; held orders are listed with the oldest hold first.

              conveyor orders --held                          everything that needs a person
              conveyor orders --held shop_unmapped            for one reason
              conveyor orders --status 3 --limit 20           acknowledged, not shipped yet
              conveyor orders --held --json | jq -r '.[].po_number'
            """)

    @Option(help: ArgumentHelp("Only orders at this status, 1 to 6.", valueName: "n")) var status: Int?
    @Option(
        defaultAsFlag: .forAnyReason, help: ArgumentHelp("Only held orders, for this reason or for any.", valueName: "reason"))
    var held: HeldArgument?
    @Option(help: ArgumentHelp("The most orders to list.", valueName: "n")) var limit = 100
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let status { _ = try OrderStatus(argument: status) }
        if case .unknown(let word) = held {
            throw ValidationError(
                "\(word) is no hold reason. The reasons: \(HeldArgument.allValueStrings.joined(separator: ", "))")
        }
        guard limit > 0 else { throw ValidationError("--limit must be above 0.") }
    }

    func run(in context: CommandContext) async throws {
        var filter = OrderDirectory.Filter(status: try status.map(OrderStatus.init(argument:)), limit: limit)
        switch held {
        case .forAnyReason: filter.held = .forAnyReason
        case .for(let reason): filter.held = .for(reason)
        case .unknown, nil: break
        }
        let orders = try await context.withDatabase { try await OrderDirectory($0).list(filter) }
        if output.isJSON {
            context.print(JSON.array(orders.map(\.json)).text())
        } else {
            context.print(text(orders, context.language))
            if orders.count == limit { context.note("Only the first \(limit) are shown: --limit shows more.") }
        }
    }

    private func text(_ orders: [OrderView], _ language: Language) -> String {
        guard !orders.isEmpty else { return "No order." }
        var table = Table([
            ("PO", .left), ("DSCO ORDER", .left), ("STATUS", .left), ("SINCE", .left), ("HELD OR WAITING", .left),
            ("ATTEMPTS", .right),
            ("LAST ERROR", .left),
        ])
        for order in orders {
            table.add([
                order.poNumber, order.dscoOrderID ?? "-", "\(order.status.rawValue) \(language(order.status.words))",
                (order.hold?.since ?? order.statusSince).shown, order.hold?.reason.rawValue ?? order.waiting?.rawValue ?? "",
                "\(order.attempts)", order.lastError?.code ?? "",
            ])
        }
        let reasons = HoldReason.allCases.filter { reason in orders.contains { $0.hold?.reason == reason } }
        guard !reasons.isEmpty else { return table.text }
        let cures = reasons.map { "\($0.rawValue): \(language($0.words)). \(language($0.cure))" }
        return table.text + "\n\n" + cures.joined(separator: "\n")
    }
}

extension OrderStatus {
    init(argument: Int) throws {
        guard let status = OrderStatus(rawValue: argument) else {
            throw ValidationError("A status is a number from 1 to 6, not \(argument).")
        }
        self = status
    }
}
