import FoundationEssentials

/// One order at DSCO. What never changes is rendered from the fixed world; only what changes is stored.
struct DSCOOrder: Sendable {
    enum Lifecycle: String, Sendable {
        case received, created, acknowledged, completed
    }

    struct Line: Sendable {
        let number: Int
        let product: Int
        var quantity: Int
        var partnerSKU: String?
        var cancelled = 0
        var cancelRequested = false
        var acceptedByAck = 0
        /// Units invoiced so far.
        var invoiced = 0
        var lastTracking: String?
    }

    struct Package: Sendable {
        struct Item: Sendable {
            let line: Int
            let quantity: Int
            let spans: Bool
        }

        let id: Int
        let tracking: String
        let carrier: String?
        let method: String?
        let level: String?
        let warehouse: String?
        let shipDate: String?
        let items: [Item]
        /// Shipped by somebody else before the pipeline saw the order.
        var foreign = false
    }

    let id: Int
    var po: String
    let scenario: Scenario
    let retailer: Int
    let level: Int
    let warehouse: Int?
    var recipient: Recipient
    let created: Date
    /// When reads first show it.
    let visible: Date
    var updated: Date
    var lifecycle: Lifecycle
    var cancelledWhole = false
    var cancelRequested = false
    var acknowledgedBySupplier = false
    var supplierOrderNumber: String?
    var lines: [Line]
    var packages: [Package] = []
    var edits = 0
    /// A price that was missing has been added.
    var isPriced = false

    var consumerOrderNumber: String { String(5_092_000_000 + id % 1_000_000_000) }

    /// Units of the line at `index` that are in a package.
    func shipped(_ index: Int) -> Int {
        let number = lines[index].number
        return packages.reduce(0) { $0 + $1.items.reduce(0) { $0 + ($1.line == number ? $1.quantity : 0) } }
    }

    func remaining(_ index: Int) -> Int {
        lines[index].quantity - lines[index].cancelled - shipped(index)
    }

    var unitsLeft: Int {
        lines.indices.reduce(0) { $0 + remaining($1) }
    }

    /// The deprecated status, which still says that something shipped (DSCO contract 3.4).
    var status: String {
        if cancelledWhole { return "cancelled" }
        if !packages.isEmpty { return "shipped" }
        return lifecycle == .acknowledged || lifecycle == .completed ? "shipment_pending" : "created"
    }
}

/// Who gets the goods. None of them exists.
struct Recipient: Sendable {
    var first: String
    var last: String
    var address1: String?
    var address2: String?
    var city: String
    var region: String?
    var postal: String
    var country: String?
    var phone: String?
}
