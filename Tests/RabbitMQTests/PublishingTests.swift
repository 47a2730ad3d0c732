import Foundation
import TestSupport
import Testing

@testable import RabbitMQ

@Suite struct `A publisher` {
    @Test func `brings a message with everything on it`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                let headers: [String: RabbitMQValue] = [
                    "text": "Größe 😀", "number": .int(.max), "negative": -5, "yes": true, "no": false, "double": .double(1.5),
                    "at": .timestamp(Date(timeIntervalSince1970: 1_700_000_000)), "raw": .bytes([0xFF, 0]), "nothing": .null,
                    "empty": "",
                    "list": .array([1, "two", .table(["three": 3])]), "table": .table([:]),
                ]
                var message = OutgoingMessage.work("", headers: headers)
                message.body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
                message.contentType = "application/json"
                message.messageID = "id-1"
                message.correlationID = "run-1"
                message.timestamp = Date(timeIntervalSince1970: 1_700_000_001)
                try await publisher.publish(message)

                let delivery = try #require(try await publisher.get("work.q"))
                #expect(delivery.body == message.body)
                #expect(delivery.headers.filter { $0.key != "x-delivery-count" } == headers)
                #expect(delivery.contentType == "application/json")
                #expect(delivery.messageID == "id-1")
                #expect(delivery.correlationID == "run-1")
                #expect(delivery.timestamp == message.timestamp)
                #expect(delivery.exchange == "work")
                #expect(delivery.routingKey == "push")
                #expect(delivery.queue == "work.q")
                #expect(!delivery.redelivered)
                #expect(delivery.deliveryCount == 0)
                try await delivery.ack()
                #expect(await rabbitError { () throws(RabbitMQError) in try await delivery.ack() }?.code == .alreadySettled)
                #expect(try await publisher.get("work.q") == nil)
            }
        }
    }

    @Test func `carries an empty body`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                try await publisher.publish(.work(""))
                #expect(try await publisher.get("work.q")?.body == [])
            }
        }
    }

    @Test func `reports a message that fits no queue, and only that one`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                let lost = OutgoingMessage(exchange: "work", routingKey: "nowhere", body: [1])
                let results = await withTaskGroup(of: (Int, RabbitMQError?).self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            (
                                number,
                                await rabbitError { () throws(RabbitMQError) in
                                    try await publisher.publish(number % 10 == 3 ? lost : .work("\(number)"))
                                }
                            )
                        }
                    }
                    return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
                #expect(Set(results.keys) == Set((0..<200).filter { $0 % 10 == 3 }))
                #expect(results.values.allSatisfy { $0.code == .returned && $0.replyCode == 312 })
                let depth = try await publisher.queueDepth("work.q")
                #expect(depth?.messages == 180)
            }
        }
    }

    @Test func `reports that a full queue refuses a message`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work(["x-max-length": 3]))
            try await withServices(publisher) {
                // The limit is enforced a little late.
                var refused: RabbitMQError?
                for number in 0..<200 where refused == nil {
                    refused = await rabbitError { () throws(RabbitMQError) in try await publisher.publish(.work("\(number)")) }
                }
                #expect(refused?.code == .nacked)
                let batch = (0..<50).map { OutgoingMessage.work("\($0)") }
                #expect(await rabbitError { () throws(RabbitMQError) in try await publisher.publish(batch) }?.code == .nacked)
                let depth = try await publisher.queueDepth("work.q")
                #expect(depth?.messages == 4)
            }
        }
    }

    @Test func `sends ten thousand a second, each confirmed`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                let body = String(repeating: "x", count: 400)
                let batch = (0..<20_000).map { OutgoingMessage.work("\($0) \(body)") }
                let took = try await ContinuousClock().measure { try await publisher.publish(batch) }
                print("20,000 messages confirmed in \(took)")
                try await eventually("the broker counts them all") {
                    try await publisher.queueDepth("work.q")?.messages == 20_000
                }
                // Far under what it does, so that a busy machine does not fail the test.
                #expect(took < .seconds(20))
            }
        }
    }

    @Test func `looks into queues without harm to its publishing`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                try await publisher.publish(.work("1"))
                let depths = try await withThrowingTaskGroup(of: Int?.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            try await publisher.queueDepth(number % 2 == 0 ? "work.q" : "missing.\(number)")?.messages
                        }
                        group.addTask {
                            try await publisher.publish(.work("\(number)"))
                            return nil
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(depths.compactMap { $0 }.count == 20)
                #expect(try await publisher.queueDepth("missing") == nil)
                let missing = await rabbitError { () throws(RabbitMQError) in _ = try await publisher.get("missing") }
                #expect(missing?.code == .channelClosed)
                #expect(missing?.replyCode == 404)
                #expect(try await publisher.get("work.q")?.text == "1")
                #expect(publisher.isConnected)
            }
        }
    }

    @Test func `settles nothing on a channel that was opened again`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                try await publisher.publish([.work("1"), .work("2")])
                let stale = try #require(try await publisher.get("work.q"))
                _ = await rabbitError { () throws(RabbitMQError) in _ = try await publisher.get("missing") }
                let fresh = try #require(try await publisher.get("work.q"))
                #expect(await rabbitError { () throws(RabbitMQError) in try await stale.ack() }?.code == .channelClosed)
                try await fresh.ack()
                try await eventually("the other message is still there") {
                    try await publisher.queueDepth("work.q")?.messages == 1
                }
            }
        }
    }

    enum Unfit: CaseIterable {
        case longRoutingKey, longHeaderName, largeHeaders

        var message: OutgoingMessage {
            let long = String(repeating: "x", count: self == .largeHeaders ? 70_000 : 256)
            return switch self {
            case .longRoutingKey: OutgoingMessage(exchange: "work", routingKey: long, body: [])
            case .longHeaderName: .work("", headers: [long: 1])
            case .largeHeaders: .work("", headers: ["k": .string(long)])
            }
        }
    }

    @Test(arguments: Unfit.allCases) func `refuses what AMQP cannot carry, and stays connected`(unfit: Unfit) async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            try await withServices(publisher) {
                #expect(
                    await rabbitError { () throws(RabbitMQError) in try await publisher.publish(unfit.message) }?.code
                        == .invalidMessage)
                try await publisher.publish(.work("fine"))
            }
        }
    }

    @Test func `waits while the broker blocks publishers, up to its deadline`() async throws {
        try await TestVhost.with { vhost in
            let connection = AMQPConnection(try vhost.configuration())
            try await connection.open()
            try await connection.declare(.work())
            try await connection.confirmPublishes()
            await connection.blocked("low on disk")
            let refused = await rabbitError { () throws(RabbitMQError) in
                try await connection.publish([.work("1")], before: .now + .milliseconds(200))
            }
            #expect(refused?.code == .blocked)
            #expect(refused?.description.contains("low on disk") == true)

            async let second: Void = connection.publish([.work("2")], before: .now + .seconds(20))
            try await eventually("it waits") { await connection.hasWaitingPublishes }
            await connection.unblocked()
            try await second
            #expect(try await connection.depth(of: "work.q")?.messages == 1)
            await connection.close()
        }
    }

    @Test func `ends what is under way before it shuts down, and takes no more`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            let batch = (0..<5000).map { OutgoingMessage.work("\($0)") }
            let publishing = try await withServices(publisher) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                return Task { try await publisher.publish(batch) }
            }
            switch await publishing.result {
            case .success: break
            case .failure(let error): #expect((error as? RabbitMQError)?.code == .shutDown)
            }
            #expect(
                await rabbitError { () throws(RabbitMQError) in try await publisher.publish(.work("late")) }?.code == .shutDown)
        }
    }
}

extension AMQPConnection {
    fileprivate var hasWaitingPublishes: Bool { !publishing.waiting.isEmpty }
}
