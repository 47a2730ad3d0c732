import Domain
import Foundation
import JSON
import Logging
import Pipeline
import RabbitMQ
import Sandbox
import Store
import TestSupport
import Testing

/// What people and partners may give a running Conveyor that it cannot use.
@Suite("Bad input", .serialized, .timeLimit(.minutes(2)))
struct BadInputTests {
    @Test("an invalid runtime configuration is refused with the path of every fault, and the old one stays in force")
    func invalidConfiguration() async throws {
        try await Belt.with { belt in
            let before = try await belt.conveyor("config", "show", "--json")
            let document =
                #"{"jobs": {"push_to_lingxing": {"enable": true, "cron": "often", "shards": 65}}, "mapping": {"shop": {"1": ""}}, "jbos": {}}"#
            let result = try await belt.conveyor("config", "set", "-", input: document)
            #expect(result.status == 1)
            for path in ["jobs.push_to_lingxing.cron", "jobs.push_to_lingxing.shards", "mapping.shop", "jbos"] {
                #expect(result.errors.contains(path), "\(path) in: \(result.errors)")
            }
            #expect(try await belt.conveyor("config", "show", "--json").output == before.output)
        }
    }

    @Test("a message that is no tick goes to the dead letters as it came, with the reason; the next tick is served")
    func malformedMessage() async throws {
        try await Belt.with { belt in
            let worker = try belt.start(.worker(.push))[0]
            let broken = Array(#"{"v": 1, "id": "by-hand", "stage": "push", "trigger": "someday"}"#.utf8)
            // Another process declares the topology too, so that the message finds its queue.
            #expect(try await belt.conveyor("tick", "push", "--wait", "30").status == 0)
            try await belt.withBroker { broker in
                try await broker.publish(OutgoingMessage(exchange: Topology.exchange, routingKey: "push", body: broken))
                var dead: Delivery?
                try await eventually("the dead letter\n\(belt.troubles())") {
                    dead = try await broker.get(Topology.deadQueue(.push))
                    return dead != nil
                }
                #expect(dead?.body == broken)
                #expect(dead?.headers[Topology.reasonHeader]?.string?.hasPrefix("trigger: must be one of") == true)
                try await dead?.ack()
            }
            #expect(try await belt.conveyor("tick", "push", "--wait", "30").status == 0)
            #expect(try await belt.stop([worker]) == [0])
        }
    }

    @Test("an order in a page that cannot be read is quarantined; the rest of the page is stored")
    func unreadableOrder() async throws {
        try await Belt.with { belt in
            await belt.partners.create([
                OrderRequest(count: 3, seed: 1, mix: []), OrderRequest(count: 1, seed: 2, mix: [(.unreadable, 1)]),
                OrderRequest(count: 1, seed: 3, mix: [(.unknownStatus, 1)]), OrderRequest(count: 2, seed: 4, mix: []),
            ])
            let worker = try belt.start(.worker(.pull))[0]
            let tick = try await belt.conveyor("tick", "pull", "--wait", "30")
            #expect(tick.status == 0, "\(tick.errors)\n\(belt.troubles())")
            let summary = try await OrderDirectory(belt.pool).summary(now: Date())
            #expect(summary.quarantined == 2)
            #expect(summary.orders[.pulled] == 5)
            #expect(try await belt.stop([worker]) == [0])
        }
    }

    @Test(
        "an unknown PO on the command line: 3, and what to do",
        arguments: [["order", "PO-NONE"], ["replay", "push", "--po", "PO-NONE"]])
    func unknownPO(_ arguments: [String]) async throws {
        try await Belt.with { belt in
            let result = try await belt.conveyor(arguments)
            #expect(result.status == 3)
            #expect(result.errors.contains("PO-NONE"))
            #expect(result.errors.contains("conveyor replay pull --po PO-NONE"))
            #expect(result.output.isEmpty)
        }
    }
}

extension Belt {
    /// Lends a connection to the test's virtual host, everything declared.
    fileprivate func withBroker(_ body: (RabbitMQPublisher) async throws -> Void) async throws {
        let publisher = RabbitMQPublisher(
            configuration: try RabbitMQConfiguration(url: vhost.amqpURL, connectionName: "test"), topology: RabbitMQTopology(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            defer { group.cancelAll() }
            try await publisher.waitUntilConnected(timeout: .seconds(20))
            try await body(publisher)
        }
    }
}
