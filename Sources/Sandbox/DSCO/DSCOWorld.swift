import FoundationEssentials

/// DSCO's memory: orders, change logs, invoices, inventory. Every access first lets happen what is due.
actor DSCOWorld {
    enum Event: Sendable {
        case process(Batch)
        case cancel(order: Int)
        case release(order: Int)
    }

    let settings: SandboxConfiguration.DSCO
    let world: FixedWorld
    let clock: SandboxClock
    let effects: EffectLedger
    let faults: FaultBoard
    let book: ScenarioBook
    private let seed: UInt64

    var orders: [DSCOOrder] = []
    var indexByID: [Int: Int] = [:]
    var indexesByPO: [String: [Int]] = [:]
    var indexesBySupplierNumber: [String: [Int]] = [:]
    /// Seconds, beside the orders, so that a sweep over all of them stays cheap.
    var createdAt: [Double] = []
    var updatedAt: [Double] = []
    /// What reads still show of an order that was just changed.
    var shadows: [Int: (until: Date, order: DSCOOrder)] = [:]
    var trackingOwner: [String: Int] = [:]

    var invoices: [StoredInvoice] = []
    var invoiceByID: [String: Int] = [:]
    var invoicesByOrder: [Int: [Int]] = [:]
    var inventory: [String: ItemStock] = [:]
    var logs: [LogKind: ChangeLog] = [:]
    var orderScrolls = Scrolls<Int>()
    var schedule = Schedule<Event>()
    private var tokens: [String: Date] = [:]
    private var issued: UInt64 = 0

    init(
        settings: SandboxConfiguration.DSCO, seed: UInt64, world: FixedWorld, clock: SandboxClock, effects: EffectLedger,
        faults: FaultBoard,
        book: ScenarioBook
    ) {
        self.settings = settings
        self.seed = seed
        self.world = world
        self.clock = clock
        self.effects = effects
        self.faults = faults
        self.book = book
        inventory = Self.firstInventory(world, at: clock.now())
    }

    /// Lets everything happen that is due, and says what time it is.
    func advance() -> Date {
        let now = clock.now()
        while let (event, due) = schedule.next(dueAt: now) {
            switch event {
            case .process(let batch): process(batch, at: due)
            case .cancel(let index): retailerCancels(index, at: due)
            case .release(let index): release(index, at: due)
            }
        }
        return now
    }

    /// A number that no other request of this run has.
    func unique() -> String {
        issued += 1
        let first = String(SplitMix64.mix(seed &+ issued), radix: 16)
        return "00000000-\(String(repeating: "0", count: max(0, 16 - first.count)))\(first)-\(String(issued, radix: 16))"
    }

    // MARK: Tokens

    static let tokenPrefix = "dsco-token-"

    func issueToken() -> String {
        let token = "\(Self.tokenPrefix)\(unique())"
        tokens[token] = clock.now().addingTimeInterval(settings.tokenLife)
        return token
    }

    func accepts(token: String) -> Bool {
        if token == settings.staticToken { return true }
        return tokens[token].map { $0 > clock.now() } ?? false
    }

    func expireTokens() {
        tokens = [:]
    }
}
