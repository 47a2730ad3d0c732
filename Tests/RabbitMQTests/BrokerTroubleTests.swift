import Foundation
import RabbitMQ
import ServiceLifecycle
import TestSupport
import Testing

/// What a broker does to those who use it when it dies, freezes or runs short, on a server of its own that may be treated so.
@Suite(.serialized, .timeLimit(.minutes(4))) struct `A broker in trouble` {
    /// One server for the whole suite, since its start takes the longest. It goes with the test process.
    private static let shared = Task {
        let server = try PrivateServer.rabbitMQ(consumerTimeout: .seconds(3))
        try await server.start()
        return server
    }

    private func configuration(_ server: PrivateServer, _ name: String = "test") throws -> RabbitMQConfiguration {
        try RabbitMQConfiguration(url: server.amqpURL, connectionName: name)
    }

    private func publisher(
        _ server: PrivateServer, _ prefix: String, adjust: (inout RabbitMQConfiguration) -> Void = { _ in }
    ) throws -> RabbitMQPublisher {
        var configuration = try configuration(server)
        adjust(&configuration)
        return RabbitMQPublisher(
            configuration: configuration, topology: .work(prefix: prefix), reconnect: .quick, logger: quiet)
    }

    @Test func `is killed while messages are published: what it confirmed is there, what failed may be`() async throws {
        let server = try await Self.shared.value
        let publisher = try publisher(server, "kill")
        let journal = Journal<Int>()
        try await withServices(publisher) {
            try await publisher.waitUntilConnected(timeout: .seconds(20))
            let stop = Locked(false)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var (failures, label) = (0, writer * 1_000_000)
                        while !stop.with({ $0 }) {
                            label += 1
                            let text = "\(label)"
                            let error = await rabbitError { () throws(RabbitMQError) in
                                try await publisher.publish(.work(text, prefix: "kill"))
                            }
                            if error == nil { await journal.note(label) } else { failures += 1 }
                        }
                        return failures
                    }
                }
                _ = try await journal.first(500)
                try await server.kill()
                let before = await journal.entries.count
                try await server.start()
                _ = try await journal.first(before + 100, within: .seconds(30))
                stop.with { $0 = true }
                let failures = try await group.reduce(0, +)
                #expect(failures > 0, "nothing was under way when it died")
            }
            var found: Set<Int> = []
            while let delivery = try await publisher.get("kill.work.q") {
                found.insert(try #require(Int(delivery.text)))
                try await delivery.ack()
            }
            let confirmed = Set(await journal.entries)
            #expect(confirmed.subtracting(found).isEmpty, "confirmed and lost: \(confirmed.subtracting(found).count)")
        }
    }

    @Test func `runs out of memory: a publish ends with the reason at its deadline, and goes through afterwards`() async throws {
        let server = try await Self.shared.value
        let publisher = try publisher(server, "alarm") { $0.publishTimeout = .seconds(2) }
        let journal = Journal<String>()
        let consumer = RabbitMQConsumer(
            configuration: try configuration(server), topology: .work(prefix: "alarm"), queue: "alarm.work.q", reconnect: .quick,
            logger: quiet
        ) { delivery in
            await journal.note(delivery.text)
            try? await delivery.ack()
        }
        try await withServices(publisher, consumer) {
            try await publisher.publish(.work("before", prefix: "alarm"))
            try await server.setMemoryAlarm(true)
            // The broker tells a publisher so when it publishes next.
            var refused: RabbitMQError?
            try await eventually("publishers are blocked") {
                refused = await rabbitError { () throws(RabbitMQError) in
                    try await publisher.publish(.work("meanwhile", prefix: "alarm"))
                }
                return refused?.code == .blocked
            }
            #expect(refused?.description.contains("memory") == true, "\(String(describing: refused))")
            #expect(refused?.mayPass == true)
            let start = ContinuousClock.now
            let again = await rabbitError { () throws(RabbitMQError) in
                try await publisher.publish(.work("meanwhile", prefix: "alarm"))
            }
            #expect(again?.code == .blocked)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(consumer.isConnected, "only publishing is blocked")

            async let waiting: Void = publisher.publishUntilTaken(.work("after", prefix: "alarm"))
            try await server.setMemoryAlarm(false)
            try await waiting
            try await eventually("all of it is consumed") { await journal.entries.contains("after") }
        }
    }

    @Test func `freezes: a message too large for the buffers fails in time and does not hang the connection`() async throws {
        let server = try await Self.shared.value
        let publisher = try publisher(server, "freeze") { configuration in
            configuration.heartbeat = 1
            configuration.connectTimeout = .seconds(1)
        }
        try await withServices(publisher) {
            try await publisher.waitUntilConnected(timeout: .seconds(20))
            try server.signal(SIGSTOP)
            defer { try? server.signal(SIGCONT) }
            let large = OutgoingMessage(exchange: "freeze.work", routingKey: "push", body: Array(repeating: 0, count: 32_000_000))
            let start = ContinuousClock.now
            let error = await rabbitError { () throws(RabbitMQError) in try await publisher.publish(large) }
            #expect(error?.code == .connectionLost)
            #expect(ContinuousClock.now - start < .seconds(10))
            try server.signal(SIGCONT)
            try await publisher.publishUntilTaken(.work("awake", prefix: "freeze"))
        }
    }

    @Test func `takes a message back that is held for too long: the late acknowledgement is refused, the next one counts`()
        async throws
    {
        let server = try await Self.shared.value
        let publisher = try publisher(server, "late")
        let acks = Journal<RabbitMQError.Code?>()
        let held = Gate()
        let taken = Gate()
        let consumer = RabbitMQConsumer(
            configuration: try configuration(server), topology: .work(prefix: "late"), queue: "late.work.q", reconnect: .quick,
            logger: quiet
        ) { delivery in
            if !delivery.redelivered {
                await taken.open()
                await held.pass()
            }
            await acks.note(await rabbitError { () throws(RabbitMQError) in try await delivery.ack() }?.code)
        }
        try await withServices(publisher, consumer) {
            try await publisher.publish(.work("long", prefix: "late"))
            await taken.pass()
            try await eventually("its channel is closed under the handler") { !consumer.isConnected }
            await held.open()
            #expect(try await acks.first(2) == [.channelClosed, nil])
            try await eventually("the queue is empty") { try await publisher.queueDepth("late.work.q")?.messages == 0 }
        }
    }
}

extension RabbitMQPublisher {
    fileprivate func publishUntilTaken(_ message: OutgoingMessage) async throws {
        try await eventually(within: .seconds(30), "the broker takes a message") {
            await rabbitError { () throws(RabbitMQError) in try await publish(message) } == nil
        }
    }
}
