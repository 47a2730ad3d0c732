import RabbitMQ
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct `A consumer` {
    private struct Seen: Sendable, Equatable {
        let text: String
        let redelivered: Bool
        let count: Int

        init(_ delivery: Delivery) {
            (text, redelivered, count) = (delivery.text, delivery.redelivered, delivery.deliveryCount)
        }
    }

    @Test func `gets each message once and in order when it acknowledges`() async throws {
        try await TestVhost.with { vhost in
            let journal = Journal<String>()
            let publisher = try vhost.publisher(.work())
            let consumer = try vhost.consumer(.work(), "work.q") { delivery in
                await journal.note(delivery.text)
                try? await delivery.ack()
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish((0..<100).map { .work("\($0)") })
                #expect(try await journal.first(100) == (0..<100).map { "\($0)" })
                try await eventually("the queue is empty") { try await publisher.queueDepth("work.q")?.messages == 0 }
                #expect(try await publisher.queueDepth("work.q")?.consumers == 1)
            }
            #expect(await journal.entries.count == 100)
        }
    }

    @Test(arguments: [1, 4]) func `runs no more handlers at once than its prefetch`(prefetch: Int) async throws {
        try await TestVhost.with { vhost in
            let started = Journal<String>()
            let gate = Gate()
            let publisher = try vhost.publisher(.work())
            let consumer = try vhost.consumer(.work(), "work.q", prefetch: prefetch) { delivery in
                await started.note(delivery.text)
                await gate.pass()
                try? await delivery.ack()
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish((0..<8).map { .work("\($0)") })
                _ = try await started.first(prefetch)
                try await eventually("the rest stays ready") {
                    try await publisher.queueDepth("work.q")?.messages == 8 - prefetch
                }
                #expect(await started.entries.count == prefetch)
                await gate.open()
                _ = try await started.first(8)
            }
        }
    }

    @Test func `gets a message again when its connection is cut, and cannot acknowledge it on the old one`() async throws {
        try await TestVhost.with { vhost in
            let journal = Journal<Seen>()
            let acks = Journal<RabbitMQError.Code?>()
            let gate = Gate()
            let publisher = try vhost.publisher(.work())
            let consumer = try vhost.consumer(.work(), "work.q", name: "to-be-cut") { delivery in
                await journal.note(Seen(delivery))
                if !delivery.redelivered { await gate.pass() }
                await acks.note(await rabbitError { () throws(RabbitMQError) in try await delivery.ack() }?.code)
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish(.work("tick"))
                _ = try await journal.first(1)
                try await vhost.closeConnections(named: "to-be-cut")
                try await eventually("the loss is known while the handler works") { !consumer.isConnected }
                await gate.open()
                let seen = try await journal.first(2)
                #expect(seen.map(\.text) == ["tick", "tick"])
                #expect(seen.map(\.redelivered) == [false, true])
                #expect(seen.map(\.count) == [0, 1])
                #expect(try await acks.first(2) == [.connectionLost, nil])
                try await eventually("the queue is empty") { try await publisher.queueDepth("work.q")?.messages == 0 }
            }
        }
    }

    @Test func `declares its queue again when it is deleted under it`() async throws {
        try await TestVhost.with { vhost in
            let journal = Journal<String>()
            let publisher = try vhost.publisher(.work())
            let consumer = try vhost.consumer(.work(), "work.q") { delivery in
                await journal.note(delivery.text)
                try? await delivery.ack()
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish(.work("before"))
                _ = try await journal.first(1)
                try await vhost.deleteQueue("work.q")
                try await eventually("the queue is back with its consumer") {
                    try await publisher.queueDepth("work.q")?.consumers == 1
                }
                try await publisher.publish(.work("after"))
                #expect(try await journal.first(2) == ["before", "after"])
            }
        }
    }

    @Test func `stays connected while a handler works much longer than the heartbeat`() async throws {
        try await TestVhost.with { vhost in
            let acks = Journal<RabbitMQError.Code?>()
            let publisher = try vhost.publisher(.work())
            let consumer = try vhost.consumer(.work(), "work.q", heartbeat: 2) { delivery in
                // The length of the work is what is tested.
                try? await Task.sleep(for: .seconds(10))
                await acks.note(await rabbitError { () throws(RabbitMQError) in try await delivery.ack() }?.code)
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish(.work("slow"))
                #expect(try await acks.first(1) == [nil])
            }
        }
    }

    @Test func `leaves a message that cannot be handled to the dead-letter queue after its deliveries`() async throws {
        try await TestVhost.with { vhost in
            let journal = Journal<Seen>()
            let publisher = try vhost.publisher(.work(["x-delivery-limit": 2]))
            let consumer = try vhost.consumer(.work(["x-delivery-limit": 2]), "work.q") { delivery in
                await journal.note(Seen(delivery))
                try? await delivery.reject(requeue: true)
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish(.work("poison"))
                try await eventually("it is dead") { try await publisher.queueDepth("dead.q")?.messages == 1 }
                #expect(await journal.entries.map(\.count) == [0, 1, 2])
                let dead = try #require(try await publisher.get("dead.q"))
                #expect(dead.text == "poison")
                guard case .array(let deaths) = dead.headers["x-death"], case .table(let death) = deaths.first else {
                    Issue.record("x-death is missing")
                    return
                }
                #expect(death["reason"] == "delivery_limit")
                #expect(death["queue"] == "work.q")
            }
        }
    }

    @Test func `gives back what its handler forgot to settle`() async throws {
        try await TestVhost.with { vhost in
            let journal = Journal<Seen>()
            let publisher = try vhost.publisher(.work())
            let consumer = try vhost.consumer(.work(), "work.q") { delivery in
                await journal.note(Seen(delivery))
                if delivery.redelivered { try? await delivery.ack() }
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish(.work("forgotten"))
                #expect(try await journal.first(2).map(\.count) == [0, 1])
            }
        }
    }

    @Test func `meets a delayed message again at its stage`() async throws {
        var topology = RabbitMQTopology.work()
        topology.exchanges.append(.init("delay", .fanout))
        topology.queues.append(
            .init(
                "delay.1s",
                arguments: [
                    "x-queue-type": "quorum", "x-message-ttl": 1000, "x-dead-letter-exchange": "work",
                    "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
                ]))
        topology.bindings.append(.init(.queue("delay.1s"), exchange: "delay"))
        try await TestVhost.with { [topology] vhost in
            let journal = Journal<(Int64, ContinuousClock.Instant)>()
            let publisher = try vhost.publisher(topology)
            let consumer = try vhost.consumer(topology, "work.q") { delivery in
                let round = delivery.headers["round"]?.int ?? 0
                await journal.note((round, .now))
                var later = OutgoingMessage(exchange: "delay", routingKey: delivery.routingKey, body: delivery.body)
                later.headers = delivery.headers.merging(["round": .int(round + 1)]) { $1 }
                if round < 2 { try? await publisher.publish(later) }
                try? await delivery.ack()
            }
            try await withServices(publisher, consumer) {
                try await publisher.publish(.work("later", headers: ["round": 0]))
                let rounds = try await journal.first(3)
                #expect(rounds.map(\.0) == [0, 1, 2])
                #expect(rounds[0].1.duration(to: rounds[2].1) >= .milliseconds(1990))
            }
        }
    }

    @Test func `lets its handler end and acknowledge before it shuts down, and takes nothing new`() async throws {
        try await TestVhost.with { vhost in
            let started = Journal<String>()
            let acks = Journal<RabbitMQError.Code?>()
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                let consumer = try vhost.consumer(.work(), "work.q") { delivery in
                    await started.note(delivery.text)
                    try? await gracefulShutdown()
                    await acks.note(await rabbitError { () throws(RabbitMQError) in try await delivery.ack() }?.code)
                }
                try await withServices(consumer) {
                    try await publisher.publish([.work("1"), .work("2")])
                    _ = try await started.first(1)
                }
                #expect(await acks.entries == [nil])
                #expect(await started.entries == ["1"])
                #expect(!consumer.isConnected)
                try await eventually("the other message is left") { try await publisher.queueDepth("work.q")?.messages == 1 }
                let left = try await publisher.get("work.q")
                #expect(left?.text == "2")
            }
        }
    }
}
