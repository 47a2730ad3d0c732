extension Control {
    func createOrders(_ call: Call) async -> Reply {
        let body = call.body.isEmpty ? Wire.object([]) : try? Wire(call.body)
        guard let body, let count = body["count"]?.integer ?? (body.members?.isEmpty == true ? 1 : nil),
            (1...1_000_000).contains(count)
        else {
            return Self.fault("count must be 1 to 1000000")
        }
        var request = OrderRequest(count: count, seed: UInt64(max(0, body["seed"]?.integer ?? 1)))
        request.age = body["age_seconds"]?.digits.flatMap { Double($0) } ?? 0
        if let mix = body["mix"]?.members {
            var shares: [(scenario: Scenario, share: Double)] = []
            for member in mix {
                guard let scenario = Scenario(rawValue: member.name), let share = member.value.digits.flatMap({ Double($0) })
                else {
                    return Self.fault(
                        "unknown scenario \(member.name); known: \(Scenario.allCases.map(\.rawValue).joined(separator: " "))")
                }
                shares.append((scenario, share))
            }
            request.mix = shares
        }
        let orders = await dsco.create(request)
        return Reply(
            200,
            [
                "created": .integer(orders.count),
                "orders": .array(
                    orders.map { order in
                        [
                            "po_number": .string(order.po), "dsco_order_id": .string(String(order.id)),
                            "scenario": .string(order.scenario.rawValue), "expected": .string(order.scenario.expected.outcome),
                        ]
                    }),
            ])
    }

    func listOrders(_ call: Call) async -> Reply {
        let rows = await orders(
            scenario: call.parameter("scenario").flatMap(Scenario.init), po: call.parameter("po"),
            offset: call.parameter("offset").flatMap { Int($0) } ?? 0, limit: call.parameter("limit").flatMap { Int($0) } ?? .max)
        return Reply(200, .array(rows))
    }

    /// Orders with what to expect of them and what became of them.
    func orders(scenario: Scenario? = nil, po: String? = nil, offset: Int = 0, limit: Int = .max) async -> [Wire] {
        let reports = await dsco.reports(scenario: scenario, po: po, offset: offset, limit: limit)
        var rows: [Wire] = []
        for report in reports {
            var here = await lingXing.summary(report.order.po)
            if here.isEmpty { here = await lingXing.summary(String(report.order.id)) }
            let comparison = OrderComparison(order: report.order, rows: here, world: documents.world)
            rows.append(report.wire(lingXing: here, differences: comparison.differences))
        }
        return rows
    }
}

extension DSCOWorld {
    /// An order with what became of it, as far as DSCO knows.
    struct Report: Sendable {
        let order: DSCOOrder
        let invoices: [StoredInvoice]
        /// What the invoices of the units that are not cancelled should come to.
        let expectedTotal: String?
    }

    func reports(scenario: Scenario?, po: String?, offset: Int, limit: Int) -> [Report] {
        _ = advance()
        return orders.indices.lazy
            .filter { index in
                let order = self.orders[index]
                return (scenario.map { $0 == order.scenario } ?? true)
                    && (po.map { $0 == order.po || $0 == String(order.id) } ?? true)
            }
            .dropFirst(offset).prefix(limit)
            .map { index in
                let order = self.orders[index]
                let cents = order.lines.map { line in
                    order.unitCents(line, self.world.products[line.product]).map { $0 * (line.quantity - line.cancelled) }
                }
                let known = cents.compactMap { $0 }
                return Report(
                    order: order, invoices: (self.invoicesByOrder[index] ?? []).map { self.invoices[$0] },
                    expectedTotal: known.count == cents.count ? Money.text(cents: known.reduce(0, +)) : nil)
            }
    }
}

extension DSCOWorld.Report {
    func wire(lingXing rows: [LingXingWorld.OrderSummary], differences: [String]) -> Wire {
        let expected = order.scenario.expected
        let ours = order.packages.filter { !$0.foreign }
        let reached: Wire =
            !invoices.isEmpty
            ? "invoiced"
            : !ours.isEmpty ? "shipped" : order.acknowledgedBySupplier ? "acknowledged" : rows.isEmpty ? "none" : "pushed"
        return [
            "po_number": .string(order.po), "dsco_order_id": .string(String(order.id)),
            "scenario": .string(order.scenario.rawValue),
            "expected": .string(expected.outcome), "alternatives": .array(expected.alternatives.map(Wire.string)),
            "expected_status": expected.status.map(Wire.integer) ?? .null, "expected_total": .optional(expectedTotal),
            "reached": reached,
            "dsco": [
                "status": .string(order.status), "lifecycle": .string(order.lifecycle.rawValue),
                "cancel_requested": .bool(order.cancelRequested), "acknowledged": .bool(order.acknowledgedBySupplier),
                "tracking_numbers": .array(ours.map { .string($0.tracking) }),
                "invoices": .array(
                    invoices.map { ["invoice_id": $0.payload["invoiceId"] ?? .null, "total": .string("\($0.total)")] }),
            ],
            "lingxing": .array(
                rows.map { row in
                    [
                        "global_order_no": .string(String(row.globalNo)), "status": .integer(row.status),
                        "deleted": .bool(row.isDeleted),
                        "tracking_numbers": .array(row.trackingNumbers.map(Wire.string)),
                    ]
                }), "differences": .array(differences.map(Wire.string)),
        ]
    }
}
