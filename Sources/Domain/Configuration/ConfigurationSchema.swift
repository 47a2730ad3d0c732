import FoundationEssentials
import JSON

/// The document's shape, in one table for reading and writing: sections of fields, each bound to its place in the configuration.
indirect enum ConfigurationSchema: Sendable {
    case section(String, [ConfigurationSchema])
    case field(ConfigurationField)

    var key: String {
        switch self {
        case .section(let key, _): key
        case .field(let field): field.key
        }
    }

    static func field<Value: Sendable>(
        _ key: String, _ place: any WritableKeyPath<RuntimeConfiguration, Value> & Sendable, _ form: ConfigurationForm<Value>
    ) -> ConfigurationSchema {
        .field(
            ConfigurationField(
                key: key,
                read: { json, path, configuration, faults in
                    if let value = form.read(json, path, &faults) { configuration[keyPath: place] = value }
                }, write: { form.write($0[keyPath: place]) }))
    }
}

/// One value of the document.
struct ConfigurationField: Sendable {
    let key: String
    let read: @Sendable (JSON, String, inout RuntimeConfiguration, inout [ConfigurationFault]) -> Void
    let write: @Sendable (RuntimeConfiguration) -> JSON
}

extension ConfigurationSchema {
    /// Reads a value into the configuration: absent members keep their default, unknown and doubled ones are faults.
    func read(_ json: JSON, at path: String, into configuration: inout RuntimeConfiguration, faults: inout [ConfigurationFault]) {
        switch self {
        case .field(let field): field.read(json, path, &configuration, &faults)
        case .section(_, let children):
            guard let object = json.object else {
                return faults.append(ConfigurationFault(path: path, message: "must be an object"))
            }
            var seen: Set<String> = []
            for member in object.members {
                let place = path.isEmpty ? member.key : "\(path).\(member.key)"
                guard let child = children.first(where: { $0.key == member.key }) else {
                    faults.append(ConfigurationFault(path: place, message: "is not known"))
                    continue
                }
                guard seen.insert(member.key).inserted else {
                    faults.append(ConfigurationFault(path: place, message: "is given twice"))
                    continue
                }
                child.read(member.value, at: place, into: &configuration, faults: &faults)
            }
        }
    }

    func write(_ configuration: RuntimeConfiguration) -> JSON {
        switch self {
        case .field(let field): field.write(configuration)
        case .section(_, let children): .object(JSONObject(children.map { ($0.key, $0.write(configuration)) }))
        }
    }
}

extension ConfigurationSchema {
    /// The whole document in the order in which it is shown.
    static let document = ConfigurationSchema.section(
        "",
        [
            .field("domain", \.domain, .fixed(RuntimeConfiguration.domain)),
            .field("identity", \.identity, .word),
            .section("jobs", Stage.allCases.map(job)),
            .section(
                "mapping",
                [
                    .field("shop", \.mapping.shop, .mapping),
                    .field("warehouse", \.mapping.warehouse, .mapping),
                    .field("sku", \.mapping.sku, .mapping),
                    .field("shipment", \.mapping.shipment, .mapping),
                ]),
            .section("stages", [push, ack, ship, invoice, stock, pull]),
            .section(
                "retry",
                [
                    .field("base_seconds", \.retry.baseSeconds, .integer(1...86_400)),
                    .field("max_seconds", \.retry.maxSeconds, .integer(1...604_800)),
                    .field("attempts", \.retry.attempts, .integer(1...1_000)),
                ]),
            .field("recheck_seconds", \.recheckSeconds, .integer(1...86_400)),
            .section(
                "retention_days",
                [
                    .field("events", \.retentionDays.events, .integer(1...36_500)),
                    .field("runs", \.retentionDays.runs, .integer(1...36_500)),
                    .field("stock", \.retentionDays.stock, .integer(1...36_500)),
                ]),
        ])

    private static func job(_ stage: Stage) -> ConfigurationSchema {
        .section(
            stage.job,
            [
                .field("enable", \.[job: stage].isEnabled, .flag),
                .field("cron", \.[job: stage].cron, .cron),
                .field("size", \.[job: stage].size, .integer(stage == .pull ? 10...1_000 : 1...5_000)),
                .field("shards", \.[job: stage].shards, .integer(stage.isSharded ? 1...64 : 1...1)),
                .field("paused_until", \.[job: stage].pausedUntil, .optionalTime),
            ])
    }

    private static let push = ConfigurationSchema.section(
        "push",
        [
            .field("write", \.push.write, .flag),
            .field("unit_price", \.push.unitPrice, .list(of: .word)),
            .field("include_contact", \.push.includeContact, .flag),
            .field("create_batch", \.push.createBatch, .integer(1...200)),
            .field("parallel_calls", \.push.parallelCalls, .integer(1...10)),
            .field("cancel_in_lingxing", \.push.cancelInLingXing, .flag),
        ])

    /// LingXing's status 7 is a cancelled order: never one to acknowledge.
    private static let ack = ConfigurationSchema.section(
        "ack",
        [
            .field("write", \.ack.write, .flag),
            .field(
                "statuses", \.ack.statuses,
                .list(
                    of: ConfigurationForm(
                        "a LingXing status from 1 to 9 other than 7",
                        read: { json in
                            guard case .number(let number) = json, let status = number.int else { return nil }
                            return (1...9).contains(status) && status != LingXingOrder.Status.cancelled.rawValue ? status : nil
                        }, write: { .number(JSONNumber($0)) }))),
        ])

    private static let ship = ConfigurationSchema.section(
        "ship",
        [
            .field("write", \.ship.write, .flag),
            .field("packages", \.ship.packages, .word),
            .field("require_shipped_status", \.ship.requireShippedStatus, .flag),
        ])

    private static let invoice = ConfigurationSchema.section(
        "invoice",
        [
            .field("write", \.invoice.write, .flag),
            .field("unit_price", \.invoice.unitPrice, .list(of: .word)),
            .field("per", \.invoice.per, .word),
        ])

    private static let stock = ConfigurationSchema.section(
        "stock",
        [
            .field("write", \.stock.write, .flag),
            .field("include_zero", \.stock.includeZero, .flag),
            .field("skus", \.stock.skus, .list(of: .text, mayBeEmpty: true)),
            .field("warehouses", \.stock.warehouses, .list(of: .text, mayBeEmpty: true)),
            .field("reserve", \.stock.reserve, .integer(0...1_000_000)),
        ])

    private static let pull = ConfigurationSchema.section(
        "pull",
        [
            .field("sweeps", \.pull.sweeps, .list(of: .word)),
            .field("overlap_seconds", \.pull.overlapSeconds, .integer(0...86_400)),
            .field("start", \.pull.start, .time),
            .field("test_orders", \.pull.includesTestOrders, .flag),
        ])
}

extension RuntimeConfiguration {
    /// The domain as a place of the document; it has one value only.
    fileprivate var domain: String {
        get { Self.domain }
        set {}
    }

    fileprivate subscript(job stage: Stage) -> Job {
        get { job(stage) }
        set { jobs[stage] = newValue }
    }
}
