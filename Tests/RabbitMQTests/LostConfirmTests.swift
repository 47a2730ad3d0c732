import RabbitMQ
import TestSupport
import Testing

/// Between a message and its confirm: nothing may pass for success that the broker did not say.
@Suite struct `A confirm` {
    @Test func `that is lost with its connection is an error, whatever became of the message`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            let proxy = try TCPProxy(targetPort: UInt16(configuration.port))
            try proxy.open()
            configuration.port = Int(proxy.port)
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            let witness = try vhost.publisher(.work(), name: "witness")
            try await withServices(publisher, witness) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                proxy.holdAnswers()
                async let outcome = rabbitError { () throws(RabbitMQError) in try await publisher.publish(.work("taken")) }
                try await eventually("the broker has it") { try await witness.queueDepth("work.q")?.messages == 1 }
                proxy.close()
                #expect(await outcome?.code == .connectionLost)
            }
        }
    }

    @Test func `of one connection settles nothing of the next: its numbers begin anew`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            let proxy = try TCPProxy(targetPort: UInt16(configuration.port))
            try proxy.open()
            configuration.port = Int(proxy.port)
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            let witness = try vhost.publisher(.work(), name: "witness")
            try await withServices(publisher, witness) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                proxy.holdAnswers()
                // Tags 1 to 3, all stored, none confirmed.
                async let first = rabbitError { () throws(RabbitMQError) in
                    try await publisher.publish([.work("1"), .work("2"), .work("3")])
                }
                try await eventually("the broker has them") { try await witness.queueDepth("work.q")?.messages == 3 }
                proxy.close()
                #expect(await first?.code == .connectionLost)
                try proxy.open()
                try await publisher.waitUntilConnected(timeout: .seconds(20))
                // Tag 1 again: the broker's answer to this one decides, and it is no.
                let nowhere = OutgoingMessage(exchange: "work", routingKey: "nowhere", body: [])
                // On a slow machine the new connection may be lost too; the next one begins at 1 again.
                try await eventually("the broker returns it") {
                    let code = await rabbitError { () throws(RabbitMQError) in try await publisher.publish(nowhere) }?.code
                    if code != .connectionLost { #expect(code == .returned) }
                    return code != .connectionLost
                }
                try await publisher.publish(.work("4"))
                #expect(try await witness.queueDepth("work.q")?.messages == 4)
            }
            proxy.close()
        }
    }

    @Test func `that is late is no confirm: the message fails at its deadline`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            configuration.heartbeat = 30
            configuration.publishTimeout = .milliseconds(600)
            let proxy = try TCPProxy(targetPort: UInt16(configuration.port))
            try proxy.open()
            configuration.port = Int(proxy.port)
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            try await withServices(publisher) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                proxy.holdAnswers()
                let error = await rabbitError { () throws(RabbitMQError) in try await publisher.publish(.work("late")) }
                #expect(error?.code == .timedOut)
                #expect(error?.description.contains("may or may not") == true)
                proxy.close()
            }
        }
    }
}
