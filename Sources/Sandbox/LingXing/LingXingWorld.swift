import FoundationEssentials

/// LingXing's memory: orders, outbound orders, stock, and the staff that work on them.
actor LingXingWorld {
    enum Event: Sendable {
        case review(order: Int)
        case label(outbound: Int)
        case ship(outbound: Int)
        case intercept(outbound: Int)
        case cancel(order: Int)
        case delete(order: Int)
    }

    let settings: SandboxConfiguration.LingXing
    let world: FixedWorld
    let clock: SandboxClock
    let effects: EffectLedger
    let faults: FaultBoard
    let book: ScenarioBook
    let seed: UInt64

    var orders: [LingXingOrder] = []
    var indexesByNumber: [String: [Int]] = [:]
    var indexByGlobalNo: [Int: Int] = [:]
    /// Seconds, beside the orders, so that a window over all of them stays cheap.
    var updatedAt: [Int] = []
    var outbounds: [Outbound] = []
    var stock: [LocalStock] = []
    var stockIndexes: [String: [Int]] = [:]
    /// How often each DSCO order was created here.
    var createdFor: [Int: Int] = [:]
    var schedule = Schedule<Event>()
    private var issued = 0

    init(
        settings: SandboxConfiguration.LingXing, seed: UInt64, world: FixedWorld, clock: SandboxClock, effects: EffectLedger,
        faults: FaultBoard, book: ScenarioBook
    ) {
        self.settings = settings
        self.seed = seed
        self.world = world
        self.clock = clock
        self.effects = effects
        self.faults = faults
        self.book = book
        stock = Self.firstStock(world, seed: seed)
        for (index, row) in stock.enumerated() { stockIndexes["\(row.wid)/\(row.sku)", default: []].append(index) }
    }

    /// Lets everything happen that is due, and says what time it is.
    func advance() -> Date {
        let now = clock.now()
        while let (event, due) = schedule.next(dueAt: now) {
            switch event {
            case .review(let order): review(order, at: due)
            case .label(let outbound): label(outbound, at: due)
            case .ship(let outbound): ship(outbound, at: due)
            case .intercept(let outbound): intercept(outbound, at: due)
            case .cancel(let order): cancel(order, at: due)
            case .delete(let order): delete(order, at: due)
            }
        }
        return now
    }

    /// An 18-digit number that no other object has.
    func unique() -> Int {
        issued += 1
        return 103_690_112_200_000_000 + issued * 1009
    }

    func touch(_ index: Int, at date: Date) {
        orders[index].updated = date
        updatedAt[index] = Int(date.timeIntervalSince1970)
    }

    func add(_ order: LingXingOrder) {
        indexesByNumber[order.platformOrderNo, default: []].append(orders.count)
        indexByGlobalNo[order.globalNo] = orders.count
        updatedAt.append(Int(order.updated.timeIntervalSince1970))
        orders.append(order)
    }
}
