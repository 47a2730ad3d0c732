import FoundationEssentials

/// What is asked of the control API's `POST /sandbox/orders`.
package struct OrderRequest: Sendable {
    package var count: Int
    package var seed: UInt64
    /// Shares by scenario; what they leave of 1 is plain. nil: the realistic mix.
    package var mix: [(scenario: Scenario, share: Double)]?
    /// How long ago the orders were created.
    package var age: Double

    package init(count: Int, seed: UInt64 = 1, mix: [(scenario: Scenario, share: Double)]? = nil, age: Double = 0) {
        self.count = count
        self.seed = seed
        self.mix = mix
        self.age = age
    }

    /// Exactly one order of each of these scenarios (a shared poNumber makes two).
    package static func each(_ scenarios: [Scenario], seed: UInt64 = 1) -> [OrderRequest] {
        scenarios.map { OrderRequest(count: $0 == .sharedPO ? 2 : 1, seed: seed, mix: [($0, 1)]) }
    }
}

/// Makes DSCO orders from a seed.
struct OrderFactory {
    let world: FixedWorld
    private var dice: SplitMix64
    private var sharedPO: String?

    init(world: FixedWorld, seed: UInt64) {
        self.world = world
        dice = SplitMix64(seed: seed)
    }

    /// The scenarios of a request in the order of their creation: each has its share, rounded to whole orders without a bias.
    mutating func scenarios(_ request: OrderRequest) -> [Scenario] {
        var all: [Scenario] = []
        var due = 0.0
        for (scenario, share) in request.mix ?? Scenario.realisticMix {
            due += share * Double(request.count)
            var number = min(Int(due + 0.5), request.count - all.count)
            due -= Double(number)
            if scenario == .sharedPO, !number.isMultiple(of: 2) {
                number = all.count + number < request.count ? number + 1 : number - 1
            }
            all += Array(repeating: scenario, count: max(0, number))
        }
        all += Array(repeating: .plain, count: max(0, request.count - all.count))
        return all.shuffled(using: &dice)
    }

    /// - Parameter sequence: the orders' running number, from which its ids follow.
    mutating func order(_ scenario: Scenario, sequence: Int, created: Date, visible: Date) -> DSCOOrder {
        let retailer = retailer(scenario)
        var order = DSCOOrder(
            id: 1_075_100_000 + sequence, po: po(scenario, sequence), scenario: scenario, retailer: retailer,
            level: scenario == .unmappedLogistics ? 3 : Int.random(in: 0..<3, using: &dice), warehouse: warehouse(scenario),
            recipient: recipient(scenario), created: created, visible: visible, updated: created, lifecycle: .created,
            lines: lines(scenario, retailer: retailer))
        settle(&order)
        return order
    }

    private mutating func po(_ scenario: Scenario, _ sequence: Int) -> String {
        let own = "PO-\(String(1_000_000 + sequence).dropFirst(sequence < 1_000_000 ? 1 : 0))"
        guard scenario == .sharedPO else { return own }
        defer { sharedPO = sharedPO == nil ? own : nil }
        return sharedPO ?? own
    }

    private mutating func retailer(_ scenario: Scenario) -> Int {
        switch scenario {
        case .unmappedRetailer: return FixedWorld.mappedRetailers
        case .partnerSKUAbsent: return 1
        case .sharedPO: return sharedPO == nil ? 0 : 1
        default:
            let throwOfDice = dice.fraction()
            return throwOfDice < 0.5 ? 0 : throwOfDice < 0.8 ? 1 : 2
        }
    }

    private mutating func warehouse(_ scenario: Scenario) -> Int? {
        let mapped = Int.random(in: 0..<2, using: &dice)
        return scenario == .noWarehouse ? (mapped == 0 ? nil : 2) : mapped
    }

    private mutating func lines(_ scenario: Scenario, retailer: Int) -> [DSCOOrder.Line] {
        let plain = Int.random(in: FixedWorld.plainProducts, using: &dice)
        let second = (plain + Int.random(in: 1..<FixedWorld.plainProducts.count, using: &dice)) % FixedWorld.plainProducts.count
        let quantity = Int.random(in: 1...2, using: &dice)
        let kinds: [(product: Int, quantity: Int)] =
            switch scenario {
            case .twoLines, .twoRows, .twoOutbounds, .intercepted: [(plain, quantity), (second, 1)]
            case .bundle: [(Int.random(in: FixedWorld.bundles, using: &dice), quantity)]
            case .duplicateSKU: [(plain, 1), (plain, 2)]
            case .partlyCancelled: [(plain, 3)]
            case .partlyShippedElsewhere: [(plain, 2)]
            case .unpairedSKU: [(FixedWorld.unpairedProduct, 1)]
            default: [(plain, quantity)]
            }
        return kinds.enumerated().map { index, kind in
            DSCOOrder.Line(
                number: index + 1, product: kind.product, quantity: kind.quantity,
                partnerSKU: scenario == .partnerSKUAbsent ? nil : world.partnerSKU(kind.product, retailer: retailer))
        }
    }

    private mutating func recipient(_ scenario: Scenario) -> Recipient {
        let number = Int.random(in: 1...9999, using: &dice)
        let cities: [(city: String, region: String, postal: String)] = [
            ("Albany", "NY", "12207"), ("Payette", "ID", "83661"), ("Austin", "TX", "78701"), ("Reno", "NV", "89501"),
        ]
        let place = cities[Int.random(in: 0..<cities.count, using: &dice)]
        let special = scenario == .unicode
        return Recipient(
            first: special ? "Zoë 🐶" : "Jane", last: special ? "Łukasz-O'Neil \"李\"" : "Example\(number)",
            address1: scenario == .incompleteAddress ? nil : special ? "Straße \(number) / 4 \\ 深圳市" : "\(number) Example St",
            address2: number.isMultiple(of: 4) ? "Apt \(number % 90)" : nil, city: place.city, region: place.region,
            postal: place.postal, country: number.isMultiple(of: 10) ? nil : "US",
            phone: number.isMultiple(of: 3) ? nil : "5555550\(100 + number % 900)")
    }

    /// What had happened to the order before the pipeline first saw it.
    private func settle(_ order: inout DSCOOrder) {
        switch order.scenario {
        case .cancelledAlready:
            order.cancelledWhole = true
            order.lifecycle = .completed
            for index in order.lines.indices { order.lines[index].cancelled = order.lines[index].quantity }
        case .cancelRequested:
            order.lifecycle = .acknowledged
            order.cancelRequested = true
            for index in order.lines.indices { order.lines[index].cancelRequested = true }
        case .acknowledgedElsewhere: order.lifecycle = .acknowledged
        case .received: order.lifecycle = .received
        case .partlyCancelled: order.lines[0].cancelled = 1
        case .shippedElsewhere:
            order.lifecycle = .completed
            shipElsewhere(&order) { $0.quantity }
        case .partlyShippedElsewhere:
            order.lifecycle = .acknowledged
            shipElsewhere(&order) { _ in 1 }
        default: break
        }
    }

    private func shipElsewhere(_ order: inout DSCOOrder, units: (DSCOOrder.Line) -> Int) {
        let level = world.levels[order.level]
        let tracking = "1Z\(order.id)"
        order.packages = [
            DSCOOrder.Package(
                id: 9_000_000 + order.id % 1_000_000, tracking: tracking, carrier: level.carrier, method: level.method,
                level: level.code,
                warehouse: order.warehouse.map { world.warehouses[$0].code }, shipDate: Timestamps.dsco(order.created),
                items: order.lines.map {
                    DSCOOrder.Package.Item(line: $0.number, quantity: units($0), spans: units($0) < $0.quantity)
                },
                foreign: true)
        ]
        for index in order.lines.indices { order.lines[index].lastTracking = tracking }
    }
}

extension Recipient {
    /// Each made-up name, street, phone and e-mail holds one of these, and nothing else does.
    static let fragments = ["Jane", " Example St", "Added St", "5555550", "nobody@example.com", "Zoë", "Łukasz", "Straße"]
}
