package import FoundationEssentials

/// The runtime configuration (design 5): one document, validated as a whole; a run uses one snapshot. The initial values are the defaults.
package struct RuntimeConfiguration: Sendable, Hashable {
    package enum Identity: String, Sendable, Hashable, CaseIterable {
        case poNumber = "po_number"
        case dscoOrderID = "dsco_order_id"
    }

    package enum PriceField: String, Sendable, Hashable, CaseIterable {
        case consumerPriceWithTax, consumerPrice, retailPrice, expectedCost
    }

    package struct Job: Sendable, Hashable {
        package var isEnabled = false
        package var cron: String
        /// Orders a run (pull: orders a page; stock: SKUs a batch).
        package var size: Int
        package var shards = 1
        package var pausedUntil: Date?

        package init(cron: String, size: Int) {
            self.cron = cron
            self.size = size
        }
    }

    /// From DSCO's words to LingXing's, always in this direction.
    package struct Mapping: Sendable, Hashable {
        package var shop: [String: String] = [:]
        package var warehouse: [String: String] = [:]
        package var sku: [String: String] = [:]
        package var shipment: [String: String] = [:]

        package init() {}
    }

    package struct Push: Sendable, Hashable {
        package var write = true
        package var unitPrice: [PriceField] = [.consumerPriceWithTax, .consumerPrice, .retailPrice, .expectedCost]
        package var includeContact = true
        package var createBatch = 20
        package var parallelCalls = 10
        package var cancelInLingXing = false

        package init() {}
    }

    package struct Ack: Sendable, Hashable {
        package var write = true
        package var statuses = [5, 6]

        package init() {}
    }

    package struct Ship: Sendable, Hashable {
        package enum Packages: String, Sendable, Hashable, CaseIterable { case single, all }

        package var write = true
        package var packages = Packages.single
        package var requireShippedStatus = true

        package init() {}
    }

    package struct Invoice: Sendable, Hashable {
        package enum Per: String, Sendable, Hashable, CaseIterable { case order, outbound }

        package var write = true
        package var unitPrice: [PriceField] = [.consumerPriceWithTax, .consumerPrice, .retailPrice, .expectedCost]
        package var per = Per.order

        package init() {}
    }

    package struct Stock: Sendable, Hashable {
        package var write = true
        package var includeZero = true
        package var skus: [String] = []
        package var warehouses: [String] = []
        package var reserve = 0

        package init() {}
    }

    package struct Pull: Sendable, Hashable {
        package enum Sweep: String, Sendable, Hashable, CaseIterable { case created, updated }

        package var sweeps: [Sweep] = [.created, .updated]
        package var overlapSeconds = 600
        package var start: Date
        package var includesTestOrders = false

        package init(start: Date) { self.start = start }
    }

    package struct Retry: Sendable, Hashable {
        package var baseSeconds = 60
        package var maxSeconds = 7200
        package var attempts = 12

        package init() {}
    }

    package struct RetentionDays: Sendable, Hashable {
        package var events = 365
        package var runs = 30
        package var stock = 90

        package init() {}
    }

    package static let domain = "dsco_lingxing"

    package var identity = Identity.poNumber
    package var jobs: [Stage: Job]
    package var mapping = Mapping()
    package var push = Push()
    package var ack = Ack()
    package var ship = Ship()
    package var invoice = Invoice()
    package var stock = Stock()
    package var pull: Pull
    package var retry = Retry()
    package var recheckSeconds = 3600
    package var retentionDays = RetentionDays()

    /// The defaults of design 5.
    package init() {
        jobs = [
            .pull: Job(cron: "0 */5 * * * *", size: 1000), .push: Job(cron: "0 */5 * * * *", size: 500),
            .ack: Job(cron: "0 */5 * * * *", size: 500), .ship: Job(cron: "0 */5 * * * *", size: 500),
            .invoice: Job(cron: "0 */5 * * * *", size: 500), .stock: Job(cron: "0 */30 * * * *", size: 5000),
        ]
        pull = Pull(start: Date(timeIntervalSince1970: 1_735_689_600))
    }

    /// The job of a stage; every stage has one.
    package func job(_ stage: Stage) -> Job { jobs[stage] ?? Job(cron: "0 */5 * * * *", size: 500) }
}
