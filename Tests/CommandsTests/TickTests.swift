import Foundation
import JSON
import Logging
import Pipeline
import PostgreSQL
import RabbitMQ
import StageRunner
import TestSupport
import Testing

@Suite("conveyor tick and replay")
struct TickTests {
    @Test("tick asks for one run a shard, whether the job is on or not")
    func shards() async throws {
        try await withTestDatabase(migrated: true) { database in
            try await TestVhost.with { vhost in
                var shell = Shell(database, broker: vhost)
                shell.input = #"{"domain": "dsco_lingxing", "jobs": {"push_to_lingxing": {"enable": false, "shards": 3}}}"#
                #expect(await shell("config", "set", "-").status == 0)
                let ids = try await shell("tick", "push", "--json").json()["ids"]?.array?.compactMap(\.string) ?? []
                let ticks = try await vhost.ticks("push")
                #expect(ids == ticks.map(\.id))
                #expect(ticks.map(\.shard.description) == ["0/3", "1/3", "2/3"])
                #expect(ticks.allSatisfy { $0.trigger == .manual && $0.requestedBy == "ming" && $0.expiresAt == nil })
            }
        }
    }

    @Test("replay --po names the orders, and says which the stage will leave alone")
    func byName() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", id: "9001", on: session)
            try await database.addOrder("PO-2", status: 5, on: session)
            try await TestVhost.with { vhost in
                let shell = Shell(database, broker: vhost)
                let result = await shell("replay", "push", "--po", "9001", "PO-2", "--json")
                #expect(result.status == 0)
                #expect(result.errors.contains("PO-2 is at status 5"))
                let ticks = try await vhost.ticks("push")
                #expect(ticks.map(\.orders) == [["9001", "PO-2"]])
                #expect(ticks.map(\.trigger) == [.replay])

                #expect(await shell("replay", "pull", "--po", "PO-X").status == 0)
                #expect(try await vhost.ticks("pull").map(\.orders) == [["PO-X"]])
            }
        }
    }

    @Test("replay --held and --since are kept until they are done")
    func byFilter() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await database.addOrder("PO-1", id: "9001", hold: "shop_unmapped", on: session)
            try await database.addOrder("PO-2", hold: "in_doubt", on: session)
            try await database.addOrder("PO-3", updated: Date(timeIntervalSince1970: 0), on: session)
            try await TestVhost.with { vhost in
                let shell = Shell(database, broker: vhost)
                #expect(await shell("replay", "push", "--held", "shop_unmapped").status == 0)
                #expect(try await vhost.ticks("push").map(\.orders) == [["9001"]])
                #expect(await shell("replay", "push", "--since", "2000-01-01").status == 0)
                #expect(try await vhost.ticks("push").map { Set($0.orders) } == [["9001", "PO-2"]])
                let states: [String] = try await session.query("select state from replay").map { try $0.decode(0) }
                #expect(states == ["open", "open"])

                let nothing = try await shell("replay", "ship", "--held", "in_doubt", "--json", "--wait", "5").json()
                #expect(nothing["ids"]?.array == [])
            }
        }
    }

    @Test("replay pull --since reads the window from then until now")
    func window() async throws {
        try await withTestDatabase(migrated: true) { database in
            try await TestVhost.with { vhost in
                var shell = Shell(database, broker: vhost)
                let now = Date(timeIntervalSince1970: 1_800_000_000)
                shell.now = { now }
                #expect(await shell("replay", "pull", "--since", "2026-01-31T12:00:00Z").status == 0)
                let window = try await vhost.ticks("pull").first?.window
                #expect(window == Tick.Window(since: Date(timeIntervalSince1970: 1_769_860_800), until: now))
            }
        }
    }

    @Test("--wait ends with its runs", arguments: [("done", Int32(0), ""), ("failed", 1, "failed"), ("running", 1, "Not ended")])
    func wait(_ state: String, _ status: Int32, _ words: String) async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await TestVhost.with { vhost in
                let shell = Shell(database, broker: vhost)
                async let waiting = shell("tick", "stock", "--wait", state == "running" ? "1" : "20")
                let tick = try await vhost.firstTick("stock")
                try await database.addRun(of: tick.id, stage: "stock", state: state, on: session)
                let result = await waiting
                #expect(result.status == status)
                #expect(result.output == "\(tick.id)\n")
                #expect(result.errors.contains(words) || words.isEmpty)
            }
        }
    }

    @Test(
        "times are taken in UTC, with or without a zone",
        arguments: [
            ("2026-01-31", 1_769_817_600.0), ("2026-01-31T12:00:00Z", 1_769_860_800), ("2026-01-31 12:00", 1_769_860_800),
            ("2026-01-31T12:00:00", 1_769_860_800),
        ])
    func times(_ text: String, _ seconds: Double) async throws {
        try await withTestDatabase(migrated: true) { database in
            try await TestVhost.with { vhost in
                #expect(await Shell(database, broker: vhost)("replay", "pull", "--since", text).status == 0)
                let ticks = try await vhost.ticks("pull")
                #expect(ticks.first?.window?.since == Date(timeIntervalSince1970: seconds))
            }
        }
    }
}

extension TestVhost {
    /// Takes the ticks that are in a stage's queue.
    func ticks(_ stage: String) async throws -> [Tick] {
        try await withBroker { publisher in
            var ticks: [Tick] = []
            while let delivery = try await publisher.get("conveyor.\(stage)") {
                ticks.append(try Tick(parsing: delivery.body))
                try await delivery.ack()
            }
            return ticks
        }
    }

    /// Waits for the first one.
    func firstTick(_ stage: String) async throws -> Tick {
        try await withBroker { publisher in
            while true {
                if let delivery = try await publisher.get("conveyor.\(stage)") {
                    try await delivery.ack()
                    return try Tick(parsing: delivery.body)
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Lends a connection with everything declared.
    func withBroker<Result: Sendable>(_ body: (RabbitMQPublisher) async throws -> Result) async throws -> Result {
        let configuration = try RabbitMQConfiguration(url: amqpURL, connectionName: "test")
        let publisher = RabbitMQPublisher(
            configuration: configuration, topology: .conveyor, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            defer { group.cancelAll() }
            try await publisher.waitUntilConnected(timeout: .seconds(10))
            return try await body(publisher)
        }
    }
}
