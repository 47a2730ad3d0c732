import Logging
import RabbitMQ
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct `A connection` {
    @Test func `is made as soon as the broker is there`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            let proxy = try TCPProxy(targetPort: UInt16(configuration.port))
            configuration.port = Int(proxy.port)
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            try await withServices(publisher) {
                let absent = await rabbitError { () throws(RabbitMQError) in
                    try await publisher.waitUntilConnected(timeout: .milliseconds(300))
                }
                #expect(absent?.code == .connectFailed)
                #expect(!publisher.isConnected)
                async let published: Void = publisher.publish(.work("early"))
                try proxy.open()
                try await published
                #expect(publisher.isConnected)
            }
            proxy.close()
        }
    }

    @Test func `is given up when nothing comes through any more, and what was under way fails`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            configuration.heartbeat = 1
            let proxy = try TCPProxy(targetPort: UInt16(configuration.port))
            try proxy.open()
            configuration.port = Int(proxy.port)
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            try await withServices(publisher) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                proxy.freeze()
                #expect(
                    await rabbitError { () throws(RabbitMQError) in try await publisher.publish(.work("?")) }?.code
                        == .connectionLost)
                try await eventually("the loss is known") { !publisher.isConnected }
                proxy.close()
            }
        }
    }

    @Test func `comes back after every cut, with one line in the log for each loss and one for each return`() async throws {
        let cuts = 20
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            let proxy = try TCPProxy(targetPort: UInt16(configuration.port))
            try proxy.open()
            configuration.port = Int(proxy.port)
            let lines = Locked<[String]>([])
            let publisher = RabbitMQPublisher(
                configuration: configuration, topology: .work(), reconnect: .quick,
                logger: Logger(label: "test") { _ in Lines(lines: lines) })
            try await withServices(publisher) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                for _ in 1...cuts {
                    proxy.close()
                    try await eventually("the loss is known") { !publisher.isConnected }
                    // Several attempts fail meanwhile.
                    _ = await rabbitError { () throws(RabbitMQError) in
                        try await publisher.waitUntilConnected(timeout: .milliseconds(100))
                    }
                    try proxy.open()
                    try await publisher.publish(.work("back"))
                }
            }
            proxy.close()
            var expected = ["info connected to RabbitMQ"]
            for _ in 1...cuts {
                expected += ["warning connection to RabbitMQ lost; reconnecting", "notice connection to RabbitMQ restored"]
            }
            #expect(lines.with { $0 } == expected)
        }
    }

    @Test func `that meets a queue declared otherwise says so, and does not try in a loop`() async throws {
        try await TestVhost.with { vhost in
            let publisher = try vhost.publisher(.work())
            let attempts = Locked(0)
            let lines = Locked<[String]>([])
            let other = RabbitMQPublisher(
                configuration: try vhost.configuration(), topology: .work(["x-max-length": 7]),
                reconnect: ReconnectPolicy { failures in
                    attempts.with { $0 = failures }
                    return .milliseconds(100 * failures)
                }, logger: Logger(label: "test") { _ in Lines(lines: lines) })
            try await withServices(publisher) {
                try await publisher.waitUntilConnected(timeout: .seconds(10))
                try await withServices(other) {
                    try await eventually("it pauses longer each time") { attempts.with { $0 } >= 3 }
                    let error = await rabbitError { () throws(RabbitMQError) in
                        try await other.waitUntilConnected(timeout: .milliseconds(10))
                    }
                    #expect(error?.code == .channelClosed)
                    #expect(error?.replyCode == 406)
                    // The queue, the argument, and what to do.
                    #expect(error?.description.hasPrefix("Queue work.q exists with other arguments") == true)
                    #expect(error?.description.contains("x-max-length") == true)
                    #expect(error?.description.contains("delete it") == true)
                }
                #expect(lines.with { $0 } == ["error RabbitMQ refuses the topology; retrying"])
                try await publisher.publish(.work("not disturbed"))
            }
        }
    }

    @Test func `whose first login is refused ends, and says what to check`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            configuration.user = "nobody"
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            let ended = await #expect(throws: RabbitMQError.self) { try await publisher.run() }
            #expect(ended?.code == .authenticationFailed)
            let waited = await rabbitError { () throws(RabbitMQError) in
                try await publisher.waitUntilConnected(timeout: .seconds(3))
            }
            #expect(waited?.code == .authenticationFailed)
            #expect(waited?.description.contains("user, password") == true)
        }
    }

    @Test func `that was let in once goes on trying when its user is refused later`() async throws {
        try await TestVhost.with { vhost in
            let user = "user-\(vhost.name)"
            try await vhost.setUser(user, password: "first")
            let configuration = try RabbitMQConfiguration(
                url: vhost.amqpURL.replacing(#/://[^@]*@/#, with: "://\(user):first@"), connectionName: "let in once")
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            try await withServices(publisher) {
                try await publisher.publish(.work("before"))
                try await vhost.setUser(user, password: "second")
                try await vhost.closeConnections(named: "let in once")
                let error = await rabbitError { () throws(RabbitMQError) in
                    while publisher.isConnected { await Task.yield() }
                    try await publisher.waitUntilConnected(timeout: .seconds(1))
                }
                #expect(error?.code == .authenticationFailed)
                try await vhost.setUser(user, password: "first")
                try await publisher.publish(.work("after"))
            }
            try await vhost.removeUser(user)
        }
    }

    @Test func `to a virtual host that is missing says what to check`() async throws {
        try await TestVhost.with { vhost in
            var configuration = try vhost.configuration()
            configuration.vhost = "missing-\(vhost.name)"
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            try await withServices(publisher) {
                let error = await rabbitError { () throws(RabbitMQError) in
                    try await publisher.waitUntilConnected(timeout: .seconds(3))
                }
                #expect(error?.code == .authenticationFailed)
                #expect(error?.description.contains("virtual host") == true)
            }
        }
    }

    @Test func `with TLS to a port without it fails in time`() async throws {
        try await TestVhost.with { vhost in
            let plain = try vhost.configuration()
            var configuration = try RabbitMQConfiguration(url: "amqps://\(plain.address)?connection_timeout=2000")
            configuration.vhost = plain.vhost
            let publisher = RabbitMQPublisher(configuration: configuration, topology: .work(), reconnect: .quick, logger: quiet)
            try await withServices(publisher) {
                let error = await rabbitError { () throws(RabbitMQError) in
                    try await publisher.waitUntilConnected(timeout: .seconds(4))
                }
                #expect(error?.code == .connectFailed)
            }
        }
    }
}

/// Notes level and message of what is logged at info and above.
private struct Lines: LogHandler {
    let lines: Locked<[String]>
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.with { $0.append("\(event.level) \(event.message)") }
    }
}
